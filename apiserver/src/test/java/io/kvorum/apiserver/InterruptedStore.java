package io.kvorum.apiserver;

import io.kvorum.store.client.ForwardingStore;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Store;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** A store in which something happens while it is read. */
final class InterruptedStore extends ForwardingStore {
    private final AtomicReference<Supplier<Future<?>>> meanwhile;

    /** @param meanwhile what happens, once, during the next read of a range; empty for nothing */
    InterruptedStore(Store store, AtomicReference<Supplier<Future<?>>> meanwhile) {
        super(store);
        this.meanwhile = meanwhile;
    }

    @Override
    public Future<RangeResult> range(RangeRequest request) {
        Supplier<Future<?>> next = meanwhile.getAndSet(null);
        return next == null
                ? store.range(request)
                : store.range(request).compose(result -> next.get().map(done -> result));
    }
}
