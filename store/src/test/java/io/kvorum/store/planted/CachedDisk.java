package io.kvorum.store.planted;

import io.kvorum.store.wal.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * One member's disk, with a cache whose content is gone when the power goes off. An honest one has everything on the medium
 * when a sync returns. A lying one does nothing then, and brings to the medium only what is older than
 * {@link #CACHED_NANOS}. Of files that are still open only, which is the log: the others were replaced as a whole. Thread-safe.
 */
final class CachedDisk implements Disk {
    private static final long CACHED_NANOS = 400_000_000;

    private final Disk disk = Disk.real();
    private final boolean lies;
    private final Map<FileChannel, Deque<Length>> files = new HashMap<>();
    private boolean off;

    /** How long a file was at a time. */
    private record Length(long nanos, long bytes) {}

    CachedDisk(boolean lies) {
        this.lies = lies;
    }

    @Override
    public synchronized void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        check();
        Deque<Length> lengths = lengths(channel);
        disk.write(channel, bytes);
        if (lies) {
            lengths.add(new Length(System.nanoTime(), channel.position()));
        }
    }

    /** Of no consequence: what is lost is cut off, with the zeros behind it. */
    @Override
    public synchronized void allocate(FileChannel channel, long from, long to) throws IOException {
        check();
        disk.allocate(channel, from, to);
    }

    /** The process outlives the crash, so that nothing need go to the real medium. */
    @Override
    public synchronized void sync(FileChannel channel) throws IOException {
        check();
        if (!lies) {
            Deque<Length> lengths = lengths(channel);
            lengths.clear();
            lengths.add(new Length(System.nanoTime(), channel.position()));
        }
    }

    private void check() throws IOException {
        if (off) {
            throw new IOException("the power is off");
        }
    }

    private Deque<Length> lengths(FileChannel channel) {
        files.keySet().removeIf(file -> !file.isOpen());
        return files.computeIfAbsent(channel, file -> new ArrayDeque<>());
    }

    /** From now on nothing is written, and what was in the cache is gone. */
    synchronized void powerOff() throws IOException {
        off = true;
        long now = System.nanoTime();
        for (Map.Entry<FileChannel, Deque<Length>> file : files.entrySet()) {
            if (file.getKey().isOpen()) {
                file.getKey().truncate(onMedium(file.getValue(), now));
            }
        }
    }

    private long onMedium(Deque<Length> lengths, long now) {
        long bytes = 0;
        for (Length length : lengths) {
            if (lies && now - length.nanos() < CACHED_NANOS) {
                break;
            }
            bytes = length.bytes();
        }
        return bytes;
    }

    /** Closes what a crashed member left open. */
    synchronized void close() throws IOException {
        for (FileChannel file : files.keySet()) {
            file.close();
        }
        files.clear();
    }
}
