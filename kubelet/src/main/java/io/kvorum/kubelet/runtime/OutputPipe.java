package io.kvorum.kubelet.runtime;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A FIFO for the output of a process. The pipes of {@link Process} will not do: when a process ends, Java takes what is
 * left in them away from under a reader, who then may see the end instead of the last bytes; and a read of them that
 * blocks cannot be ended from outside.
 */
final class OutputPipe {
    private static final int OPEN_SECONDS = 10;

    private final Path path;
    /** Opening one end waits for the other, so that each end is opened by a thread of its own. */
    private final CompletableFuture<InputStream> reader;

    private OutputPipe(Path path) {
        this.path = path;
        this.reader = new CompletableFuture<>();
        Thread opener = new Thread(this::openReader, "exec-output");
        opener.setDaemon(true);
        opener.start();
    }

    private void openReader() {
        try {
            // A channel, since closing it ends a read that blocks.
            reader.complete(Channels.newInputStream(FileChannel.open(path, StandardOpenOption.READ)));
        } catch (IOException e) {
            reader.completeExceptionally(e);
        }
    }

    static OutputPipe make(Path path) throws IOException {
        Process mkfifo = new ProcessBuilder("mkfifo", "-m", "600", path.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!mkfifo.waitFor(OPEN_SECONDS, TimeUnit.SECONDS)) {
                mkfifo.destroyForcibly();
            }
            if (mkfifo.waitFor() != 0) {
                throw new IOException("cannot make the FIFO " + path);
            }
        } catch (InterruptedException e) {
            mkfifo.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while making the FIFO " + path, e);
        }
        return new OutputPipe(path);
    }

    /** What the process is given as its output; it is opened by the process's start. */
    File file() {
        return path.toFile();
    }

    /** The reading end, after the process was started. Ends when nobody can write to it any more. */
    InputStream open() throws IOException {
        try {
            return reader.get(OPEN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while opening " + path, e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("cannot open " + path, e);
        }
    }

    /** The process was not started: lets the reader go. */
    void abandon() {
        try {
            new FileOutputStream(path.toFile()).close();
            open().close();
        } catch (IOException e) {
            reader.completeExceptionally(e);
        }
    }
}
