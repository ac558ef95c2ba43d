package io.kvorum.apiserver;

import io.kvorum.store.client.ForwardingStore;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.client.StoreWatch;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.client.WatchHandler;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;

/** A store that tells its changes a while after it has acknowledged them, so that caches lag behind it. */
final class LateStore extends ForwardingStore {
    private static final long LATE_MILLIS = 150;

    LateStore(Store store) {
        super(store);
    }

    @Override
    public Future<StoreWatch> watch(KeyRange range, long startRevision, boolean previous, WatchHandler handler) {
        Context context = Vertx.currentContext();
        return store.watch(range, startRevision, previous, new WatchHandler() {
            @Override
            public void events(long revision, List<WatchEvent> events) {
                later(() -> handler.events(revision, events));
            }

            @Override
            public void progress(long revision) {
                later(() -> handler.progress(revision));
            }

            @Override
            public void failed(StoreException cause) {
                later(() -> handler.failed(cause));
            }

            private void later(Runnable told) {
                context.owner().setTimer(LATE_MILLIS, id -> told.run());
            }
        });
    }
}
