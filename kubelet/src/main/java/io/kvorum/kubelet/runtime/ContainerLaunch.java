package io.kvorum.kubelet.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to start.
 *
 * @param command program and arguments; the program is looked up in the environment's PATH when it has no slash
 * @param environment the whole environment, apart from what the runtime adds
 * @param workingDir path inside the container's own folder, absolute as in images; empty for its root
 * @param mounts parents before children
 * @param files paths of the container at which an empty file is put, so that it can be written at once
 * @param details what the kubelet wants to find again after its own restart
 * @param stdin whether its standard input can be written to; else it reads an end of file
 * @param tty whether it runs on a terminal
 */
public record ContainerLaunch(
        ContainerId id,
        List<String> command,
        Map<String, String> environment,
        String workingDir,
        List<Mount> mounts,
        List<String> files,
        Map<String, String> details,
        boolean stdin,
        boolean tty) {

    /** A container without standard input and terminal. */
    public ContainerLaunch(
            ContainerId id,
            List<String> command,
            Map<String, String> environment,
            String workingDir,
            List<Mount> mounts,
            List<String> files,
            Map<String, String> details) {
        this(id, command, environment, workingDir, mounts, files, details, false, false);
    }

    /** A file or folder of the host that appears at a path of the container. */
    public record Mount(Path source, String mountPath) {}
}
