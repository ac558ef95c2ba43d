package io.kvorum.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.etcd.api.PutRequest;
import io.kvorum.store.etcd.EtcdCluster.Member;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.raft.AppliedRevision;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member that is behind; what is done meanwhile changes the state but not the revision. */
@Timeout(60)
final class FollowerReadTest {
    @TempDir
    Path folder;

    private EtcdCluster cluster;
    private Member leader;
    private Member follower;
    private long revision;

    @BeforeEach
    void start() throws Exception {
        cluster = EtcdCluster.start(folder);
        leader = cluster.member(true);
        follower = cluster.member(false);
        revision = cluster.put(PutRequest.newBuilder().setKey(EtcdCluster.bytes("a")))
                .getHeader()
                .getRevision();
        AppliedRevision.await(follower.replica(), revision);
        cluster.network.cut(leader.replica().name(), follower.replica().name());
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
    }

    @Test
    void whoCompactsThroughItFindsThatDoneThere() throws Exception {
        CompletableFuture<Long> there = follower.store()
                .propose(new Command.Compact(revision))
                .thenApply(outcome -> {
                    assertThat(outcome).isInstanceOf(Outcome.Done.class);
                    return follower.replica().newest().compactRevision();
                });
        while (leader.replica().newest().compactRevision() < revision && !there.isDone()) {
            Thread.onSpinWait();
        }
        cluster.network.heal();
        assertThat(there.get(10, TimeUnit.SECONDS)).isEqualTo(revision);
    }

    @Test
    void whoReadsThereIsToldWhatCannotBeReadAnyMore() throws Exception {
        leader.store().propose(new Command.Compact(revision)).get(5, TimeUnit.SECONDS);
        CompletableFuture<Long> read = follower.store().current().thenApply(Snapshot::compactRevision);
        cluster.network.heal();
        assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo(revision);
    }
}
