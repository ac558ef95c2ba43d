package io.kvorum.store.wal;

import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.log.LogEntry;
import com.hazelcast.cp.internal.raft.impl.log.SnapshotEntry;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.mvcc.KeySpace;
import io.kvorum.store.mvcc.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the records of a log say on top of a snapshot. A mark says that everything up to an index is committed: that is
 * applied at once, so that only the entries after the last mark are held, however long the log is. Until then an entry is
 * a place in the bytes that were read, and what it writes is copied once, into the key space.
 */
final class LogReplay {
    static final int ENTRY = 1;
    static final int REMOVAL = 2;
    static final int MARK = 3;

    private final boolean applies;
    private final TreeMap<Long, Records.Found> entries = new TreeMap<>();
    private @Nullable SnapshotEntry base;
    private @Nullable KeySpace keySpace;

    private LogReplay(@Nullable SnapshotEntry snapshot, boolean applies) {
        this.base = snapshot;
        this.applies = applies;
    }

    /** Starts from a snapshot, null for the empty key space. */
    static LogReplay on(@Nullable SnapshotEntry snapshot) {
        return new LogReplay(snapshot, true);
    }

    /** Passes over the marks and keeps all entries, for whoever wants to see them one by one. */
    static LogReplay unapplied(@Nullable SnapshotEntry snapshot) {
        return new LogReplay(snapshot, false);
    }

    static byte[] entry(LogEntry entry) {
        BinaryWriter out = new BinaryWriter(256);
        EntryCodec.write(out, entry);
        return out.toByteArray();
    }

    static byte[] removal(long fromIndex) {
        return new BinaryWriter(10).number(fromIndex).toByteArray();
    }

    /** Everything up to the snapshot is committed; its operation is not written. */
    static byte[] mark(SnapshotEntry snapshot) {
        BinaryWriter out = new BinaryWriter(128)
                .number(snapshot.term())
                .number(snapshot.index())
                .number(snapshot.groupMembersLogIndex());
        EntryCodec.writeAll(out, snapshot.groupMembers());
        return out.toByteArray();
    }

    /** Takes the next record; returns the index of the entry, 0 when it is none. */
    long record(Records.Found record) {
        BinaryReader in = record.reader();
        switch (record.type()) {
            case ENTRY -> {
                long index = EntryCodec.skim(in);
                add(index, record);
                return index;
            }
            case REMOVAL -> entries.tailMap(in.number(), true).clear();
            case MARK -> committed((int) in.number(), in.number(), in.number(), EntryCodec.endpoints(in));
            default -> throw new MalformedException("no such record type: " + record.type());
        }
        return 0;
    }

    private long baseIndex() {
        return base == null ? 0 : base.index();
    }

    private void add(long index, Records.Found entry) {
        if (!entries.isEmpty() && index > entries.lastKey() + 1) {
            if (index > baseIndex() + 1) {
                throw new MalformedException("entry " + index + " follows entry " + entries.lastKey());
            }
            entries.clear(); // a snapshot from the leader bridged the gap
        }
        entries.tailMap(index, true).clear();
        entries.put(index, entry);
    }

    private void committed(int term, long index, long membersIndex, List<RaftEndpoint> members) {
        if (!applies || index <= baseIndex()) {
            return;
        }
        KeySpace state = state();
        between(baseIndex() + 1, index).forEach((at, entry) -> {
            BinaryReader proposal = EntryCodec.proposal(entry.reader());
            if (proposal != null) {
                state.applyEntry(at, proposal);
            }
        });
        state.purge(Integer.MAX_VALUE);
        entries.headMap(index, true).clear();
        base = new SnapshotEntry(term, index, new ReceivedSnapshot(state.snapshot()), membersIndex, members);
    }

    private KeySpace state() {
        KeySpace begun = keySpace;
        if (begun == null) {
            SnapshotEntry from = base;
            begun = new KeySpace(from == null ? Snapshot.empty() : EntryCodec.stateOf(from.operation()));
            keySpace = begun;
        }
        return begun;
    }

    private NavigableMap<Long, Records.Found> between(long from, long to) {
        NavigableMap<Long, Records.Found> found = entries.subMap(from, true, to, true);
        if (found.size() != to - from + 1) {
            throw new MalformedException(
                    "entries up to " + to + " are committed, but some after " + (from - 1) + " are missing");
        }
        return found;
    }

    /** The newest state that is known to be committed; null when there is none. */
    @Nullable
    SnapshotEntry base() {
        return base;
    }

    /**
     * Takes the entries after {@link #base}, dense; perhaps not all committed.
     *
     * @throws MalformedException some are missing
     */
    List<LogEntry> entries() {
        entries.headMap(baseIndex(), true).clear();
        if (!entries.isEmpty() && entries.firstKey() != baseIndex() + 1) {
            throw new MalformedException(
                    "entries " + (baseIndex() + 1) + " to " + (entries.firstKey() - 1) + " are missing");
        }
        List<LogEntry> copied = new ArrayList<>(entries.size());
        while (!entries.isEmpty()) {
            // With its last entry what was read of a file can go: no more than one file is held twice.
            copied.add(EntryCodec.entry(entries.pollFirstEntry().getValue().reader()));
        }
        return copied;
    }
}
