package io.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.cp.internal.RaftEndpointImpl;
import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.dto.InstallSnapshot;
import com.hazelcast.cp.internal.raft.impl.log.SnapshotEntry;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Txn;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.KeySpace;
import io.kvorum.store.mvcc.Proposal;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.SnapshotHash;
import io.kvorum.store.wal.EntryCodec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A leader and a follower over a wire that loses messages, with a clock of their own. */
final class SnapshotTransferTest {
    private static final RaftEndpoint LEADER = new RaftEndpointImpl(new UUID(1, 1));
    private static final RaftEndpoint FOLLOWER = new RaftEndpointImpl(new UUID(1, 2));

    private final Deque<byte[]> toFollower = new ArrayDeque<>();
    private final Deque<byte[]> toLeader = new ArrayDeque<>();
    private long nanos;
    private int parts;
    private final SnapshotTransfer leader = new SnapshotTransfer((to, bytes) -> toFollower.add(bytes), () -> nanos);
    private SnapshotTransfer follower = follower();

    private SnapshotTransfer follower() {
        return new SnapshotTransfer((to, bytes) -> toLeader.add(bytes), () -> nanos);
    }

    private static Snapshot state() {
        KeySpace keySpace = new KeySpace();
        for (int i = 1; i <= 60; i++) {
            Op put = new Op.Put(ByteSequence.utf8("k" + i), ByteSequence.wrap(new byte[100_000]), 0, false);
            keySpace.apply(i, new Proposal(null, new Command.Commit(Txn.of(put))));
        }
        return keySpace.snapshot();
    }

    private static InstallSnapshot install(Snapshot state, int term, long flowControl) {
        SnapshotEntry entry = new SnapshotEntry(term, 60, state, 0, List.of(LEADER, FOLLOWER));
        return new InstallSnapshot(LEADER, term, entry, 5, flowControl);
    }

    private @Nullable InstallSnapshot deliver(Random random, double loss) {
        InstallSnapshot whole = null;
        while (!toFollower.isEmpty() || !toLeader.isEmpty()) {
            byte[] message = toFollower.poll();
            if (message != null && random.nextDouble() >= loss) {
                assertThat(message.length).isLessThan(1 << 20);
                parts++;
                InstallSnapshot last = follower.received(SnapshotTransfer.part(after(message)), FOLLOWER);
                whole = last == null ? whole : last;
            }
            byte[] ack = toLeader.poll();
            if (ack != null && random.nextDouble() >= loss) {
                leader.acknowledged(SnapshotTransfer.ack(after(ack)));
            }
        }
        return whole;
    }

    private static InstallSnapshot there(@Nullable InstallSnapshot whole) {
        if (whole == null) {
            throw new AssertionError("no snapshot arrived");
        }
        return whole;
    }

    private static BinaryReader after(byte[] message) {
        BinaryReader in = new BinaryReader(message);
        in.octet();
        return in;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.4})
    void aSnapshotArrivesWholeWhateverGetsLost(double loss) {
        Snapshot state = state();
        Random random = new Random(42);
        leader.send(install(state, 3, 7), FOLLOWER);
        InstallSnapshot arrived = null;
        for (int second = 0; arrived == null && second < 300; second++) {
            arrived = deliver(random, loss);
            nanos += TimeUnit.SECONDS.toNanos(1);
            leader.tick();
        }
        InstallSnapshot whole = there(arrived);
        assertThat(SnapshotHash.of(EntryCodec.stateOf(whole.snapshot().operation())))
                .isEqualTo(SnapshotHash.of(state));
        assertThat(whole.term()).isEqualTo(3);
        assertThat(whole.queryRound()).isEqualTo(5);
        assertThat(whole.snapshot().index()).isEqualTo(60);
        assertThat(whole.snapshot().groupMembers()).containsExactly(LEADER, FOLLOWER);
    }

    @Test
    void askingAgainWhileItIsUnderWayStartsNothingNew() {
        Snapshot state = state();
        leader.send(install(state, 3, 7), FOLLOWER);
        leader.send(install(state, 3, 8), FOLLOWER);
        assertThat(toFollower).hasSize(SnapshotTransfer.WINDOW);
        InstallSnapshot whole = there(deliver(new Random(1), 0));
        assertThat(whole.flowControlSequenceNumber()).as("Raft's newest number").isEqualTo(8);
    }

    @Test
    void aFollowerThatWasRestartedGetsItFromTheStart() {
        Snapshot state = state();
        leader.send(install(state, 3, 7), FOLLOWER);
        for (int i = 0; i < 12; i++) {
            follower.received(SnapshotTransfer.part(after(toFollower.remove())), FOLLOWER);
            leader.acknowledged(SnapshotTransfer.ack(after(toLeader.remove())));
        }
        follower = follower();
        assertThat(deliver(new Random(1), 0)).isNotNull();
    }

    @Test
    void aLeaderThatHearsNothingGivesUpAndBeginsAnewWhenAsked() {
        leader.send(install(state(), 3, 7), FOLLOWER);
        toFollower.clear();
        for (int second = 0; second < 11; second++) {
            nanos += TimeUnit.SECONDS.toNanos(1);
            leader.tick();
        }
        toFollower.clear();
        leader.tick();
        assertThat(toFollower).isEmpty();
        leader.send(install(state(), 3, 8), FOLLOWER);
        assertThat(deliver(new Random(1), 0)).isNotNull();
        assertThat(parts).isGreaterThan(SnapshotTransfer.WINDOW);
    }
}
