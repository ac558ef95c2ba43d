package io.kvorum.cli.cluster;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** The files of one cluster under {@code ${KVORUM_HOME:-~/.kvorum}/<name>/}. */
public record ClusterFolder(Path root) {
    /** A Unix socket's path may have 107 bytes on Linux and 103 on macOS. */
    private static final int SOCKET_PATH_LIMIT = 100;

    public static Path home() {
        String home = System.getenv("KVORUM_HOME");
        return home != null && !home.isEmpty()
                ? Path.of(home).toAbsolutePath().normalize()
                : Path.of(System.getProperty("user.home"), ".kvorum");
    }

    public static ClusterFolder of(String name) {
        return new ClusterFolder(home().resolve(name));
    }

    public Path spec() {
        return root.resolve("cluster.json");
    }

    public Path kubeconfig() {
        return root.resolve("kubeconfig");
    }

    public Path pki() {
        return root.resolve("pki");
    }

    public Path data(String component) {
        return root.resolve("data").resolve(component);
    }

    /** Where the backups go that are made by themselves. */
    public Path backups() {
        return root.resolve("backups");
    }

    public Path logs() {
        return root.resolve("logs");
    }

    public Path log(String component) {
        return logs().resolve(component + ".log");
    }

    /** Where the sources of the timeline write. */
    public Path timeline() {
        return root.resolve("timeline");
    }

    public Path run() {
        return root.resolve("run");
    }

    public Path pidFile(String component) {
        return run().resolve(component + ".pid");
    }

    public Path lock() {
        return run().resolve("launcher.lock");
    }

    public Path lifeline(String node) {
        return run().resolve("lifeline-" + node);
    }

    public Path imageCatalog() {
        return root.resolve("images");
    }

    /** The control socket of a component or of the launcher; in the temporary folder when the cluster's own path is too long. */
    public Path socket(String component) {
        return socketFolder().resolve(component + ".sock");
    }

    /** Where the control sockets are. */
    public Path socketFolder() {
        String longest = run().resolve("controller-manager-00.sock").toString();
        if (longest.getBytes(StandardCharsets.UTF_8).length <= SOCKET_PATH_LIMIT) {
            return run();
        }
        CRC32C hash = new CRC32C();
        hash.update(root.toString().getBytes(StandardCharsets.UTF_8));
        return Path.of(System.getProperty("java.io.tmpdir"), "kvorum-" + Long.toHexString(hash.getValue()));
    }
}
