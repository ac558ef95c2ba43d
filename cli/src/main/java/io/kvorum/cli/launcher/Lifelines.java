package io.kvorum.cli.launcher;

import io.kvorum.cli.cluster.ClusterFolder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The lifelines of the nodes' pods: a FIFO per node that only the launcher holds open for writing. Every container's
 * shim reads from it; when the launcher closes it or dies, they see the end of file and end their containers.
 */
final class Lifelines implements AutoCloseable {
    private final ClusterFolder folder;
    private final Map<String, RandomAccessFile> held = new HashMap<>();

    Lifelines(ClusterFolder folder) {
        this.folder = folder;
    }

    /** Makes and holds a node's lifeline; does nothing if it is held. */
    synchronized void open(String node) throws IOException {
        if (held.containsKey(node)) {
            return;
        }
        Path fifo = folder.lifeline(node);
        Files.deleteIfExists(fifo);
        Process mkfifo = new ProcessBuilder(List.of("mkfifo", "-m", "600", fifo.toString()))
                .redirectErrorStream(true)
                .start();
        try {
            if (!mkfifo.waitFor(5, TimeUnit.SECONDS) || mkfifo.exitValue() != 0) {
                mkfifo.destroyForcibly();
                throw new IOException("mkfifo " + fifo + " failed: "
                        + new String(mkfifo.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while making " + fifo, e);
        }
        // Opened for reading too, since opening for writing alone would wait for a reader.
        held.put(node, new RandomAccessFile(fifo.toFile(), "rw"));
    }

    /** Lets a node's pods go: they end. */
    synchronized void close(String node) {
        RandomAccessFile fifo = held.remove(node);
        if (fifo != null) {
            try {
                fifo.close();
                Files.deleteIfExists(folder.lifeline(node));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public synchronized void close() {
        List.copyOf(held.keySet()).forEach(this::close);
    }
}
