package io.kvorum.store.wal;

import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.log.SnapshotEntry;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.mvcc.SnapshotAssembler;
import io.kvorum.store.mvcc.SnapshotParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file of a snapshot: a record with Raft's part of it, then a record for each part of the key space. Written and read
 * a record at a time, each with a checksum of its own.
 */
final class SnapshotFile {
    static final String NAME = "snapshot";
    private static final int RAFT = 1;
    private static final int PART = 2;

    private SnapshotFile() {}

    /** The records of a snapshot, made as they are asked for. */
    static Iterator<byte[]> records(SnapshotEntry entry) {
        BinaryWriter raft =
                new BinaryWriter(128).number(entry.term()).number(entry.index()).number(entry.groupMembersLogIndex());
        EntryCodec.writeAll(raft, entry.groupMembers());
        SnapshotParts parts = new SnapshotParts(EntryCodec.stateOf(entry.operation()));
        return new Iterator<>() {
            private boolean begun;

            @Override
            public boolean hasNext() {
                return parts.hasNext();
            }

            @Override
            public byte[] next() {
                if (begun) {
                    return Records.frame(PART, parts.next());
                }
                begun = true;
                return Records.frame(RAFT, raft.toByteArray());
            }
        };
    }

    /**
     * Reads the file.
     *
     * <p>Errors: {@link CorruptFileException} when it does not hold what was written.
     *
     * @return null when there is no such file; its operation is a {@link ReceivedSnapshot}
     */
    static @Nullable SnapshotEntry read(Path file) throws IOException {
        Reader reader = new Reader(file);
        boolean exists = Records.readFile(file, reader);
        return exists ? reader.entry() : null;
    }

    private static final class Reader implements Records.Reader {
        private final Path file;
        private final SnapshotAssembler assembler = new SnapshotAssembler();
        private int term;
        private long index = -1;
        private long membersIndex;
        private List<RaftEndpoint> members = List.of();
        private boolean whole;

        Reader(Path file) {
            this.file = file;
        }

        @Override
        public void record(Records.Found record, long offset) throws IOException {
            try {
                if (record.type() == RAFT && index < 0) {
                    BinaryReader in = record.reader();
                    term = (int) in.number();
                    index = in.number();
                    membersIndex = in.number();
                    members = EntryCodec.endpoints(in);
                } else if (record.type() == PART && index >= 0 && !whole) {
                    whole = assembler.add(record.reader());
                } else {
                    throw new MalformedException("a record of type " + record.type() + " does not belong here");
                }
            } catch (MalformedException e) {
                throw new CorruptFileException(file, offset, String.valueOf(e.getMessage()));
            }
        }

        SnapshotEntry entry() throws IOException {
            if (!whole) {
                throw new CorruptFileException(file, Files.size(file), "its end is missing");
            }
            try {
                return new SnapshotEntry(
                        term, index, new ReceivedSnapshot(assembler.snapshot()), membersIndex, members);
            } catch (MalformedException e) {
                throw new CorruptFileException(file, 0, String.valueOf(e.getMessage()));
            }
        }
    }
}
