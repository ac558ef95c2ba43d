package io.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.dto.AppendRequest;
import com.hazelcast.cp.internal.raft.impl.log.LogEntry;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Txn;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.Proposal;
import io.kvorum.store.mvcc.ProposalCodec;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.SnapshotBuilder;
import io.kvorum.store.wal.Disk;
import io.kvorum.store.wal.EntryCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member whose log begins right behind its snapshot, as after a restore or a restart, and what leaders, played by the
 * test, send it.
 */
final class AppendAfterSnapshotTest {
    private static final String CLUSTER = "test";
    private static final List<String> MEMBERS = List.of("store-0", "store-1", "store-2");
    private static final long SNAPSHOT = MemberData.FIRST_INDEX;

    @TempDir
    Path folder;

    private final LocalTransport network = new LocalTransport();
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private @Nullable RaftTransport leader;
    private @Nullable Replica member;

    /** To an append request. */
    private record Answer(boolean success, int term, long index) {}

    @BeforeEach
    void start() throws Exception {
        Path data = folder.resolve("store-0");
        MemberData.create(data, CLUSTER, "store-0", MEMBERS, new SnapshotBuilder(SNAPSHOT, 5, 1, 77).build());
        Replica restored = new Replica(
                new ReplicaSettings(
                        CLUSTER, "store-0", MEMBERS, MEMBERS, Duration.ofMinutes(1), Duration.ofMinutes(1), 5),
                data,
                Disk.real(),
                new MemberThread("store-0"),
                network.of("store-0"),
                nanos -> {},
                new SilentListener());
        member = restored;
        restored.start();
        RaftTransport port = network.of("store-1");
        leader = port;
        port.start(() -> new RaftTransport.Incarnation(77, false), this::receive, name -> {});
    }

    @AfterEach
    void stop() throws Exception {
        if (member != null) {
            member.close();
        }
        if (leader != null) {
            leader.close();
        }
    }

    private void receive(byte[] message) {
        BinaryReader in = new BinaryReader(message);
        int type = in.octet();
        if (type == MessageCodec.APPEND_SUCCESS || type == MessageCodec.APPEND_FAILURE) {
            EntryCodec.endpoint(in);
            answers.add(new Answer(type == MessageCodec.APPEND_SUCCESS, (int) in.number(), in.number()));
        }
    }

    /** Sends entries from {@code previous} on, all of {@code term}, in that term. */
    private Answer append(int term, long previous, int previousTerm, int count, long commit) throws Exception {
        LogEntry[] entries = new LogEntry[count];
        for (int i = 0; i < count; i++) {
            long index = previous + 1 + i;
            entries[i] = new LogEntry(index <= SNAPSHOT ? 1 : term, index, operation(term, index));
        }
        RaftEndpoint from = Replica.endpoint(CLUSTER, "store-1");
        RaftTransport port = leader;
        if (port == null) {
            throw new IllegalStateException("not started");
        }
        port.send(
                "store-0",
                MessageCodec.encode(new AppendRequest(from, term, previousTerm, previous, commit, entries, 0, 1)));
        Answer answer = answers.poll(10, TimeUnit.SECONDS);
        if (answer == null) {
            throw new AssertionError("no answer");
        }
        return answer;
    }

    private static byte[] operation(int term, long index) {
        return ProposalCodec.encode(new Proposal(
                null,
                new Command.Commit(
                        Txn.of(new Op.Put(ByteSequence.utf8("k"), ByteSequence.utf8(term + "/" + index), 0, false)))));
    }

    private Snapshot newest(long revision) throws Exception {
        Replica restored = member;
        if (restored == null) {
            throw new IllegalStateException("not started");
        }
        return AppliedRevision.await(restored, revision);
    }

    @Test
    void aRequestThatIsSentAgainIsAnsweredAgain() throws Exception {
        assertThat(append(2, SNAPSHOT, 1, 2, SNAPSHOT)).isEqualTo(new Answer(true, 2, SNAPSHOT + 2));
        assertThat(append(2, SNAPSHOT, 1, 2, SNAPSHOT)).isEqualTo(new Answer(true, 2, SNAPSHOT + 2));
        assertThat(append(2, SNAPSHOT, 1, 3, SNAPSHOT + 3)).isEqualTo(new Answer(true, 2, SNAPSHOT + 3));
        assertThat(newest(8).revision()).isEqualTo(8);
    }

    /** What made a restored cluster go on with two of its three members. */
    @Test
    void entriesOfAnEarlierLeaderGiveWay() throws Exception {
        assertThat(append(2, SNAPSHOT, 1, 3, SNAPSHOT)).isEqualTo(new Answer(true, 2, SNAPSHOT + 3));
        assertThat(append(3, SNAPSHOT, 1, 1, SNAPSHOT + 1)).isEqualTo(new Answer(true, 3, SNAPSHOT + 1));
        assertThat(newest(6).revision()).isEqualTo(6);
        assertThat(append(3, SNAPSHOT + 1, 3, 1, SNAPSHOT + 2)).isEqualTo(new Answer(true, 3, SNAPSHOT + 2));
        assertThat(newest(7).revision()).isEqualTo(7);
    }

    @Test
    void aHeartbeatAtTheSnapshotSaysNothingOfWhatFollows() throws Exception {
        append(2, SNAPSHOT, 1, 3, SNAPSHOT);
        assertThat(append(3, SNAPSHOT, 1, 0, SNAPSHOT)).isEqualTo(new Answer(true, 3, SNAPSHOT));
    }

    @Test
    void whatTheSnapshotCoversIsSkipped() throws Exception {
        assertThat(append(2, SNAPSHOT - 3, 1, 2, SNAPSHOT)).isEqualTo(new Answer(true, 2, SNAPSHOT));
        assertThat(append(2, SNAPSHOT - 3, 1, 5, SNAPSHOT + 2)).isEqualTo(new Answer(true, 2, SNAPSHOT + 2));
        assertThat(newest(7).revision()).isEqualTo(7);
    }

    @Test
    void anotherEntryAtTheSnapshotIsRefused() throws Exception {
        append(3, SNAPSHOT, 1, 1, SNAPSHOT);
        assertThat(append(3, SNAPSHOT, 2, 1, SNAPSHOT).success()).isFalse();
        assertThat(append(2, SNAPSHOT, 1, 1, SNAPSHOT).success())
                .as("an older term")
                .isFalse();
    }
}
