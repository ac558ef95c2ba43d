package io.kvorum.store.etcd;

import static io.kvorum.store.etcd.Answers.expect;

import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.kvorum.etcd.api.AlarmMember;
import io.kvorum.etcd.api.AlarmRequest;
import io.kvorum.etcd.api.AlarmResponse;
import io.kvorum.etcd.api.AlarmType;
import io.kvorum.etcd.api.DefragmentRequest;
import io.kvorum.etcd.api.DefragmentResponse;
import io.kvorum.etcd.api.HashKVRequest;
import io.kvorum.etcd.api.HashKVResponse;
import io.kvorum.etcd.api.HashRequest;
import io.kvorum.etcd.api.HashResponse;
import io.kvorum.etcd.api.MaintenanceGrpc;
import io.kvorum.etcd.api.MoveLeaderRequest;
import io.kvorum.etcd.api.MoveLeaderResponse;
import io.kvorum.etcd.api.SnapshotRequest;
import io.kvorum.etcd.api.SnapshotResponse;
import io.kvorum.etcd.api.StatusRequest;
import io.kvorum.etcd.api.StatusResponse;
import io.kvorum.store.client.Alarm;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.raft.Replica;
import io.kvorum.store.server.MemberStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Tells how the member fares, raises and disarms alarms, gives the disk back what is not needed. */
final class MaintenanceService {
    /** The version of etcd whose API this is; clients choose by it what they may ask for. */
    static final String VERSION = "3.5.21";

    private static final long TRANSFER_SECONDS = 5;

    /** What etcd tells for the compacted revision as long as there is none. */
    private static final long NEVER_COMPACTED = -1;

    private final MemberStore store;
    private final Identities ids;
    private final Executor pool;
    private final Defragmenter defragmenter;
    private final Backups backups;

    /** Sends the backup of a snapshot, on a thread that may block. */
    interface Backups {
        void send(Snapshot snapshot, ServerCallStreamObserver<SnapshotResponse> responses, SnapshotStream.Room room);
    }

    MaintenanceService(MemberStore store, Identities ids, Executor pool, Defragmenter defragmenter, Backups backups) {
        this.store = store;
        this.ids = ids;
        this.pool = pool;
        this.defragmenter = defragmenter;
        this.backups = backups;
    }

    ServerServiceDefinition definition() {
        return new Service(MaintenanceGrpc.SERVICE_NAME)
                .unary(MaintenanceGrpc.getStatusMethod(), this::status)
                .unary(MaintenanceGrpc.getAlarmMethod(), this::alarm)
                .unary(MaintenanceGrpc.getHashMethod(), this::hash)
                .unary(MaintenanceGrpc.getHashKVMethod(), this::hashKv)
                .unary(MaintenanceGrpc.getDefragmentMethod(), this::defragment)
                .unary(MaintenanceGrpc.getMoveLeaderMethod(), this::moveLeader)
                .answers(MaintenanceGrpc.getSnapshotMethod(), this::snapshot)
                .refuse(EtcdErrors.DOWNGRADE, "Downgrade")
                .build();
    }

    private CompletionStage<StatusResponse> status(StatusRequest request) {
        Replica replica = store.replica();
        Snapshot newest = store.newest();
        String leader = replica.leader();
        StatusResponse.Builder answer = StatusResponse.newBuilder()
                .setHeader(ids.header(newest.revision()))
                .setVersion(VERSION)
                .setDbSize(replica.diskBytes())
                .setDbSizeInUse(Math.min(newest.bytes(), replica.diskBytes()))
                .setLeader(leader == null ? 0 : ids.idOf(leader))
                .setRaftIndex(Math.max(replica.commitIndex(), newest.appliedIndex()))
                .setRaftTerm(replica.term())
                .setRaftAppliedIndex(newest.appliedIndex());
        if (leader == null) {
            answer.addErrors("etcdserver: no leader");
        }
        newest.alarms()
                .forEach(alarm -> answer.addErrors(
                        "memberID:" + Long.toUnsignedString(ids.idOf(alarm.member())) + " alarm:" + type(alarm) + " "));
        return CompletableFuture.completedFuture(answer.build());
    }

    private CompletionStage<AlarmResponse> alarm(AlarmRequest request) {
        return switch (request.getAction()) {
            case GET -> store.current().thenApply(snapshot -> answer(matching(snapshot, request)));
            case ACTIVATE -> activate(request);
            case DEACTIVATE ->
                store.current().thenCompose(snapshot -> {
                    List<Alarm> disarmed = matching(snapshot, request);
                    return store.propose(new Command.DisarmAlarms(disarmed)).thenApply(outcome -> {
                        expect(outcome, Outcome.Done.class);
                        return answer(disarmed);
                    });
                });
            case UNRECOGNIZED -> CompletableFuture.completedFuture(answer(List.of()));
        };
    }

