package io.kvorum.apiserver;

import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.StoreWatch;
import io.kvorum.store.client.Txn;
import io.kvorum.store.client.TxnResult;
import io.kvorum.store.client.WatchHandler;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A store in which something happens while it is read.
 *
 * @param meanwhile what happens, once, during the next read of a range; empty for nothing
 */
record InterruptedStore(Store store, AtomicReference<Supplier<Future<?>>> meanwhile) implements Store {
    @Override
    public Future<RangeResult> range(RangeRequest request) {
        Supplier<Future<?>> next = meanwhile.getAndSet(null);
        return next == null
                ? store.range(request)
                : store.range(request).compose(result -> next.get().map(done -> result));
    }

    @Override
    public Future<TxnResult> commit(Txn txn) {
        return store.commit(txn);
    }

    @Override
    public Future<Long> revision() {
        return store.revision();
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
