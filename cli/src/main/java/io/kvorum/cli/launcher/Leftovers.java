package io.kvorum.cli.launcher;

import io.kvorum.cli.cluster.ClusterFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Processes of an earlier launcher of the same cluster that was killed: ended before a new one starts. */
final class Leftovers {
    private static final System.Logger LOG = System.getLogger(Leftovers.class.getName());
    private static final Duration GRACE = Duration.ofSeconds(5);

    private Leftovers() {}

    /** Waits for components that are on their way out (their lifeline closed), kills those that stay. */
    static void end(ClusterFolder folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.run())) {
            for (Path file : files.filter(f -> f.getFileName().toString().endsWith(".pid"))
                    .filter(f -> !f.equals(folder.pidFile("launcher")))
                    .toList()) {
                PidFile.read(file).ifPresent(process -> endOne(file, process));
                PidFile.delete(file);
            }
        }
        awaitPods(folder, GRACE);
    }

    private static void endOne(Path file, ProcessHandle process) {
        try {
            process.onExit().get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.log(Level.WARNING, "killing a leftover process file={0}", file.getFileName());
            process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot wait for " + process.pid(), e);
        }
    }

    /**
     * Waits until the containers' processes, which have seen their lifeline close, are gone, and kills those that stay.
     * They are known by the cluster's folder in their environment; where there is no {@code /proc} there is nothing to
     * look at and the shims' own work must do.
     */
    static void awaitPods(ClusterFolder folder, Duration grace) {
        awaitPods(folder.root(), grace);
    }

    /** The same for the containers that live below a folder. */
    static void awaitPods(Path root, Duration grace) {
        List<ProcessHandle> pods = containers(root);
        CompletableFuture<?>[] exits = pods.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(exits).get(grace.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            for (ProcessHandle pod : containers(root)) {
                LOG.log(Level.WARNING, "killing a leftover container process pid={0}", String.valueOf(pod.pid()));
                pod.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot wait for container processes", e);
        }
    }

    /** Deletes a folder with all that is in it. */
    static void deleteAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static List<ProcessHandle> containers(Path root) {
        Path proc = Path.of("/proc");
        if (!Files.isDirectory(proc)) {
            return List.of();
        }
        String marker = "KVORUM_ROOT=" + root + "/";
        return ProcessHandle.allProcesses()
                .filter(process -> environment(proc, process.pid()).contains(marker))
                .toList();
    }

    private static String environment(Path proc, long pid) {
        try {
            return Files.readString(proc.resolve(Long.toString(pid)).resolve("environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException | UncheckedIOException e) {
            // Gone in the meantime, or another user's: not one of ours.
            return "";
        }
    }
}
