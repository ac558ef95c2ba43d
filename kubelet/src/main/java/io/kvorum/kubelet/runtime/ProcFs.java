package io.kvorum.kubelet.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the operating system says about processes, from {@code /proc} where it exists. */
final class ProcFs {
    private static final Path PROC = Path.of("/proc");

    private ProcFs() {}

    /** A process found by its environment. */
    record Marked(long pid, String value) {}

    /** Whether the process that had {@code pid} and {@code start} still runs; a zombie does not. */
    static boolean alive(long pid, String start) {
        if (start.equals("-")) {
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }
        String[] fields = stat(pid);
        return fields != null && !fields[0].equals("Z") && !fields[0].equals("X") && fields[19].equals(start);
    }

    /** Whether a process leads a session, as what is started with a terminal or by {@code setsid} does. */
    static boolean leadsSession(long pid) {
        String[] fields = stat(pid);
        return fields != null && fields[3].equals(Long.toString(pid));
    }

    /** The fields of {@code /proc/PID/stat} from the state on, or null when there is no such process. */
    private static String @Nullable [] stat(long pid) {
        try {
            String line =
                    Files.readString(PROC.resolve(Long.toString(pid)).resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            return fields.length > 19 ? fields : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** The processes whose environment has {@code name} with a value that starts with {@code prefix}. */
    static List<Marked> marked(String name, String prefix) throws IOException {
        List<Marked> found = new ArrayList<>();
        if (!Files.isDirectory(PROC)) {
            return found;
        }
        String key = name + "=";
        long self = ProcessHandle.current().pid();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(
                        Objects.requireNonNull(process.getFileName()).toString());
                String environment;
                try {
                    environment = pid == self
                            ? ""
                            : new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.UTF_8);
                } catch (IOException e) {
                    // It ended meanwhile or belongs to somebody else.
                    continue;
                }
                int at = environment.startsWith(key) ? 0 : environment.indexOf('\0' + key) + 1;
                if (at == 0 && !environment.startsWith(key)) {
                    continue;
                }
                int end = environment.indexOf('\0', at);
                String value = environment.substring(at + key.length(), end < 0 ? environment.length() : end);
                if (value.startsWith(prefix)) {
                    found.add(new Marked(pid, value));
                }
            }
        }
        return found;
    }
}
