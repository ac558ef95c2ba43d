package io.kvorum.kubelet.logs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;

/**
 * When which part of a log was written: pairs of an offset and the time at which the log was seen to reach it. Kept in
 * a file of 16-byte records, so that nothing has to stand between a program and its log file.
 */
final class LogTimes {
    private static final int RECORD = 16;

    private final Path file;
    private long[] ends = new long[16];
    private long[] nanos = new long[16];
    private int size;

    LogTimes(Path file) throws IOException {
        this.file = file;
        if (Files.exists(file)) {
            ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file));
            // A record cut short by a crash is left out.
            while (all.remaining() >= RECORD) {
                append(all.getLong(), all.getLong());
            }
        }
    }

    /** The offset up to which times are known. */
    long end() {
        return size == 0 ? 0 : ends[size - 1];
    }

    void add(long end, Instant time) throws IOException {
        long at = time.getEpochSecond() * 1_000_000_000L + time.getNano();
        append(end, at);
        Files.write(
                file,
                ByteBuffer.allocate(RECORD).putLong(end).putLong(at).array(),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private void append(long end, long at) {
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size * 2);
            nanos = Arrays.copyOf(nanos, size * 2);
        }
        ends[size] = end;
        nanos[size++] = at;
    }

    /** The time of the byte at {@code offset}; {@code fallback} when it lies beyond what was seen. */
    Instant at(long offset, Instant fallback) {
        int found = Arrays.binarySearch(ends, 0, size, offset);
        int index = found >= 0 ? found + 1 : -found - 1;
        return index < size ? Instant.ofEpochSecond(0, nanos[index]) : fallback;
    }

    /** The first offset written at {@code since} or later. */
    long firstSince(Instant since) {
        long at = since.getEpochSecond() * 1_000_000_000L + since.getNano();
        int index = 0;
        while (index < size && nanos[index] < at) {
            index++;
        }
        return index == 0 ? 0 : ends[index - 1];
    }

    /** Forgets what lies before {@code offset}. */
    void dropBefore(long offset) throws IOException {
        int keep = 0;
        while (keep < size && ends[keep] <= offset) {
            keep++;
        }
        if (keep == 0) {
            return;
        }
        // The last one before the offset stays: it is where the first kept part begins.
        keep--;
        System.arraycopy(ends, keep, ends, 0, size - keep);
        System.arraycopy(nanos, keep, nanos, 0, size - keep);
        size -= keep;
        ByteBuffer all = ByteBuffer.allocate(size * RECORD);
        for (int i = 0; i < size; i++) {
            all.putLong(ends[i]).putLong(nanos[i]);
        }
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.write(next, all.array());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
