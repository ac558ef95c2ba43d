package io.kvorum.apiserver.audit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log in a file. When it is full it becomes {@code FILE.1}, what was {@code FILE.1} becomes {@code FILE.2}, and
 * so on; the oldest goes.
 */
public final class FileAuditLog implements AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger(FileAuditLog.class);
    private static final int MOST_WAITING = 10_000;
    private static final int BATCH = 512;
    private static final long RETRY_MILLIS = 1_000;

    private final Path file;
    private final long mostBytes;
    private final int backups;
    private final ArrayBlockingQueue<AuditEvent> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong dropped = new AtomicLong();
    private final Promise<Void> ended = Promise.promise();
    private final Thread writer;
    private volatile boolean closing;
    private @Nullable Counting out;

    /**
     * Opens the file to append to it; blocks.
     *
     * @param mostBytes of one file
     * @param backups how many full files are kept
     */
    public FileAuditLog(Path file, long mostBytes, int backups) throws IOException {
        this.file = file;
        this.mostBytes = mostBytes;
        this.backups = backups;
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        out = open();
        writer = new Thread(this::run, "audit-log");
        writer.setDaemon(true);
        writer.start();
    }

    @Override
    public void record(AuditEvent event) {
        if (!waiting.offer(event)) {
            dropped.incrementAndGet();
        }
    }

    @Override
    public Future<Void> close() {
        closing = true;
        return ended.future();
    }

    private void run() {
        List<AuditEvent> batch = new ArrayList<>(BATCH);
        try {
            while (!closing || !waiting.isEmpty()) {
                AuditEvent first = waiting.poll(200, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                waiting.drainTo(batch, BATCH - 1);
                write(batch);
                batch.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            shut();
            ended.tryComplete();
        }
    }

    private void write(List<AuditEvent> batch) throws InterruptedException {
        try {
            Counting target = out;
            if (target == null) {
                target = open();
                out = target;
            }
            for (AuditEvent event : batch) {
                if (target.bytes >= mostBytes) {
                    rotate();
                    target = open();
                    out = target;
                }
                line(event, target);
            }
            target.flush();
            long lost = dropped.getAndSet(0);
            if (lost > 0) {
                LOG.warn("audit events were dropped, the file is too slow count={}", lost);
            }
        } catch (IOException e) {
            LOG.warn("the audit log cannot be written file={} events={} cause={}", file, batch.size(), e.toString());
            shut();
            if (!closing) {
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    /** An event that cannot be told does not end the log. */
    private static void line(AuditEvent event, Counting target) throws IOException {
        try {
            AuditLine.write(event, target);
        } catch (RuntimeException e) {
            LOG.error("an audit event cannot be written id={}", event.id(), e);
        }
    }

    private void rotate() throws IOException {
        shut();
        Files.deleteIfExists(backup(backups));
        for (int i = backups - 1; i >= 0; i--) {
            if (Files.exists(backup(i))) {
                Files.move(backup(i), backup(i + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path backup(int number) {
        return number == 0 ? file : file.resolveSibling(file.getFileName() + "." + number);
    }

    private Counting open() throws IOException {
        long there = Files.exists(file) ? Files.size(file) : 0;
        return new Counting(
                new BufferedOutputStream(
                        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND), 1 << 16),
                there);
    }

    private void shut() {
        Counting open = out;
        out = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("closing the audit log failed cause={}", e.toString());
            }
        }
    }

    /** Knows how long the file is. */
    private static final class Counting extends OutputStream {
        private final OutputStream out;
        private long bytes;

        Counting(OutputStream out, long there) {
            this.out = out;
            this.bytes = there;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            bytes++;
        }

        @Override
        public void write(byte[] all, int from, int length) throws IOException {
            out.write(all, from, length);
            bytes += length;
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
