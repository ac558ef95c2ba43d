package io.kvorum.store.client;

import io.vertx.core.Future;
import java.time.Duration;

/** A store that hands everything to another; what it does otherwise is for subclasses to say. */
public abstract class ForwardingStore implements Store {
    protected final Store store;

    protected ForwardingStore(Store store) {
        this.store = store;
    }

    @Override
    public Future<TxnResult> commit(Txn txn) {
        return store.commit(txn);
    }

    @Override
    public Future<RangeResult> range(RangeRequest request) {
        return store.range(request);
    }

    @Override
    public Future<Long> revision() {
        return store.revision();
    }

    @Override
    public Future<Long> diskBytes() {
        return store.diskBytes();
    }

    @Override
    public Future<StoreWatch> watch(KeyRange range, long startRevision, boolean previous, WatchHandler handler) {
        return store.watch(range, startRevision, previous, handler);
    }

    @Override
    public Future<Void> compact(long revision) {
        return store.compact(revision);
    }

    @Override
    public Future<Long> grantLease(Duration timeToLive) {
        return store.grantLease(timeToLive);
    }

    @Override
    public Future<Void> keepLeaseAlive(long lease) {
        return store.keepLeaseAlive(lease);
    }

    @Override
    public Future<Void> revokeLease(long lease) {
        return store.revokeLease(lease);
    }
}
