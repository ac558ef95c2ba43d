package io.kvorum.kubelet.runtime;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Finds programs as execvp would, so that a missing one is told apart from a failing one. */
public final class ProgramPath {
    /** The path of a container whose image says nothing else. */
    public static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private ProgramPath() {}

    static String find(String program, Map<String, String> environment, Path workingDir) throws StartFailedException {
        if (program.contains("/")) {
            Path file = workingDir.resolve(program);
            if (Files.isRegularFile(file) && Files.isExecutable(file)) {
                return program;
            }
            throw new StartFailedException("exec: \"" + program + "\": "
                    + (Files.exists(file) ? "permission denied" : "stat " + program + ": no such file or directory"));
        }
        for (String folder : environment.getOrDefault("PATH", DEFAULT_PATH).split(File.pathSeparator, -1)) {
            if (!folder.isEmpty()) {
                Path file = workingDir.resolve(folder).resolve(program);
                if (Files.isRegularFile(file) && Files.isExecutable(file)) {
                    return file.toString();
                }
            }
        }
        throw new StartFailedException("exec: \"" + program + "\": executable file not found in $PATH");
    }
}
