package io.kvorum.store.etcd;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.watch.WatchHub;
import io.kvorum.store.watch.WatchSink;
import java.util.concurrent.CompletableFuture;

/** Waits for the deletion of one key. */
final class Deletion implements WatchSink {
    private final CompletableFuture<?> wanted;
    private final Runnable then;
    private final WatchHub.Watch watch;

    /**
     * @param start the first revision at which the key may be deleted
     * @param wanted when it completes otherwise, nothing is waited for any longer
     */
    Deletion(WatchHub hub, ByteSequence key, long start, CompletableFuture<?> wanted, Runnable then) {
        this.wanted = wanted;
        this.then = then;
        this.watch = hub.open(KeyRange.single(key), start, false, this);
        wanted.whenComplete((done, thrown) -> watch.close());
    }

    @Override
    public boolean events(Changes changes) {
        if (changes.events().stream().anyMatch(event -> event.type() == WatchEvent.Type.DELETE)) {
            watch.close();
            then.run();
        }
        return true;
    }

    @Override
    public boolean progress(long revision) {
        return true;
    }

    @Override
    public void failed(StoreException cause) {
        wanted.completeExceptionally(cause);
    }
}
