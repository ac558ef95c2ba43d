package io.kvorum.store.etcd;

import com.google.protobuf.ByteString;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.kvorum.etcd.api.CampaignRequest;
import io.kvorum.etcd.api.CampaignResponse;
import io.kvorum.etcd.api.ElectionGrpc;
import io.kvorum.etcd.api.LeaderKey;
import io.kvorum.etcd.api.LeaderRequest;
import io.kvorum.etcd.api.LeaderResponse;
import io.kvorum.etcd.api.ProclaimRequest;
import io.kvorum.etcd.api.ProclaimResponse;
import io.kvorum.etcd.api.ResignRequest;
import io.kvorum.etcd.api.ResignResponse;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Txn;
import io.kvorum.store.client.TxnResult;
import io.kvorum.store.etcd.Turns.Place;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.server.MemberStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Elections: the leader is whose turn it is, and its key holds what it proclaims. */
final class ElectionService {
    private final MemberStore store;
    private final Turns turns;
    private final Identities ids;
    private final Executor pool;

    ElectionService(MemberStore store, Turns turns, Identities ids, Executor pool) {
        this.store = store;
        this.turns = turns;
        this.ids = ids;
        this.pool = pool;
    }

    ServerServiceDefinition definition() {
        return new Service(ElectionGrpc.SERVICE_NAME, EtcdErrors::ofClient)
                .unary(ElectionGrpc.getCampaignMethod(), this::campaign)
                .unary(ElectionGrpc.getProclaimMethod(), this::proclaim)
                .unary(ElectionGrpc.getLeaderMethod(), this::leader)
                .answers(ElectionGrpc.getObserveMethod(), this::observe)
                .unary(ElectionGrpc.getResignMethod(), this::resign)
                .build();
    }

    private CompletionStage<CampaignResponse> campaign(CampaignRequest request) {
        ByteSequence value = Bytes.of(request.getValue());
        return turns.await(request.getName(), request.getLease(), value)
                .thenCompose(place -> place.value().equals(value)
                        ? CompletableFuture.completedFuture(place)
                        : proclaim(place, value).thenApply(done -> place))
                .thenApply(place -> CampaignResponse.newBuilder()
                        .setHeader(ids.header())
                        .setLeader(LeaderKey.newBuilder()
                                .setName(request.getName())
                                .setKey(Bytes.of(place.key()))
                                .setRev(place.created())
                                .setLease(place.lease()))
                        .build());
    }

    private CompletionStage<ProclaimResponse> proclaim(ProclaimRequest request) {
        Requests.require(request.hasLeader(), EtcdErrors.MISSING_LEADER_KEY);
        return proclaim(place(request.getLeader()), Bytes.of(request.getValue()))
                .thenApply(result -> ProclaimResponse.newBuilder()
                        .setHeader(ids.header(result.revision()))
                        .build());
    }

    private CompletableFuture<TxnResult> proclaim(Place place, ByteSequence value) {
        Op put = new Op.Put(place.key(), value, place.lease(), false);
        return turns.commit(new Txn(List.of(place.holds()), List.of(put), List.of()))
                .thenApply(result -> {
                    Requests.require(result.succeeded(), EtcdErrors.NOT_LEADER);
                    return result;
                });
    }

    private CompletionStage<ResignResponse> resign(ResignRequest request) {
        Requests.require(request.hasLeader(), EtcdErrors.MISSING_LEADER_KEY);
        return turns.leave(place(request.getLeader()))
                .thenApply(result -> ResignResponse.newBuilder()
                        .setHeader(ids.header(result.revision()))
                        .build());
    }

    private static Place place(LeaderKey key) {
        Requests.require(!key.getKey().isEmpty(), EtcdErrors.EMPTY_KEY);
        return new Place(
                Turns.queue(key.getName()), Bytes.of(key.getKey()), key.getRev(), key.getLease(), ByteSequence.EMPTY);
    }

    private CompletionStage<LeaderResponse> leader(LeaderRequest request) {
        return store.current().thenApplyAsync(snapshot -> leader(snapshot, request.getName()), pool);
    }

    private LeaderResponse leader(Snapshot snapshot, ByteString name) {
        KeyValue first = Turns.first(snapshot, Turns.queue(name));
        if (first == null) {
            throw EtcdErrors.ELECTION_NO_LEADER.asRuntimeException();
        }
        return answer(snapshot.revision(), first);
    }

    private LeaderResponse answer(long revision, KeyValue leader) {
        return LeaderResponse.newBuilder()
                .setHeader(ids.header(revision))
                .setKv(Answers.keyValue(leader))
                .build();
    }

    private void observe(LeaderRequest request, ServerCallStreamObserver<LeaderResponse> responses) {
        Observation observation = new Observation(store.hub(), responses, this::answer);
        store.current()
                .whenCompleteAsync(
                        (snapshot, thrown) -> {
                            if (thrown == null) {
                                observation.begin(snapshot, Turns.queue(request.getName()));
                            } else {
                                responses.onError(EtcdErrors.of(thrown));
                            }
                        },
                        pool);
    }
}
