package io.kvorum.cli.launcher;

import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Jvm;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes the class-data archive: runs a whole cluster once in a folder of its own with every JVM writing the list of the
 * classes it loads, exercises it, merges the lists and lets the JVM dump one archive that all processes share. Only what
 * was loaded is in it; it is an accelerator and may be missing.
 */
public final class ArchiveTraining {
    private static final long CLUSTER_SECONDS = 180;
    private static final long DUMP_SECONDS = 180;

    private final Path lib;

    public ArchiveTraining(Path lib) {
        this.lib = lib;
    }

    /** Of two at a time, the second waits for the first and finds its archive. */
    public void run() throws IOException, InterruptedException {
        Path archive = CdsArchive.file(lib);
        try (FileChannel channel = FileChannel.open(
                        lib.resolveSibling("training.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && !Files.exists(archive)) {
                make(archive);
            }
        }
    }

    private void make(Path archive) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("kvorum-train");
        try {
            Path lists = Files.createDirectory(folder.resolve("lists"));
            Map<String, String> environment =
                    Map.of("KVORUM_HOME", folder.toString(), "KVORUM_CLASS_LISTS", lists.toString());
            // The stores' face for clients of etcd too: its classes are a second's work of each member that has one.
            List<String> up = List.of("up", "--nodes", "1", "--name", "train", "--store-arg", "listen-client=2379");
            command(environment, CLUSTER_SECONDS, up.toArray(String[]::new));
            try {
                TrainingLoad.run(new ClusterFolder(folder.resolve("train")));
                command(environment, CLUSTER_SECONDS, "status", "--name", "train");
            } finally {
                command(environment, CLUSTER_SECONDS, "down", "--name", "train");
            }
            dump(archive, merge(lists, folder.resolve("all.classlist")));
        } finally {
            Leftovers.deleteAll(folder);
        }
    }

    /** Runs a kvorum command in a JVM that writes its own class list. */
    private void command(Map<String, String> environment, long seconds, String... words)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("-Dkvorum.lib=" + lib));
        JavaCommand java = new JavaCommand(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                lib,
                null,
                Path.of(environment.getOrDefault("KVORUM_CLASS_LISTS", "")));
        List<String> command = java.of("cli-" + words[0], "io.kvorum.cli.Main", Jvm.small(128), List.of(words));
        command.addAll(1, arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(lib.resolveSibling("training.log").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.destroy();
            throw new CommandFailure("kvorum " + words[0] + " of the training cluster takes too long", 1);
        }
        if (process.exitValue() != 0) {
            throw new CommandFailure(
                    "kvorum " + words[0] + " of the training cluster failed:\n"
                            + Files.readString(lib.resolveSibling("training.log")),
                    1);
        }
    }

    private static Path merge(Path lists, Path merged) throws IOException {
        Set<String> lines = new LinkedHashSet<>();
        try (Stream<Path> files = Files.list(lists)) {
            for (Path file : files.sorted().toList()) {
                for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                    if (!line.startsWith("#")) {
                        // Ids tell apart classes of custom loaders within one list; they clash between lists.
                        if (!line.contains("source:")) {
                            lines.add(line.replaceAll(" id: \\d+.*", ""));
                        }
                    }
                }
            }
        }
        Files.write(merged, lines);
        return merged;
    }

    private void dump(Path archive, Path list) throws IOException, InterruptedException {
        Files.createDirectories(archive.getParent());
        Path next = archive.resolveSibling(
                archive.getFileName() + "." + ProcessHandle.current().pid());
        JavaCommand java = JavaCommand.here(lib);
        Process process = new ProcessBuilder(
                        java.java().toString(),
                        "-Xshare:dump",
                        "-XX:+UseSerialGC",
                        "-XX:SharedClassListFile=" + list,
                        "-XX:SharedArchiveFile=" + next,
                        "-Xlog:disable",
                        "-Xlog:all=error:stderr",
                        "-cp",
                        java.classPath())
                .redirectErrorStream(true)
                .redirectOutput(lib.resolveSibling("training.log").toFile())
                .start();
        if (!process.waitFor(DUMP_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new CommandFailure(
                    "the class-data archive could not be made; see " + lib.resolveSibling("training.log"), 1);
        }
        Files.move(next, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
