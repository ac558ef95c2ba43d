package io.kvorum.store.raft;

import com.hazelcast.cp.internal.raft.impl.RaftNodeImpl;
import com.hazelcast.cp.internal.raft.impl.log.RaftLog;
import com.hazelcast.cp.internal.raft.impl.log.SnapshotEntry;
import com.hazelcast.cp.internal.raft.impl.state.RaftGroupMembers;
import com.hazelcast.cp.internal.raft.impl.state.RaftState;
import io.kvorum.store.mvcc.Snapshot;
import java.util.function.Supplier;

/**
 * Bounds the log that Raft holds in memory. Raft keeps it from some entries before the newest snapshot on, and takes one
 * after a number of entries; with large values that would be too much memory, so here one is also taken after a number of
 * bytes. It costs nothing but the versions it holds on to. On the member's thread.
 */
final class LogInMemory {
    private static final long BYTES_TO_SNAPSHOT = 48L << 20;
    private static final long BYTES_TO_KEEP = 16L << 20;

    /**
     * As many as Raft keeps when it takes a snapshot itself. The log in memory has room for so many, those up to Raft's next
     * snapshot and those not yet committed; when it is full no entry can be added, and so no snapshot taken any more.
     */
    private static final long ENTRIES_TO_KEEP = Replica.SNAPSHOT_EVERY / 10;

    private final RaftNodeImpl node;
    private final Supplier<Snapshot> newest;
    private long bytesSinceSnapshot;

    LogInMemory(RaftNodeImpl node, Supplier<Snapshot> newest) {
        this.node = node;
        this.newest = newest;
    }

    /** An entry was applied. */
    void applied(int bytes) {
        bytesSinceSnapshot += bytes;
    }

    /** Raft takes a snapshot of its own accord. */
    Snapshot taken() {
        bytesSinceSnapshot = 0;
        return newest.get();
    }

    void limit() {
        if (bytesSinceSnapshot > BYTES_TO_SNAPSHOT) {
            takeSnapshot();
        }
    }

    void takeSnapshot() {
        RaftState state = node.state();
        RaftLog log = state.log();
        long index = state.lastApplied();
        if (index <= log.snapshotIndex()) {
            return;
        }
        RaftGroupMembers members = state.committedGroupMembers();
        int term = log.getLogEntry(index).term();
        log.setSnapshot(
                new SnapshotEntry(term, index, taken(), members.index(), members.members()), lastToForget(log, index));
        log.flush();
    }

    /** What is kept before a snapshot spares a member that lags a little the whole of it. */
    private static long lastToForget(RaftLog log, long index) {
        long bytes = 0;
        long at = index;
        while (bytes < BYTES_TO_KEEP && index - at < ENTRIES_TO_KEEP && at > 0 && log.containsLogEntry(at)) {
            bytes += log.getLogEntry(at).operation() instanceof byte[] entry ? entry.length : 0;
            at--;
        }
        return at;
    }

    /** How many entries are held. Any thread, about. */
    long entries() {
        RaftLog log = node.state().log();
        long at = log.lastLogOrSnapshotIndex();
        long first = at;
        while (first > 0 && log.containsLogEntry(first)) {
            first--;
        }
        return at - first;
    }
}
