package io.kvorum.store.etcd;

import static io.kvorum.store.etcd.EtcdCluster.put;
import static io.kvorum.store.etcd.EtcdCluster.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.kvorum.etcd.api.LeaseGrantRequest;
import io.kvorum.etcd.api.LeaseGrantResponse;
import io.kvorum.etcd.api.LeaseGrpc;
import io.kvorum.etcd.api.LeaseKeepAliveRequest;
import io.kvorum.etcd.api.LeaseKeepAliveResponse;
import io.kvorum.etcd.api.LeaseLeasesRequest;
import io.kvorum.etcd.api.LeaseRevokeRequest;
import io.kvorum.etcd.api.LeaseStatus;
import io.kvorum.etcd.api.LeaseTimeToLiveRequest;
import io.kvorum.etcd.api.LeaseTimeToLiveResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeaseServiceTest {
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

    private static LeaseGrpc.LeaseBlockingStub leases() {
        return LeaseGrpc.newBlockingStub(cluster.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static LeaseGrantResponse grant(long seconds, long id) {
        return leases().leaseGrant(
                        LeaseGrantRequest.newBuilder().setTTL(seconds).setID(id).build());
    }

    private static LeaseTimeToLiveResponse timeToLive(long id) {
        return leases().leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                .setID(id)
                .setKeys(true)
                .build());
    }

    @Test
    void aLeaseHasTheIdAskedForOrOneOfItsOwn() {
        LeaseGrantResponse own = grant(60, 0);
        assertThat(own.getID()).isNotZero();
        assertThat(own.getTTL()).isEqualTo(60);
        assertThat(grant(60, 777).getID()).isEqualTo(777);
        refuses(Status.Code.FAILED_PRECONDITION, "etcdserver: lease already exists", () -> grant(60, 777));
        assertThat(leases().leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesList())
                .extracting(LeaseStatus::getID)
                .contains(own.getID(), 777L);
    }

    @Test
    void aTimeToLiveIsAtLeastOneSecondAndHasAnEnd() {
        assertThat(grant(0, 0).getTTL()).isEqualTo(1);
        assertThat(grant(-5, 0).getTTL()).isEqualTo(1);
        refuses(Status.Code.OUT_OF_RANGE, "etcdserver: too large lease TTL", () -> grant(9_000_000_001L, 0));
    }

    @Test
    void aLeaseTellsHowLongItHasAndItsKeys() {
        long id = grant(100, 0).getID();
        cluster.put(put("lease/b", "1").toBuilder().setLease(id));
        cluster.put(put("lease/a", "1").toBuilder().setLease(id));
        LeaseTimeToLiveResponse told = timeToLive(id);
        assertThat(told.getGrantedTTL()).isEqualTo(100);
        assertThat(told.getTTL()).isBetween(80L, 100L);
        assertThat(told.getKeysList()).extracting(key -> key.toStringUtf8()).containsExactly("lease/a", "lease/b");
        assertThat(timeToLive(4711).getTTL()).isEqualTo(-1);
    }

    @Test
    void aRevokedLeaseTakesItsKeys() {
        long id = grant(100, 0).getID();
        cluster.put(put("revoked/a", "1").toBuilder().setLease(id));
        LeaseRevokeRequest revoke = LeaseRevokeRequest.newBuilder().setID(id).build();
        assertThat(leases().leaseRevoke(revoke).hasHeader()).isTrue();
        assertThat(cluster.get("revoked/a").getCount()).isZero();
        refuses(Status.Code.NOT_FOUND, "etcdserver: requested lease not found", () -> leases().leaseRevoke(revoke));
    }

    @Test
    void aLeaseThatRanOutTakesItsKeys() {
        long id = grant(1, 0).getID();
        cluster.put(put("expired/a", "1").toBuilder().setLease(id));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (cluster.get("expired/a").getCount() > 0) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        assertThat(timeToLive(id).getTTL()).isEqualTo(-1);
    }

    @Test
    void renewalsAreAnsweredInOrderWithTheFullTimeOrZeroForALeaseThatIsGone() throws Exception {
        long id = grant(50, 0).getID();
        Responses<LeaseKeepAliveRequest, LeaseKeepAliveResponse> answers = new Responses<>(false);
        StreamObserver<LeaseKeepAliveRequest> stream =
                LeaseGrpc.newStub(cluster.channel()).leaseKeepAlive(answers);
        for (long lease : new long[] {id, 4711, id}) {
            stream.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
        }
        stream.onCompleted();
        assertThat(answers.next().getTTL()).isEqualTo(50);
        LeaseKeepAliveResponse gone = answers.next();
        assertThat(gone.getID()).isEqualTo(4711);
        assertThat(gone.getTTL()).isZero();
        assertThat(answers.next().getTTL()).isEqualTo(50);
        assertThat(answers.end().isOk()).isTrue();
    }
}
