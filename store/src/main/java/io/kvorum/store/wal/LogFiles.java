package io.kvorum.store.wal;

import com.hazelcast.cp.internal.raft.impl.log.LogEntry;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.BinaryWriter;
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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The segments of the log: files {@code log-<sequence>} of records, each an entry or the removal of all entries from an
 * index on. Records are gathered in memory and reach the disk with {@link #flush}, so one fsync serves many. Not
 * thread-safe, except {@link #sizeBytes}.
 */
final class LogFiles implements Closeable {
    static final String PREFIX = "log-";
    private static final int ENTRY = 1;
    private static final int REMOVAL = 2;
    private static final long SEGMENT_BYTES = 64L << 20;

    private final DataFolder folder;
    private final Disk disk;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream(1 << 16);

    /** Closed segments by sequence, with the greatest entry index in each. */
    private final TreeMap<Long, Segment> closed = new TreeMap<>();

    private @Nullable FileChannel channel;
    private long sequence;
    private long greatestIndex;
    private long segmentBytes;
    private volatile long closedBytes;
    private volatile long openBytes;

    private record Segment(Path file, long greatestIndex, long bytes) {}

    LogFiles(DataFolder folder, Disk disk) {
        this.folder = folder;
        this.disk = disk;
    }

    /**
     * Reads the log and cuts a torn tail away.
     *
     * @param snapshotIndex the log is needed only beyond this index
     * @return the entries after {@code snapshotIndex}, dense
     */
    List<LogEntry> load(long snapshotIndex) throws IOException {
        List<Path> files = files();
        TreeMap<Long, LogEntry> entries = new TreeMap<>();
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            long number = sequenceOf(file);
            if (i > 0 && number != sequence + 1) {
                throw new IOException("file " + PREFIX + name(sequence + 1) + " is missing in " + folder.path());
            }
            sequence = number;
            load(file, i == files.size() - 1, snapshotIndex, entries);
        }
        entries.headMap(snapshotIndex, true).clear();
        if (!entries.isEmpty() && entries.firstKey() != snapshotIndex + 1) {
            throw new IOException("entries " + (snapshotIndex + 1) + " to " + (entries.firstKey() - 1)
                    + " are missing between snapshot and log in " + folder.path());
        }
        return new ArrayList<>(entries.values());
    }

    private void load(Path file, boolean last, long snapshotIndex, TreeMap<Long, LogEntry> entries) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        long[] greatest = {0};
        int intact = Records.readAll(bytes, 0, (record, offset) -> {
            try {
                greatest[0] = Math.max(greatest[0], replay(record, snapshotIndex, entries));
            } catch (MalformedException e) {
                throw new CorruptFileException(file, offset, String.valueOf(e.getMessage()));
            }
        });
        if (intact < bytes.length) {
            if (!last || !Records.isTorn(bytes, intact)) {
                throw new CorruptFileException(file, intact, "its checksum does not match");
            }
            try (FileChannel cut = FileChannel.open(file, StandardOpenOption.WRITE)) {
                cut.truncate(intact);
                disk.sync(cut);
            }
        }
        closed.put(sequence, new Segment(file, greatest[0], intact));
        closedBytes += intact;
    }

    /** Returns the index of the entry, 0 for a removal. */
    static long replay(Records.Found record, long snapshotIndex, TreeMap<Long, LogEntry> entries) {
        BinaryReader in = new BinaryReader(record.payload());
        if (record.type() == REMOVAL) {
            entries.tailMap(in.number(), true).clear();
            return 0;
        } else if (record.type() != ENTRY) {
            throw new MalformedException("no such record type: " + record.type());
        }
        LogEntry entry = EntryCodec.entry(in);
        if (!entries.isEmpty() && entry.index() > entries.lastKey() + 1) {
            if (entry.index() > snapshotIndex + 1) {
                throw new MalformedException("entry " + entry.index() + " follows entry " + entries.lastKey());
            }
            entries.clear(); // a snapshot from the leader bridged the gap
        }
        entries.tailMap(entry.index(), true).clear();
        entries.put(entry.index(), entry);
        return entry.index();
    }

    /** Starts a new segment to append to. */
    void open() throws IOException {
        sequence++;
        channel = FileChannel.open(
                folder.file(PREFIX + name(sequence)), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        greatestIndex = 0;
        segmentBytes = 0;
        openBytes = 0;
        folder.sync();
    }

    void append(LogEntry entry) {
        BinaryWriter out = new BinaryWriter(256);
        EntryCodec.write(out, entry);
        pending.writeBytes(Records.frame(ENTRY, out.toByteArray()));
        greatestIndex = Math.max(greatestIndex, entry.index());
    }

    void removeFrom(long index) {
        pending.writeBytes(
                Records.frame(REMOVAL, new BinaryWriter(10).number(index).toByteArray()));
    }

    /** Returns when everything appended is on disk. */
    void flush() throws IOException {
        FileChannel segment = channel;
        if (segment == null) {
            throw new IllegalStateException("log is not open");
        }
        if (pending.size() > 0) {
            disk.write(segment, ByteBuffer.wrap(pending.toByteArray()));
            segmentBytes += pending.size();
            openBytes = segmentBytes;
            pending.reset();
        }
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

    private void closeSegment() throws IOException {
        FileChannel segment = channel;
        if (segment != null && segment.isOpen()) {
            if (pending.size() > 0) {
                disk.write(segment, ByteBuffer.wrap(pending.toByteArray()));
                segmentBytes += pending.size();
                pending.reset();
            }
            disk.sync(segment);
            segment.close();
            closed.put(sequence, new Segment(folder.file(PREFIX + name(sequence)), greatestIndex, segmentBytes));
            closedBytes += segmentBytes;
            openBytes = 0;
        }
    }

    /** Deletes the oldest segments that hold nothing beyond {@code snapshotIndex}, which is on disk as a snapshot. */
    void dropUpTo(long snapshotIndex) throws IOException {
        Iterator<Map.Entry<Long, Segment>> oldest = closed.entrySet().iterator();
        while (oldest.hasNext()) {
            Segment segment = oldest.next().getValue();
            if (segment.greatestIndex() > snapshotIndex) {
                break;
            }
            Files.deleteIfExists(segment.file());
            folder.sync(); // oldest first also on the medium, else a crash leaves a gap in the sequence
            closedBytes -= segment.bytes();
            oldest.remove();
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