    private CompletionStage<AlarmResponse> activate(AlarmRequest request) {
        String member = ids.nameOf(request.getMemberID());
        Requests.require(member != null, EtcdErrors.MEMBER_NOT_FOUND);
        if (member == null || request.getAlarm() == AlarmType.NONE) {
            return CompletableFuture.completedFuture(answer(List.of()));
        }
        Alarm alarm =
                new Alarm(member, request.getAlarm() == AlarmType.CORRUPT ? Alarm.Type.CORRUPT : Alarm.Type.NO_SPACE);
        return store.propose(new Command.RaiseAlarm(alarm)).thenApply(outcome -> {
            expect(outcome, Outcome.Done.class);
            return answer(List.of(alarm));
        });
    }

    /** Member 0 stands for all, alarm NONE for any. */
    private List<Alarm> matching(Snapshot snapshot, AlarmRequest request) {
        List<Alarm> found = new ArrayList<>();
        for (Alarm alarm : snapshot.alarms()) {
            boolean member = request.getMemberID() == 0 || request.getMemberID() == ids.idOf(alarm.member());
            if (member && (request.getAlarm() == AlarmType.NONE || request.getAlarm() == type(alarm))) {
                found.add(alarm);
            }
        }
        return found;
    }

    private CompletionStage<MoveLeaderResponse> moveLeader(MoveLeaderRequest request) {
        Replica replica = store.replica();
        Requests.require(replica.isLeader(), EtcdErrors.NOT_THE_LEADER);
        String target = ids.nameOf(request.getTargetID());
        if (target == null) {
            throw EtcdErrors.BAD_TRANSFEREE.asRuntimeException();
        }
        CompletableFuture<Void> moved =
                target.equals(replica.name()) ? CompletableFuture.completedFuture(null) : replica.handOver(target);
        return moved.orTimeout(TRANSFER_SECONDS, TimeUnit.SECONDS).handle((done, thrown) -> {
            if (thrown != null) {
                throw EtcdErrors.TRANSFER_TIMEOUT.asRuntimeException();
            }
            return MoveLeaderResponse.newBuilder().setHeader(ids.header()).build();
        });
    }

    private AlarmResponse answer(List<Alarm> alarms) {
        AlarmResponse.Builder answer = AlarmResponse.newBuilder().setHeader(ids.header());
        alarms.forEach(alarm -> answer.addAlarms(
                AlarmMember.newBuilder().setMemberID(ids.idOf(alarm.member())).setAlarm(type(alarm))));
        return answer.build();
    }

    private static AlarmType type(Alarm alarm) {
        return switch (alarm.type()) {
            case NO_SPACE -> AlarmType.NOSPACE;
            case CORRUPT -> AlarmType.CORRUPT;
        };
    }

    private CompletionStage<HashResponse> hash(HashRequest request) {
        Snapshot newest = store.newest();
        return CompletableFuture.supplyAsync(
                () -> HashResponse.newBuilder()
                        .setHeader(ids.header(newest.revision()))
                        .setHash(ContentChecksum.of(newest, newest.revision()))
                        .build(),
                pool);
    }

    private CompletionStage<HashKVResponse> hashKv(HashKVRequest request) {
        Snapshot newest = store.newest();
        long asked = request.getRevision();
        Requests.require(asked <= newest.revision(), EtcdErrors.FUTURE_REVISION);
        Requests.require(asked <= 0 || asked >= newest.compactRevision(), EtcdErrors.COMPACTED);
        return CompletableFuture.supplyAsync(
                () -> HashKVResponse.newBuilder()
                        .setHeader(ids.header(newest.revision()))
                        .setHash(ContentChecksum.of(newest, asked <= 0 ? newest.revision() : asked))
                        .setCompactRevision(newest.compactRevision() == 0 ? NEVER_COMPACTED : newest.compactRevision())
                        .build(),
                pool);
    }

    private void snapshot(SnapshotRequest request, ServerCallStreamObserver<SnapshotResponse> responses) {
        SnapshotStream.Room room = new SnapshotStream.Room(responses);
        store.current().whenComplete((snapshot, thrown) -> {
            if (thrown != null) {
                responses.onError(EtcdErrors.of(thrown));
            } else {
                backups.send(snapshot, responses, room);
            }
        });
    }

    private CompletionStage<DefragmentResponse> defragment(DefragmentRequest request) {
        return defragmenter
                .defragment()
                .thenApply(done ->
                        DefragmentResponse.newBuilder().setHeader(ids.header()).build());
    }
}
