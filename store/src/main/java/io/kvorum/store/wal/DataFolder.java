package io.kvorum.store.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A member's folder, locked so that no second process works in it, with files that are replaced as a whole. */
final class DataFolder implements Closeable {
    /** A large file goes to the medium bit by bit, so that the log's own fsyncs do not wait for all of it. */
    private static final long SYNC_BYTES = 2L << 20;

    /** How much space of a large file that was replaced goes back to the file system at a time. */
    private static final long RELEASE_BYTES = 16L << 20;

    private final Path path;
    private final Disk disk;
    private final FileChannel lockChannel;
    private final FileLock lock;

    private DataFolder(Path path, Disk disk, FileChannel lockChannel, FileLock lock) {
        this.path = path;
        this.disk = disk;
        this.lockChannel = lockChannel;
        this.lock = lock;
    }

    /** Makes the folder if need be and locks it. */
    static DataFolder open(Path path, Disk disk) throws IOException {
        Files.createDirectories(path);
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            syncFolder(parent);
        }
        FileChannel channel =
                FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new IOException("folder " + path + " is in use by another process");
            }
            return new DataFolder(path, disk, channel, lock);
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new IOException("folder " + path + " is in use by this process already", e);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    Path file(String name) {
        return path.resolve(name);
    }

    Path path() {
        return path;
    }

    /** Replaces a file by one record, durably and as a whole: a crash leaves the old or the new one. */
    void replace(String name, byte[] payload) throws IOException {
        replace(name, List.of(Records.frame(1, payload)).iterator(), nanos -> {});
    }

    /**
     * Replaces a file by records, durably and as a whole.
     *
     * @param rest is called after every part of a large file with the nanoseconds that it took; the next part follows when
     *     it returns
     * @return bytes written
     */
    long replace(String name, Iterator<byte[]> records, LongConsumer rest) throws IOException {
        long written = 0;
        long synced = 0;
        long begun = System.nanoTime();
        Path temporary = file(name + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (records.hasNext()) {
                byte[] record = records.next();
                disk.write(channel, ByteBuffer.wrap(record));
                written += record.length;
                if (written - synced >= SYNC_BYTES) {
                    disk.sync(channel);
                    synced = written;
                    rest.accept(System.nanoTime() - begun);
                    begun = System.nanoTime();
                }
            }
            disk.sync(channel);
        }
        try (FileChannel former = former(name)) {
            Files.move(temporary, file(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncFolder(path);
            if (former != null) {
                release(former, rest);
            }
        }
        return written;
    }

    private @Nullable FileChannel former(String name) throws IOException {
        try {
            return FileChannel.open(file(name), StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /**
     * Shortens a file that has no name any more. Were a large one given up as a whole, every fsync of the file system
     * would wait until all of its blocks and pages are free.
     */
    private static void release(FileChannel former, LongConsumer rest) throws IOException {
        for (long left = former.size() - RELEASE_BYTES; left > 0; left -= RELEASE_BYTES) {
            long begun = System.nanoTime();
            former.truncate(left);
            rest.accept(System.nanoTime() - begun);
        }
    }

    /** The record of a file written by {@link #replace}, null when there is no such file. */
    byte @Nullable [] read(String name) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file(name));
        } catch (NoSuchFileException e) {
            return null;
        }
        Records.Found found = Records.at(bytes, 0);
        if (found == null || found.end() != bytes.length) {
            throw new CorruptFileException(file(name), 0, "its checksum does not match");
        }
        return found.reader().rest();
    }

    void sync() throws IOException {
        syncFolder(path);
    }

    /** Makes creations, renames and deletions in a folder durable. */
    private static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        if (lockChannel.isOpen()) {
            lock.release();
            lockChannel.close();
        }
    }
}
