package io.kvorum.kubelet.logs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The log of one run. The program writes straight into the file {@code log} (appending), so logging costs nothing and
 * needs no living kubelet; {@link #observe} notes when the file was seen to grow and rotates it by copying and cutting.
 *
 * <p>Offsets count from the program's first byte, across rotations: a rotated file {@code log-OFFSET} carries the
 * offset of its first byte in its name. Thread-safe.
 */
public final class ContainerLog {
    /** The resolution of the times of lines. */
    private static final Duration RESOLUTION = Duration.ofMillis(50);

    private final Path folder;
    private final Clock clock;
    private final long maxSize;
    private final int maxFiles;
    private final LogTimes times;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private Instant lastTime = Instant.EPOCH;
    private long pendingEnd = -1;
    private Instant pendingTime = Instant.EPOCH;
    private volatile boolean ended;

    /**
     * @param maxSize bytes after which the file is rotated
     * @param maxFiles how many files are kept in all, at least 2
     */
    public ContainerLog(Path folder, Clock clock, long maxSize, int maxFiles) throws IOException {
        this.folder = folder;
        this.clock = clock;
        this.maxSize = maxSize;
        this.maxFiles = maxFiles;
        this.times = new LogTimes(folder.resolve("log.times"));
        Path log = folder.resolve("log");
        if (Files.exists(log)) {
            long end = activeBase() + Files.size(log);
            if (end > times.end()) {
                // Written while no kubelet looked; the best that is known is the time of the last write.
                times.add(end, Files.getLastModifiedTime(log).toInstant());
            }
        }
    }

    /** Told of growth and of the end, on the observing thread; must not block. */
    public void addListener(Runnable listener) {
        listeners.add(listener);
    }

    public void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    /** Whether the program has ended, so that nothing more will come. */
    public boolean ended() {
        return ended;
    }

    public void end() throws IOException {
        observe();
        ended = true;
        listeners.forEach(Runnable::run);
    }

    /** Looks at the file; called when it may have changed. */
    public void observe() throws IOException {
        boolean grown;
        synchronized (this) {
            grown = noteGrowth();
            if (activeSize() >= maxSize) {
                rotate();
            }
        }
        if (grown) {
            listeners.forEach(Runnable::run);
        }
    }

    private boolean noteGrowth() throws IOException {
        long end = activeBase() + activeSize();
        long known = Math.max(times.end(), pendingEnd);
        if (end <= known) {
            return false;
        }
        Instant now = clock.instant();
        if (Duration.between(lastTime, now).compareTo(RESOLUTION) < 0) {
            if (pendingEnd < 0) {
                pendingTime = now;
            }
            pendingEnd = end;
        } else {
            flushPending();
            times.add(end, now);
            lastTime = now;
        }
        return true;
    }

    private void flushPending() throws IOException {
        if (pendingEnd > times.end()) {
            times.add(pendingEnd, pendingTime);
        }
        pendingEnd = -1;
    }

    private long activeSize() throws IOException {
        try {
            return Files.size(folder.resolve("log"));
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private record Segment(long base, Path file, long size) {}

    /** The rotated files, oldest first, then the active one. */
    private List<Segment> segments() throws IOException {
        List<Segment> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.getFileName().toString().matches("log-\\d{19}"))
                    .sorted()
                    .toList()) {
                long base = Long.parseLong(file.getFileName().toString().substring("log-".length()));
                all.add(new Segment(base, file, Files.size(file)));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        long base = all.isEmpty()
                ? 0
                : all.get(all.size() - 1).base() + all.get(all.size() - 1).size();
        all.add(new Segment(base, folder.resolve("log"), activeSize()));
        return all;
    }

    private long activeBase() throws IOException {
        List<Segment> all = segments();
        return all.get(all.size() - 1).base();
    }

    /**
     * Copies the active file to a rotated one and cuts it. The program keeps appending meanwhile, so the copy goes on
     * until it has caught up; what is written in the few microseconds between the last look and the cut is lost, as
     * with every rotation that does not stand between the program and its file.
     */
    private void rotate() throws IOException {
        flushPending();
        List<Segment> all = segments();
        Segment active = all.get(all.size() - 1);
        Path next = folder.resolve("log.rotating");
        try (FileChannel from = FileChannel.open(active.file(), StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileChannel to = FileChannel.open(
                        next,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            long copied = 0;
            while (copied < from.size()) {
                copied += from.transferTo(copied, from.size() - copied, to);
            }
            from.truncate(0);
        }
        Files.move(next, folder.resolve(String.format("log-%019d", active.base())));
        long end = activeBase();
        if (end > times.end()) {
            times.add(end, clock.instant());
        }
        while (all.size() > maxFiles - 1) {
            Segment oldest = all.remove(0);
            Files.deleteIfExists(oldest.file());
            times.dropBefore(oldest.base() + oldest.size());
        }
    }

    /** Opens a reader at the place the query asks for. */
    public synchronized LogReader open(LogQuery query) throws IOException {
        noteGrowth();
        flushPending();
        List<Segment> all = segments();
        long first = all.get(0).base();
        Segment last = all.get(all.size() - 1);
        long end = last.base() + last.size();
        long start = first;
        if (query.since() != null) {
            start = Math.max(start, lineStart(times.firstSince(query.since()), first, end));
        }
        if (query.tailLines() != null) {
            start = Math.max(start, tailStart(query.tailLines(), start, end));
        }
        return new LogReader(this, start, query);
    }

    /** The start of the first line at or after {@code offset}. */
    private long lineStart(long offset, long first, long end) throws IOException {
        if (offset <= first) {
            return first;
        }
        long at = offset - 1;
        byte[] chunk = new byte[8192];
        while (at < end) {
            int count = read(at, chunk);
            for (int i = 0; i < count; i++) {
                if (chunk[i] == '\n') {
                    return at + i + 1;
                }
            }
            if (count <= 0) {
                break;
            }
            at += count;
        }
        return end;
    }

    /** The start of the last {@code lines} lines before {@code end}; an unfinished last line counts as one. */
    private long tailStart(long lines, long first, long end) throws IOException {
        if (lines <= 0) {
            return end;
        }
        long seen = 0;
        long at = end;
        byte[] chunk = new byte[8192];
        while (at > first) {
            long from = Math.max(first, at - chunk.length);
            int wanted = (int) (at - from);
            byte[] part = wanted == chunk.length ? chunk : new byte[wanted];
            int count = readFully(from, part);
            for (int i = count - 1; i >= 0; i--) {
                if (part[i] == '\n' && from + i != end - 1 && ++seen == lines) {
                    return from + i + 1;
                }
            }
            at = from;
        }
        return first;
    }

    private int readFully(long offset, byte[] into) throws IOException {
        int done = 0;
        while (done < into.length) {
            byte[] rest = new byte[into.length - done];
            int count = read(offset + done, rest);
            if (count <= 0) {
                break;
            }
            System.arraycopy(rest, 0, into, done, count);
            done += count;
        }
        return done;
    }

    /** Reads at {@code offset}; returns 0 at the end. The caller asks for {@link #skipTo} first when parts may be gone. */
    synchronized int read(long offset, byte[] into) throws IOException {
        for (Segment segment : segments()) {
            if (offset >= segment.base() && offset < segment.base() + segment.size()) {
                try (FileChannel file = FileChannel.open(segment.file(), StandardOpenOption.READ)) {
                    int wanted = (int) Math.min(into.length, segment.base() + segment.size() - offset);
                    return Math.max(0, file.read(ByteBuffer.wrap(into, 0, wanted), offset - segment.base()));
                }
            }
        }
        return 0;
    }

    /** {@code offset}, or the first that is still there when rotation removed it. */
    synchronized long skipTo(long offset) throws IOException {
        return Math.max(offset, segments().get(0).base());
    }

    synchronized Instant timeAt(long offset) throws IOException {
        noteGrowth();
        flushPending();
        return times.at(offset, clock.instant());
    }

    /** The last lines, at most {@code maxLines} and {@code maxBytes}; for termination messages. */
    public String tail(long maxLines, int maxBytes) throws IOException {
        @Nullable LogReader reader = open(new LogQuery(maxLines, null, false, null));
        StringBuilder text = new StringBuilder();
        byte[] chunk = reader.next();
        while (chunk.length > 0) {
            text.append(new String(chunk, StandardCharsets.UTF_8));
            chunk = reader.next();
        }
        return text.length() <= maxBytes ? text.toString() : text.substring(text.length() - maxBytes);
    }
}
