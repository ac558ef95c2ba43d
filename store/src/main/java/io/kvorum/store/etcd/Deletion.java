package io.kvorum.store.etcd;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.watch.WatchHub;
import io.kvorum.store.watch.WatchSink;
import java.util.concurrent.CompletableFuture;

/** The deletion of one key, to wait for. */
final class Deletion implements WatchSink {
    private final CompletableFuture<Boolean> seen = new CompletableFuture<>();

    private Deletion() {}

    /**
     * Completes when the key is deleted at {@code start} or later; cancelled, it is waited for no longer. Completes on the
     * hub's context.
     */
    static CompletableFuture<Boolean> of(WatchHub hub, ByteSequence key, long start) {
        Deletion deletion = new Deletion();
        WatchHub.Watch watch = hub.open(KeyRange.single(key), start, false, deletion);
        deletion.seen.whenComplete((done, thrown) -> watch.close());
        return deletion.seen;
    }

    @Override
    public boolean events(Changes changes) {
        if (changes.events().stream().anyMatch(event -> event.type() == WatchEvent.Type.DELETE)) {
            seen.complete(true);
        }
        return true;
    }

    @Override
    public boolean progress(long revision) {
        return true;
    }

    @Override
    public void failed(StoreException cause) {
        seen.completeExceptionally(cause);
    }
}
