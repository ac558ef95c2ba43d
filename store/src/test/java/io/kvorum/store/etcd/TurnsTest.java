package io.kvorum.store.etcd;

import static io.kvorum.store.etcd.EtcdCluster.bytes;
import static io.kvorum.store.etcd.EtcdCluster.put;
import static io.kvorum.store.etcd.EtcdCluster.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import io.kvorum.etcd.api.CampaignRequest;
import io.kvorum.etcd.api.CampaignResponse;
import io.kvorum.etcd.api.ElectionGrpc;
import io.kvorum.etcd.api.LeaderKey;
import io.kvorum.etcd.api.LeaderRequest;
import io.kvorum.etcd.api.LeaderResponse;
import io.kvorum.etcd.api.LeaseGrantRequest;
import io.kvorum.etcd.api.LeaseGrpc;
import io.kvorum.etcd.api.LeaseRevokeRequest;
import io.kvorum.etcd.api.ProclaimRequest;
import io.kvorum.etcd.api.RangeRequest;
import io.kvorum.etcd.api.ResignRequest;
import io.kvorum.etcd.api.lock.LockGrpc;
import io.kvorum.etcd.api.lock.LockRequest;
import io.kvorum.etcd.api.lock.LockResponse;
import io.kvorum.etcd.api.lock.UnlockRequest;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locks and elections. */
final class TurnsTest {
    @TempDir
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    static EtcdCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = EtcdCluster.start(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    private static long lease() {
        return LeaseGrpc.newBlockingStub(cluster.channel())
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build())
                .getID();
    }

    private static void revoke(long lease) {
        assertThat(LeaseGrpc.newBlockingStub(cluster.channel())
                        .leaseRevoke(
                                LeaseRevokeRequest.newBuilder().setID(lease).build())
                        .hasHeader())
                .isTrue();
    }

    private static ListenableFuture<LockResponse> lock(String name, long lease) {
        return LockGrpc.newFutureStub(cluster.channel())
                .lock(LockRequest.newBuilder()
                        .setName(bytes(name))
                        .setLease(lease)
                        .build());
    }

    private static void unlock(LockResponse held) {
        assertThat(LockGrpc.newBlockingStub(cluster.channel())
                        .unlock(UnlockRequest.newBuilder().setKey(held.getKey()).build())
                        .hasHeader())
                .isTrue();
    }

