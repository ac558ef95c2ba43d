package io.kvorum.store.etcd;

import static io.kvorum.store.etcd.EtcdCluster.put;
import static io.kvorum.store.etcd.EtcdCluster.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.kvorum.etcd.api.AlarmMember;
import io.kvorum.etcd.api.AlarmRequest;
import io.kvorum.etcd.api.AlarmRequest.AlarmAction;
import io.kvorum.etcd.api.AlarmResponse;
import io.kvorum.etcd.api.AlarmType;
import io.kvorum.etcd.api.AuthGrpc;
import io.kvorum.etcd.api.AuthStatusRequest;
import io.kvorum.etcd.api.ClusterGrpc;
import io.kvorum.etcd.api.CompactionRequest;
import io.kvorum.etcd.api.DefragmentRequest;
import io.kvorum.etcd.api.DeleteRangeRequest;
import io.kvorum.etcd.api.HashKVRequest;
import io.kvorum.etcd.api.HashKVResponse;
import io.kvorum.etcd.api.HashRequest;
import io.kvorum.etcd.api.LeaseGrantRequest;
import io.kvorum.etcd.api.LeaseGrpc;
import io.kvorum.etcd.api.MaintenanceGrpc;
import io.kvorum.etcd.api.Member;
import io.kvorum.etcd.api.MemberListRequest;
import io.kvorum.etcd.api.MemberListResponse;
import io.kvorum.etcd.api.MoveLeaderRequest;
import io.kvorum.etcd.api.MoveLeaderResponse;
import io.kvorum.etcd.api.SnapshotRequest;
import io.kvorum.etcd.api.SnapshotResponse;
import io.kvorum.etcd.api.StatusRequest;
import io.kvorum.etcd.api.StatusResponse;
import io.kvorum.store.backup.BackupReader;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.raft.AppliedRevision;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MaintenanceServiceTest {
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

    private static MaintenanceGrpc.MaintenanceBlockingStub at(String member) {
        return at(cluster.member(member).channel());
    }

    private static MaintenanceGrpc.MaintenanceBlockingStub at(ManagedChannel channel) {
        return MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static MemberListResponse members() {
        return ClusterGrpc.newBlockingStub(cluster.channel()).memberList(MemberListRequest.getDefaultInstance());
    }

    @Test
    void statusTellsVersionSizesAndTheLeaderOfTheMembersListed() {
        cluster.kv().put(put("status/a", "1"));
        MemberListResponse list = members();
        assertThat(list.getMembersList()).extracting(Member::getName).isEqualTo(EtcdCluster.MEMBERS);
        for (Member member : list.getMembersList()) {
            StatusResponse status = at(member.getName()).status(StatusRequest.getDefaultInstance());
            assertThat(status.getHeader().getMemberId()).isEqualTo(member.getID());
            assertThat(status.getVersion()).isEqualTo("3.5.21");
            assertThat(status.getDbSize()).isPositive();
            assertThat(status.getDbSizeInUse()).isBetween(1L, status.getDbSize());
            assertThat(status.getRaftTerm()).isPositive();
            assertThat(status.getRaftIndex()).isGreaterThanOrEqualTo(status.getRaftAppliedIndex());
            assertThat(status.getErrorsList()).isEmpty();
            long leader = status.getLeader();
            assertThat(list.getMembersList()).anyMatch(one -> one.getID() == leader && leader != 0);
            assertThat(member.getPeerURLs(0)).isEqualTo("http://" + member.getName() + ":2380");
            assertThat(member.getClientURLs(0)).isEqualTo("http://" + member.getName() + ":2379");
        }
    }

    @Test
    void allMembersHaveTheSameHashAtARevisionAndAnotherOneAtTheNext() throws Exception {
        long first = cluster.kv().put(put("hash/a", "1")).getHeader().getRevision();
        long second = cluster.kv().put(put("hash/a", "2")).getHeader().getRevision();
        Set<Integer> atFirst = new HashSet<>();
        Set<Integer> atSecond = new HashSet<>();
        for (String name : EtcdCluster.MEMBERS) {
            AppliedRevision.await(cluster.member(name).replica(), second);
            HashKVResponse hash = hashAt(name, first);
            assertThat(hash.getHeader().getRevision()).isGreaterThanOrEqualTo(second);
            atFirst.add(hash.getHash());
            atSecond.add(hashAt(name, second).getHash());
            assertThat(at(name).hash(HashRequest.getDefaultInstance()).hasHeader())
                    .isTrue();
        }
        assertThat(atFirst).hasSize(1);
        assertThat(atSecond).hasSize(1).isNotEqualTo(atFirst);
        refuses(
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision is a future revision",
                () -> hashAt("store-0", second + 1000));
    }

    private static HashKVResponse hashAt(String member, long revision) {
        return at(member)
                .hashKV(HashKVRequest.newBuilder().setRevision(revision).build());
    }

    @Test
    void aSnapshotIsABackupInWholeBlocksWithItsHashBehind() throws Exception {
        for (int i = 0; i < 300; i++) {
            cluster.kv().put(put("snapshot/" + i, "x".repeat(i * 3)));
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        Iterator<SnapshotResponse> pieces = at("store-1").snapshot(SnapshotRequest.getDefaultInstance());
        long remaining = -1;
        int count = 0;
        while (pieces.hasNext()) {
            SnapshotResponse piece = pieces.next();
            if (remaining >= 0) {
                assertThat(piece.getRemainingBytes())
                        .isEqualTo(remaining - piece.getBlob().size());
            }
            remaining = piece.getRemainingBytes();
            piece.getBlob().writeTo(file);
            count++;
        }
        assertThat(count).isGreaterThan(1);
        assertThat(remaining).isZero();
        assertThat(file.size() % SnapshotStream.BLOCK_BYTES).isEqualTo(32); // as etcdctl checks it
        List<String> keys = new ArrayList<>();
        BackupReader.read(new ByteArrayInputStream(file.toByteArray()), new BackupReader.Sink() {
            @Override
            public void key(KeyValue kv) {
                keys.add(kv.key().toString());
            }
        });
        assertThat(keys).contains("snapshot/0", "snapshot/299");
    }

    @Test
    void alarmsAreRaisedListedAndDisarmed() {
        long member = members().getMembers(2).getID();
        AlarmRequest.Builder corrupt =
                AlarmRequest.newBuilder().setMemberID(member).setAlarm(AlarmType.CORRUPT);
        assertThat(alarm(corrupt.setAction(AlarmAction.ACTIVATE)).getAlarmsCount())
                .isEqualTo(1);
        AlarmMember raised = alarm(AlarmRequest.newBuilder()).getAlarms(0);
        assertThat(raised.getMemberID()).isEqualTo(member);
        assertThat(raised.getAlarm()).isEqualTo(AlarmType.CORRUPT);
        assertThat(at("store-0").status(StatusRequest.getDefaultInstance()).getErrorsList())
                .singleElement()
                .isEqualTo("memberID:" + Long.toUnsignedString(member) + " alarm:CORRUPT ");
        assertThat(alarm(AlarmRequest.newBuilder().setAlarm(AlarmType.NOSPACE)).getAlarmsCount())
                .isZero();
        assertThat(alarm(corrupt.setAction(AlarmAction.DEACTIVATE)).getAlarmsCount())
                .isEqualTo(1);
        assertThat(alarm(AlarmRequest.newBuilder()).getAlarmsCount()).isZero();
        refuses(
                Status.Code.NOT_FOUND,
                "etcdserver: member not found",
                () -> alarm(AlarmRequest.newBuilder()
                        .setAction(AlarmAction.ACTIVATE)
                        .setAlarm(AlarmType.NOSPACE)
                        .setMemberID(1)));
    }

    private static AlarmResponse alarm(AlarmRequest.Builder request) {
        return at("store-1").alarm(request.build());
    }

    @Test
    void aMemberGivesTheDiskBack() {
        cluster.kv().put(put("defrag/a", "1"));
        assertThat(at("store-0")
                        .defragment(DefragmentRequest.getDefaultInstance())
                        .hasHeader())
                .isTrue();
    }

    @Test
    void aFullStoreRaisesItsAlarmAndTakesDeletionsOnly() throws Exception {
        try (EtcdCluster small = EtcdCluster.start(folder.resolve("small"), 2_000)) {
            String full = "etcdserver: mvcc: database space exceeded";
            for (int i = 0; i < 20; i++) {
                int n = i;
                try {
                    small.kv().put(put("full/" + n, "x".repeat(200)));
                } catch (StatusRuntimeException e) {
                    assertThat(e.getStatus().getDescription()).isEqualTo(full);
                }
            }
            refuses(Status.Code.RESOURCE_EXHAUSTED, full, () -> small.kv().put(put("full/a", "1")));
            refuses(
                    Status.Code.RESOURCE_EXHAUSTED,
                    full,
                    () -> LeaseGrpc.newBlockingStub(small.channel())
                            .leaseGrant(
                                    LeaseGrantRequest.newBuilder().setTTL(10).build()));
            MaintenanceGrpc.MaintenanceBlockingStub maintenance = at(small.channel());
            assertThat(maintenance.alarm(AlarmRequest.getDefaultInstance()).getAlarmsList())
                    .isNotEmpty()
                    .allMatch(alarm -> alarm.getAlarm() == AlarmType.NOSPACE);
            long revision = small.kv()
                    .deleteRange(DeleteRangeRequest.newBuilder()
                            .setKey(EtcdCluster.bytes("full/"))
                            .setRangeEnd(EtcdCluster.end("full/"))
                            .build())
                    .getHeader()
                    .getRevision();
            small.kv()
                    .compact(
                            CompactionRequest.newBuilder().setRevision(revision).build());
            maintenance.alarm(AlarmRequest.newBuilder()
                    .setAction(AlarmAction.DEACTIVATE)
                    .setAlarm(AlarmType.NOSPACE)
                    .build());
            assertThat(small.kv().put(put("full/b", "1")).hasHeader()).isTrue();
        }
    }

    private static void call(String method) {
        MethodDescriptor<StatusRequest, StatusResponse> descriptor =
                MethodDescriptor.<StatusRequest, StatusResponse>newBuilder()
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName("etcdserverpb." + method)
                        .setRequestMarshaller(ProtoUtils.marshaller(StatusRequest.getDefaultInstance()))
                        .setResponseMarshaller(ProtoUtils.marshaller(StatusResponse.getDefaultInstance()))
                        .build();
        ClientCalls.blockingUnaryCall(
                cluster.channel(), descriptor, CallOptions.DEFAULT, StatusRequest.getDefaultInstance());
    }

    @Test
    void thereAreNoUsersAndMembersAreChangedElsewhere() {
        assertThat(AuthGrpc.newBlockingStub(cluster.channel())
                        .authStatus(AuthStatusRequest.getDefaultInstance())
                        .getEnabled())
                .isFalse();
        for (String method : List.of("Authenticate", "UserAdd", "AuthEnable", "RoleGrantPermission")) {
            refuses(
                    Status.Code.FAILED_PRECONDITION,
                    "etcdserver: authentication is not enabled",
                    () -> call("Auth/" + method));
        }
        for (String method : List.of("MemberAdd", "MemberRemove", "MemberUpdate", "MemberPromote")) {
            refuses(
                    Status.Code.UNIMPLEMENTED,
                    String.valueOf(EtcdErrors.MEMBERSHIP.getDescription()),
                    () -> call("Cluster/" + method));
        }
        refuses(
                Status.Code.UNIMPLEMENTED,
                String.valueOf(EtcdErrors.DOWNGRADE.getDescription()),
                () -> call("Maintenance/Downgrade"));
    }

    private static StatusResponse statusOf(String member) {
        return at(member).status(StatusRequest.getDefaultInstance());
    }

    private static void move(String at, long target) {
        MoveLeaderResponse unused = at(at).moveLeader(
                        MoveLeaderRequest.newBuilder().setTargetID(target).build());
    }

    @Test
    void theLeaderIsMovedByTheLeaderToAMember() throws Exception {
        Map<Long, String> members = new HashMap<>();
        for (String name : EtcdCluster.MEMBERS) {
            members.put(statusOf(name).getHeader().getMemberId(), name);
        }
        long leading = statusOf(EtcdCluster.MEMBERS.get(0)).getLeader();
        String leader = Objects.requireNonNull(members.get(leading));
        long target = members.keySet().stream()
                .filter(id -> id != leading)
                .findFirst()
                .orElseThrow();
        String other = Objects.requireNonNull(members.get(target));
        refuses(Status.Code.FAILED_PRECONDITION, "etcdserver: not leader", () -> move(other, leading));
        refuses(Status.Code.FAILED_PRECONDITION, "etcdserver: bad leader transferee", () -> move(leader, 1));
        move(leader, leading);
        assertThat(statusOf(leader).getLeader()).isEqualTo(leading);
        move(leader, target);
        for (long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
                statusOf(leader).getLeader() != target; ) {
            assertThat(System.nanoTime()).isLessThan(until);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void gRpcsOwnHealthServiceSaysServingWhileThereIsALeader() {
        assertThat(HealthGrpc.newBlockingStub(cluster.channel())
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }
}
