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
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
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
    private static final long RETRY_NANOS = 1_000_000_000;
    private static final long GATHER_NANOS = 20_000_000;

    private final Path file;
    private final long mostBytes;
    private final int backups;
    private final Duration mostAge;
    /** Of which the log tells when it can. */
    private final AtomicLong dropped = new AtomicLong();

    private final AtomicLong lost = new AtomicLong();
    private final Promise<Void> ended = Promise.promise();
    private final BlockingQueue<AuditEvent> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final Thread writer = new Thread(this::run, "audit-log");
    private volatile boolean closing;
    private @Nullable Counting out;
    private long retryAt = System.nanoTime();

    /**
     * Opens the file to append to it; blocks.
     *
     * @param mostBytes of one file
     * @param backups how many full files are kept
     */
    public FileAuditLog(Path file, long mostBytes, int backups) throws IOException {
        this(file, mostBytes, backups, Duration.ZERO);
    }

    /** @param mostAge full files that were last written before that go; zero: never */
    public FileAuditLog(Path file, long mostBytes, int backups, Duration mostAge) throws IOException {
        this.mostAge = mostAge;
        this.file = file;
        this.mostBytes = mostBytes;
        this.backups = backups;
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        out = open();
        writer.setDaemon(true);
        writer.start();
    }

    @Override
    public void record(AuditEvent event) {
        if (closing || !waiting.offer(event)) {
            drop();
        } else if (asleep.get() && asleep.compareAndSet(true, false)) {
            LockSupport.unpark(writer);
        }
    }

    private void drop() {
        dropped.incrementAndGet();
        lost.incrementAndGet();
    }

    @Override
    public long lost() {
        return lost.get();
    }

    /** Completes when what was recorded before is in the file. */
    @Override
    public Future<Void> close() {
        closing = true;
        LockSupport.unpark(writer);
        return ended.future();
    }

    /**
     * Its thread alone touches the file once this is made. It lets events gather for a while after each time it wrote some,
     * since to wake it costs who records an event more than all else about it; while nothing happens it sleeps.
     */
    private void run() {
        try {
            while (!closing) {
                writeAll();
                LockSupport.parkNanos(this, GATHER_NANOS);
                asleep.set(true);
                if (waiting.isEmpty() && !closing) {
                    LockSupport.park(this);
                }
                asleep.set(false);
            }
            writeAll();
        } finally {
            // Also after a defect: who closes the log must not wait for a thread that is gone.
            shut();
            ended.tryComplete();
        }
    }

    private void writeAll() {
        boolean wrote = false;
        for (AuditEvent event = waiting.poll(); event != null; event = waiting.poll()) {
            write(event);
            wrote = true;
        }
        Counting target = out;
        if (wrote && target != null) {
            try {
                target.flush();
            } catch (IOException e) {
                failed(e);
                return;
            }
            long lost = dropped.getAndSet(0);
            if (lost > 0) {
                LOG.warn("audit events were dropped, the file is too slow or could not be written count={}", lost);
            }
        }
    }

    private void failed(IOException cause) {
        LOG.warn("the audit log cannot be written file={} cause={}", file, cause.toString());
        shut();
        retryAt = System.nanoTime() + RETRY_NANOS;
    }

    private void write(AuditEvent event) {
        if (out == null && System.nanoTime() - retryAt < 0) {
            drop();
            return;
        }
        try {
            Counting target = out;
            if (target != null && target.bytes >= mostBytes) {
                rotate();
                target = null;
            }
            if (target == null) {
                target = open();
                out = target;
            }
            line(event, target);
        } catch (IOException e) {
            failed(e);
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
            if (i > 0 && tooOld(backup(i))) {
                Files.deleteIfExists(backup(i));
            } else if (Files.exists(backup(i))) {
                Files.move(backup(i), backup(i + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private boolean tooOld(Path full) throws IOException {
        return !mostAge.isZero()
                && Files.exists(full)
                && Files.getLastModifiedTime(full)
                        .toInstant()
                        .isBefore(Instant.now().minus(mostAge));
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
