package io.kvorum.store.wal;

import com.hazelcast.cp.internal.raft.impl.log.LogEntry;
import com.hazelcast.cp.internal.raft.impl.log.SnapshotEntry;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The segments of the log: files {@code log-<sequence>} of records: entries, removals of all entries from an index on,
 * and marks up to where all is committed. Records are gathered in memory and reach the disk with {@link #flush}, so one
 * fsync serves many. The segment that is written to has its place on the disk ahead of the records, as zeros: an fsync then
 * has to write these bytes and nothing of the file system's own, for which members on one disk would wait for each other.
 * Not thread-safe, except {@link #sizeBytes} and {@link #delete}.
 */
final class LogFiles implements Closeable {
    static final String PREFIX = "log-";
    private static final long SEGMENT_BYTES = 64L << 20;
    private static final int READ_BYTES = 1 << 20;

    /** By how much the open segment grows at a time. */
    private static final long ALLOCATION_BYTES = 1L << 20;

    private final DataFolder folder;
    private final Disk disk;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream(1 << 16);

    /** Closed segments by sequence, with the greatest entry index in each. */
    private final TreeMap<Long, Segment> closed = new TreeMap<>();

    private @Nullable FileChannel channel;
    private long sequence;
    private long greatestIndex;
    private long segmentBytes;
    private long allocatedBytes;
    private long appendedBytes;
    private volatile long closedBytes;
    private volatile long openBytes;

    private record Segment(Path file, long greatestIndex, long bytes) {}

    LogFiles(DataFolder folder, Disk disk) {
        this.folder = folder;
        this.disk = disk;
    }

    /** Whether any record was written. */
    boolean isPresent() throws IOException {
        for (Path file : files()) {
            if (Files.size(file) > 0) {
                return true;
            }
        }
        return false;
    }

    /** Removes the segments of a log without records. */
    void removeEmpty() throws IOException {
        for (Path file : files()) {
            Files.delete(file);
        }
    }

    /** Reads the log and cuts a torn tail away. */
    void load(LogReplay replay) throws IOException {
        List<Path> files = files();
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            long number = sequenceOf(file);
            if (i > 0 && number != sequence + 1) {
                throw new IOException("file " + PREFIX + name(sequence + 1) + " is missing in " + folder.path());
            }
            sequence = number;
            load(file, i == files.size() - 1, replay);
        }
    }

    private void load(Path file, boolean last, LogReplay replay) throws IOException {
        long[] greatest = {0};
        Scanned scanned = scan(file, last, record -> greatest[0] = Math.max(greatest[0], replay.record(record)));
        if (scanned.intact() < scanned.length()) {
            try (FileChannel cut = FileChannel.open(file, StandardOpenOption.WRITE)) {
                cut.truncate(scanned.intact());
                disk.sync(cut);
            }
        }
        closed.put(sequence, new Segment(file, greatest[0], scanned.intact()));
        closedBytes += scanned.intact();
    }

    /**
     * How much of a segment was read.
     *
     * @param intact bytes of whole records; less than {@code length} when a crash cut the last write off
     */
    record Scanned(long intact, long length) {}

    /**
     * Reads a segment without changing it.
     *
     * <p>Errors: {@link CorruptFileException} when something is wrong that no crash explains.
     *
     * @param last whether it is the newest: its end may be a write under way, or one that a crash cut off
     */
    static Scanned scan(Path file, boolean last, Consumer<Records.Found> reader) throws IOException {
        byte[] bytes = read(file);
        int intact = Records.readAll(bytes, 0, (record, offset) -> {
            try {
                reader.accept(record);
            } catch (MalformedException e) {
                throw new CorruptFileException(file, offset, String.valueOf(e.getMessage()));
            }
        });
        if (intact < bytes.length && (!last || !Records.isTorn(bytes, intact))) {
            throw new CorruptFileException(file, intact, "its checksum does not match");
        }
        return new Scanned(intact, bytes.length);
    }

    /** Bit by bit, because what is read at a time passes through memory outside of the heap, which stays. */
    private static byte[] read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            byte[] bytes = new byte[Math.toIntExact(channel.size())];
            ByteBuffer into = ByteBuffer.wrap(bytes);
            while (into.position() < bytes.length) {
                into.limit(Math.min(bytes.length, into.position() + READ_BYTES));
                if (channel.read(into) < 0) {
                    return Arrays.copyOf(bytes, into.position()); // cut off meanwhile
                }
            }
            return bytes;
        }
    }

    /** Starts a new segment to append to. */
    void open() throws IOException {
        sequence++;
        channel = FileChannel.open(
                folder.file(PREFIX + name(sequence)), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        greatestIndex = 0;
        segmentBytes = 0;
        allocatedBytes = 0;
        openBytes = 0;
        folder.sync();
    }

    void append(LogEntry entry) {
        write(LogReplay.ENTRY, LogReplay.entry(entry));
        greatestIndex = Math.max(greatestIndex, entry.index());
    }

    void removeFrom(long index) {
        write(LogReplay.REMOVAL, LogReplay.removal(index));
    }

    /** Notes that everything up to the snapshot is committed. */
    void mark(SnapshotEntry snapshot) {
        write(LogReplay.MARK, LogReplay.mark(snapshot));
    }

    private void write(int type, byte[] payload) {
        byte[] record = Records.frame(type, payload);
        pending.writeBytes(record);
        appendedBytes += record.length;
    }

    /** Bytes appended since the start. */
    long appendedBytes() {
        return appendedBytes;
    }

    /** Returns when everything appended is on disk. */
    void flush() throws IOException {
        FileChannel segment = channel;
        if (segment == null) {
            throw new IllegalStateException("log is not open");
        }
        long end = segmentBytes + pending.size();
        if (end > allocatedBytes) {
            long allocated = (end / ALLOCATION_BYTES + 1) * ALLOCATION_BYTES;
            disk.allocate(segment, allocatedBytes, allocated);
            allocatedBytes = allocated;
        }
        writePending(segment);
        openBytes = segmentBytes;
        disk.sync(segment);
        if (segmentBytes > SEGMENT_BYTES) {
            roll();
        }
    }

    /** Closes the segment and starts the next, so that the closed ones can go once a snapshot stands for them. */
    void roll() throws IOException {
        closeSegment();
        open();
    }

    private void writePending(FileChannel segment) throws IOException {
        if (pending.size() > 0) {
            disk.write(segment, ByteBuffer.wrap(pending.toByteArray()));
            segmentBytes += pending.size();
            pending.reset();
        }
    }

    /** Leaves nothing behind the last record, which in a closed segment would be damage. */
    private void closeSegment() throws IOException {
        FileChannel segment = channel;
        if (segment != null && segment.isOpen()) {
            writePending(segment);
            segment.truncate(segmentBytes);
            disk.sync(segment);
            segment.close();
            closed.put(sequence, new Segment(folder.file(PREFIX + name(sequence)), greatestIndex, segmentBytes));
            closedBytes += segmentBytes;
            openBytes = 0;
        }
    }

    /**
     * Gives up the oldest segments that hold nothing beyond {@code snapshotIndex}, which is on disk as a snapshot.
     *
     * @return their files, oldest first, for {@link #delete}
     */
    List<Path> takeUpTo(long snapshotIndex) {
        List<Path> files = new ArrayList<>();
        while (!closed.isEmpty() && closed.firstEntry().getValue().greatestIndex() <= snapshotIndex) {
            Segment segment = closed.pollFirstEntry().getValue();
            closedBytes -= segment.bytes();
            files.add(segment.file());
        }
        return files;
    }

    /** Deletes files of segments that were given up. On one thread of any sort: those given up first go first. */
    void delete(List<Path> files) throws IOException {
        for (Path file : files) {
            Files.deleteIfExists(file);
            folder.sync(); // oldest first also on the medium, else a crash leaves a gap in the sequence
        }
    }

    /** About how many bytes the segments take. Any thread. */
    long sizeBytes() {
        return closedBytes + openBytes;
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder.path(), PREFIX + "*")) {
            found.forEach(files::add);
        }
        files.sort(null);
        return files;
    }

    private static String name(long sequence) {
        return String.format("%016d", sequence);
    }

    static long sequenceOf(Path file) throws IOException {
        String name = String.valueOf(file.getFileName()).substring(PREFIX.length());
        try {
            return Long.parseLong(name);
        } catch (NumberFormatException e) {
            throw new IOException("file " + file + " does not belong into the folder of a store member", e);
        }
    }

    @Override
    public void close() throws IOException {
        closeSegment();
    }
}
