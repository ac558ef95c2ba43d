package io.kvorum.store.wal;

import com.hazelcast.cp.internal.raft.impl.log.LogEntry;
import com.hazelcast.cp.internal.raft.impl.log.SnapshotEntry;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.mvcc.Snapshot;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is in a member's folder, read without changing anything, while the member works or not.
 *
 * @param snapshot the newest state on disk; the empty one when none was written yet
 * @param entries the log after it, dense; perhaps not all committed
 * @param bytes how much was read
 */
public record MemberFolder(Snapshot snapshot, List<Entry> entries, long bytes) {
    /** A running member may replace files while they are read; then all is read again. */
    private static final int ATTEMPTS = 10;

    /**
     * One entry of the log.
     *
     * @param proposal what the key space is to do; empty for an entry of Raft itself
     */
    public record Entry(long index, int term, byte[] proposal) {}

    /** Index of the last entry, or of what the snapshot stands for. */
    public long lastIndex() {
        return entries.isEmpty()
                ? snapshot.appliedIndex()
                : entries.get(entries.size() - 1).index();
    }

    /**
     * Reads and checks everything.
     *
     * <p>Errors: {@link CorruptFileException}; {@link NoSuchFileException} when it is no member's folder.
     */
    public static MemberFolder read(Path folder) throws IOException {
        for (int attempt = 1; ; attempt++) {
            long before = snapshotTime(folder);
            try {
                MemberFolder read = readOnce(folder);
                if (snapshotTime(folder) == before) {
                    return read;
                }
            } catch (IOException e) {
                if (snapshotTime(folder) == before && !(e instanceof NoSuchFileException && attempt < ATTEMPTS)) {
                    throw e;
                }
            }
            if (attempt >= ATTEMPTS) {
                throw new IOException("folder " + folder + " changes faster than it can be read");
            }
        }
    }

    private static long snapshotTime(Path folder) throws IOException {
        Path snapshot = folder.resolve(SnapshotFile.NAME);
        return Files.exists(snapshot) ? Files.getLastModifiedTime(snapshot).toMillis() : 0;
    }

    private static MemberFolder readOnce(Path folder) throws IOException {
        long bytes = record(folder.resolve(FileRaftStateStore.MEMBERS)).length;
        if (Files.exists(folder.resolve(FileRaftStateStore.VOTE))) {
            bytes += record(folder.resolve(FileRaftStateStore.VOTE)).length;
        }
        Path file = folder.resolve(SnapshotFile.NAME);
        SnapshotEntry snapshot = SnapshotFile.read(file);
        if (snapshot != null) {
            bytes += Files.size(file);
        }
        LogReplay replay = LogReplay.unapplied(snapshot);
        bytes += readLog(folder, replay);
        List<Entry> entries = new ArrayList<>();
        try {
            for (LogEntry entry : replay.entries()) {
                byte[] proposal = entry.operation() instanceof byte[] proposed ? proposed : new byte[0];
                entries.add(new Entry(entry.index(), entry.term(), proposal));
            }
        } catch (MalformedException e) {
            throw new IOException(e.getMessage() + " in " + folder, e);
        }
        Snapshot state = snapshot == null ? Snapshot.empty() : EntryCodec.stateOf(snapshot.operation());
        return new MemberFolder(state, entries, bytes);
    }

    private static long readLog(Path folder, LogReplay replay) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, LogFiles.PREFIX + "*")) {
            found.forEach(files::add);
        }
        files.sort(null);
        long total = 0;
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            if (i > 0 && LogFiles.sequenceOf(file) != LogFiles.sequenceOf(files.get(i - 1)) + 1) {
                throw new IOException("a file is missing before " + file);
            }
            total += LogFiles.scan(file, i == files.size() - 1, replay::record).intact();
        }
        return total;
    }

    private static byte[] record(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Records.Found found = Records.at(bytes, 0);
        if (found == null || found.end() != bytes.length) {
            throw new CorruptFileException(file, 0, "its checksum does not match");
        }
        return found.reader().rest();
    }
}
