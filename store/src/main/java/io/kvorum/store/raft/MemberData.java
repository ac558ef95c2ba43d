package io.kvorum.store.raft;

import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.log.SnapshotEntry;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.wal.Disk;
import io.kvorum.store.wal.FileRaftStateStore;
import io.kvorum.store.wal.ReceivedSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folder of a member that begins with a given state instead of an empty one. */
public final class MemberData {
    /**
     * Log index that a restored state stands for. Greater than what a newborn cluster has in its log, so that a member
     * with an empty folder does not take a restored one for newborn and vote.
     */
    public static final long FIRST_INDEX = 10;

    private static final int FIRST_TERM = 1;

    private MemberData() {}

    /**
     * Writes the folder of one member; all members of the group get the same state. Durable when this returns.
     *
     * @param state its applied index is {@link #FIRST_INDEX}
     * @throws IOException the folder exists and holds something, or cannot be written
     */
    public static void create(Path folder, String cluster, String member, List<String> members, Snapshot state)
            throws IOException {
        if (Files.isDirectory(folder)) {
            try (var entries = Files.list(folder)) {
                if (entries.findAny().isPresent()) {
                    throw new IOException("folder " + folder + " is not empty");
                }
            }
        }
        List<RaftEndpoint> endpoints = new ArrayList<>();
        members.forEach(name -> endpoints.add(Replica.endpoint(cluster, name)));
        FileRaftStateStore store = new FileRaftStateStore(folder, Disk.real(), nanos -> {}, e -> {});
        try {
            store.load();
            store.open();
            store.persistInitialMembers(Replica.endpoint(cluster, member), endpoints);
            store.persistTerm(FIRST_TERM, null);
            store.persistSnapshot(
                    new SnapshotEntry(FIRST_TERM, state.appliedIndex(), new ReceivedSnapshot(state), 0, endpoints));
            store.flushLogs();
            store.filled();
        } finally {
            store.close();
        }
    }
}