    private static void awaitKeys(String prefix, long count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (cluster.kv()
                        .range(RangeRequest.newBuilder()
                                .setKey(bytes(prefix))
                                .setRangeEnd(EtcdCluster.end(prefix))
                                .setCountOnly(true)
                                .build())
                        .getCount()
                != count) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @Test
    void aLockIsHeldByOneAtATimeInTheOrderOfAsking() throws Exception {
        LockResponse first = lock("queue", lease()).get(10, TimeUnit.SECONDS);
        assertThat(first.getKey().toStringUtf8()).startsWith("queue/");
        ListenableFuture<LockResponse> second = lock("queue", lease());
        awaitKeys("queue/", 2);
        ListenableFuture<LockResponse> third = lock("queue", lease());
        awaitKeys("queue/", 3);
        assertThat(second.isDone()).isFalse();
        unlock(first);
        LockResponse held = second.get(10, TimeUnit.SECONDS);
        assertThat(third.isDone()).isFalse();
        unlock(held);
        unlock(third.get(10, TimeUnit.SECONDS));
        awaitKeys("queue/", 0);
    }

    @Test
    void whoeverHoldsTheLockGetsItAgainWithTheSameLease() throws Exception {
        long lease = lease();
        LockResponse first = lock("again", lease).get(10, TimeUnit.SECONDS);
        assertThat(lock("again", lease).get(10, TimeUnit.SECONDS).getKey()).isEqualTo(first.getKey());
    }

    @Test
    void aLockPassesOnWhenItsLeaseEndsAndAWaiterWithoutLeaseIsRefused() throws Exception {
        long holder = lease();
        lock("expiring", holder).get(10, TimeUnit.SECONDS);
        long waiter = lease();
        ListenableFuture<LockResponse> second = lock("expiring", waiter);
        awaitKeys("expiring/", 2);
        ListenableFuture<LockResponse> third = lock("expiring", 0);
        awaitKeys("expiring/", 3);
        revoke(waiter);
        revoke(holder);
        refuses(Status.Code.UNKNOWN, "mutex: session is expired", () -> {
            try {
                second.get(10, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        });
        unlock(third.get(10, TimeUnit.SECONDS));
    }

    @Test
    void whoGoesAwayWhileWaitingLeavesTheQueue() throws Exception {
        LockResponse held = lock("leaving", lease()).get(10, TimeUnit.SECONDS);
        ListenableFuture<LockResponse> waiting = lock("leaving", lease());
        awaitKeys("leaving/", 2);
        waiting.cancel(true);
        awaitKeys("leaving/", 1);
        unlock(held);
    }

    @Test
    void aLockNeedsALeaseThatExists() {
        refuses(
                Status.Code.UNKNOWN,
                "etcdserver: requested lease not found",
                () -> LockGrpc.newBlockingStub(cluster.channel())
                        .lock(LockRequest.newBuilder()
                                .setName(bytes("x"))
                                .setLease(4711)
                                .build()));
    }

    private static ElectionGrpc.ElectionBlockingStub election() {
        return ElectionGrpc.newBlockingStub(cluster.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static CampaignRequest campaign(String name, long lease, String value) {
        return CampaignRequest.newBuilder()
                .setName(bytes(name))
                .setLease(lease)
                .setValue(bytes(value))
                .build();
    }

    private static LeaderRequest leaderOf(String name) {
        return LeaderRequest.newBuilder().setName(bytes(name)).build();
    }

    private static String value(LeaderResponse response) {
        return response.getKv().getValue().toStringUtf8();
    }

    @Test
    void anElectionPassesFromLeaderToLeaderAndObserversSeeEveryOne() throws Exception {
        refuses(Status.Code.UNKNOWN, "election: no leader", () -> election().leader(leaderOf("e")));
        Responses<LeaderRequest, LeaderResponse> seen = new Responses<>(false);
        ElectionGrpc.newStub(cluster.channel()).observe(leaderOf("e"), seen);
        LeaderKey first = election().campaign(campaign("e", lease(), "one")).getLeader();
        assertThat(value(election().leader(leaderOf("e")))).isEqualTo("one");
        assertThat(value(seen.next())).isEqualTo("one");
        ListenableFuture<CampaignResponse> second =
                ElectionGrpc.newFutureStub(cluster.channel()).campaign(campaign("e", lease(), "two"));
        awaitKeys("e/", 2);
        election()
                .proclaim(ProclaimRequest.newBuilder()
                        .setLeader(first)
                        .setValue(bytes("one again"))
                        .build());
        assertThat(value(seen.next())).isEqualTo("one again");
        assertThat(second.isDone()).isFalse();
        election().resign(ResignRequest.newBuilder().setLeader(first).build());
        LeaderKey leader = second.get(10, TimeUnit.SECONDS).getLeader();
        assertThat(leader.getName().toStringUtf8()).isEqualTo("e");
        assertThat(leader.getRev()).isGreaterThan(first.getRev());
        assertThat(value(seen.next())).isEqualTo("two");
        refuses(
                Status.Code.UNKNOWN,
                "election: not leader",
                () -> election()
                        .proclaim(ProclaimRequest.newBuilder().setLeader(first).build()));
        refuses(
                Status.Code.UNKNOWN,
                "\"leader\" field must be provided",
                () -> election().resign(ResignRequest.getDefaultInstance()));
        seen.cancel();
    }

    @Test
    void aLeaderThatCampaignsAgainProclaimsItsNewValue() {
        long lease = lease();
        election().campaign(campaign("repeat", lease, "old"));
        election().campaign(campaign("repeat", lease, "new"));
        assertThat(value(election().leader(leaderOf("repeat")))).isEqualTo("new");
        cluster.kv().put(put("unrelated", "1"));
    }
}
