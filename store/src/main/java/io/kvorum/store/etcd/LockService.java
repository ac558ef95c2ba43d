package io.kvorum.store.etcd;

import io.grpc.ServerServiceDefinition;
import io.kvorum.etcd.api.lock.LockGrpc;
import io.kvorum.etcd.api.lock.LockRequest;
import io.kvorum.etcd.api.lock.LockResponse;
import io.kvorum.etcd.api.lock.UnlockRequest;
import io.kvorum.etcd.api.lock.UnlockResponse;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Txn;
import java.util.concurrent.CompletionStage;

/** Locks: the lock is held by whose turn it is. */
final class LockService {
    private final Turns turns;
    private final Identities ids;

    LockService(Turns turns, Identities ids) {
        this.turns = turns;
        this.ids = ids;
    }

    ServerServiceDefinition definition() {
        return new Service(LockGrpc.SERVICE_NAME, EtcdErrors::ofClient)
                .unary(LockGrpc.getLockMethod(), this::lock)
                .unary(LockGrpc.getUnlockMethod(), this::unlock)
                .build();
    }

    private CompletionStage<LockResponse> lock(LockRequest request) {
        return turns.await(request.getName(), request.getLease(), ByteSequence.EMPTY)
                .thenApply(place -> LockResponse.newBuilder()
                        .setHeader(ids.header())
                        .setKey(Bytes.of(place.key()))
                        .build());
    }

    private CompletionStage<UnlockResponse> unlock(UnlockRequest request) {
        Requests.require(!request.getKey().isEmpty(), EtcdErrors.EMPTY_KEY);
        return turns.commit(Txn.of(new Op.Delete(KeyRange.single(Bytes.of(request.getKey())), false)))
                .thenApply(result -> UnlockResponse.newBuilder()
                        .setHeader(ids.header(result.revision()))
                        .build());
    }
}
