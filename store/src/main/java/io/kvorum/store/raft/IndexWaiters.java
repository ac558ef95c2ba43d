package io.kvorum.store.raft;

import io.kvorum.store.mvcc.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/** Those who wait until a place of the log is applied. Any thread. */
final class IndexWaiters {
    private final Supplier<Snapshot> newest;
    private final ConcurrentSkipListMap<Long, List<CompletableFuture<Snapshot>>> waiting =
            new ConcurrentSkipListMap<>();

    /** @param newest the state as applied; set before {@link #release} is called */
    IndexWaiters(Supplier<Snapshot> newest) {
        this.newest = newest;
    }

    /** The state once {@code index} is applied; the caller bounds the wait. */
    CompletableFuture<Snapshot> await(long index) {
        Snapshot now = newest.get();
        if (now.appliedIndex() >= index) {
            return CompletableFuture.completedFuture(now);
        }
        CompletableFuture<Snapshot> result = new CompletableFuture<>();
        waiting.compute(index, (i, others) -> {
            List<CompletableFuture<Snapshot>> all = others == null ? new ArrayList<>(1) : new ArrayList<>(others);
            all.add(result);
            return all;
        });
        if (newest.get().appliedIndex() >= index) {
            release();
        }
        return result;
    }

    /** Lets those go whose index is applied by now. */
    void release() {
        Snapshot now = newest.get();
        while (!waiting.isEmpty()) {
            Map.Entry<Long, List<CompletableFuture<Snapshot>>> first = waiting.firstEntry();
            if (first == null || first.getKey() > now.appliedIndex()) {
                return;
            }
            List<CompletableFuture<Snapshot>> released = waiting.remove(first.getKey());
            if (released != null) {
                released.forEach(waiter -> waiter.complete(now));
            }
        }
    }
}
