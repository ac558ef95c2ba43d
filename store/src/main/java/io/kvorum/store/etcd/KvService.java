package io.kvorum.store.etcd;

import static io.kvorum.store.etcd.Answers.expect;

import io.grpc.ServerServiceDefinition;
import io.kvorum.etcd.api.CompactionRequest;
import io.kvorum.etcd.api.CompactionResponse;
import io.kvorum.etcd.api.DeleteRangeRequest;
import io.kvorum.etcd.api.DeleteRangeResponse;
import io.kvorum.etcd.api.KVGrpc;
import io.kvorum.etcd.api.PutRequest;
import io.kvorum.etcd.api.PutResponse;
import io.kvorum.etcd.api.RangeResponse;
import io.kvorum.etcd.api.TxnRequest;
import io.kvorum.etcd.api.TxnResponse;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.OpResult;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Txn;
import io.kvorum.store.client.TxnResult;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.server.MemberStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Reads and writes keys. */
final class KvService {
    private final MemberStore store;
    private final Identities ids;
    private final Executor pool;

    KvService(MemberStore store, Identities ids, Executor pool) {
        this.store = store;
        this.ids = ids;
        this.pool = pool;
    }

    ServerServiceDefinition definition() {
        return new Service(KVGrpc.SERVICE_NAME)
                .unary(KVGrpc.getRangeMethod(), this::range)
                .unary(KVGrpc.getPutMethod(), this::put)
                .unary(KVGrpc.getDeleteRangeMethod(), this::delete)
                .unary(KVGrpc.getTxnMethod(), this::txn)
                .unary(KVGrpc.getCompactMethod(), this::compact)
                .build();
    }

    private CompletionStage<RangeResponse> range(io.kvorum.etcd.api.RangeRequest request) {
        RangeRequest range = Requests.range(request);
        return state(range.serializable()).thenApplyAsync(snapshot -> read(snapshot, range), pool);
    }

    private CompletableFuture<Snapshot> state(boolean serializable) {
        return serializable ? CompletableFuture.completedFuture(store.newest()) : store.current();
    }

    private RangeResponse read(Snapshot snapshot, RangeRequest range) {
        RangeResult result = expect(snapshot.range(range), Outcome.Ranged.class).result();
        return Answers.range(ids.header(result.revision()), result);
    }

    private CompletionStage<PutResponse> put(PutRequest request) {
        return commit(Txn.of(Requests.put(request)))
                .thenApplyAsync(
                        outcome -> {
                            TxnResult result =
                                    expect(outcome, Outcome.Committed.class).result();
                            return Answers.put(ids.header(result.revision()), (OpResult.Put)
                                    result.results().get(0));
                        },
                        pool);
    }

    private CompletionStage<DeleteRangeResponse> delete(DeleteRangeRequest request) {
        return commit(Txn.of(Requests.delete(request)))
                .thenApplyAsync(
                        outcome -> {
                            TxnResult result =
                                    expect(outcome, Outcome.Committed.class).result();
                            return Answers.deleted(ids.header(result.revision()), (OpResult.Deleted)
                                    result.results().get(0));
                        },
                        pool);
    }

    private CompletionStage<TxnResponse> txn(TxnRequest request) {
        Txn txn = Requests.txn(request);
        CompletableFuture<Outcome> outcome = writes(txn)
                ? commit(txn)
                : state(isSerializable(txn)).thenApplyAsync(snapshot -> snapshot.evaluate(txn), pool);
        return outcome.thenApplyAsync(
                committed -> {
                    TxnResult result =
                            expect(committed, Outcome.Committed.class).result();
                    return Answers.txn(ids.header(result.revision()), result);
                },
                pool);
    }

    private CompletionStage<CompactionResponse> compact(CompactionRequest request) {
        return store.propose(new Command.Compact(request.getRevision()))
                .thenAccept(outcome -> expect(outcome, Outcome.Done.class))
                .thenCompose(done ->
                        request.getPhysical() ? store.replica().purged() : CompletableFuture.completedFuture(null))
                .thenApplyAsync(
                        done -> CompactionResponse.newBuilder()
                                .setHeader(ids.header())
                                .build(),
                        pool);
    }

    private CompletableFuture<Outcome> commit(Txn txn) {
        return store.propose(new Command.Commit(txn));
    }

    private static boolean writes(Txn txn) {
        return txn.success().stream().anyMatch(KvService::writes)
                || txn.failure().stream().anyMatch(KvService::writes);
    }

    private static boolean writes(Op op) {
        return op instanceof Op.Put
                || op instanceof Op.Delete
                || (op instanceof Op.Nested nested && writes(nested.txn()));
    }

    /** As in etcd, a transaction that only reads may be stale if every read in it may, and it reads at all. */
    private static boolean isSerializable(Txn txn) {
        boolean reads = !txn.success().isEmpty() || !txn.failure().isEmpty();
        return reads
                && txn.success().stream().allMatch(KvService::isSerializable)
                && txn.failure().stream().allMatch(KvService::isSerializable);
    }

    private static boolean isSerializable(Op op) {
        return (op instanceof Op.Get get && get.request().serializable())
                || (op instanceof Op.Nested nested && isSerializable(nested.txn()));
    }
}
