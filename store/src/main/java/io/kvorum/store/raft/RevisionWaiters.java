package io.kvorum.store.raft;

import io.kvorum.store.mvcc.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/** Those who wait until a revision is applied. Any thread. */
final class RevisionWaiters {
    private final Supplier<Snapshot> newest;
    private final ConcurrentSkipListMap<Long, List<CompletableFuture<Snapshot>>> waiting =
            new ConcurrentSkipListMap<>();

    /** @param newest the state as applied; set before {@link #release} is called */
    RevisionWaiters(Supplier<Snapshot> newest) {
        this.newest = newest;
    }

    /** The state once {@code revision} is applied; the caller bounds the wait. */
    CompletableFuture<Snapshot> await(long revision) {
        Snapshot now = newest.get();
        if (now.revision() >= revision) {
            return CompletableFuture.completedFuture(now);
        }
        CompletableFuture<Snapshot> result = new CompletableFuture<>();
        waiting.compute(revision, (r, others) -> {
            List<CompletableFuture<Snapshot>> all = others == null ? new ArrayList<>(1) : new ArrayList<>(others);
            all.add(result);
            return all;
        });
        if (newest.get().revision() >= revision) {
            release();
        }
        return result;
    }

    /** Lets those go whose revision is applied by now. */
    void release() {
        Snapshot now = newest.get();
        while (!waiting.isEmpty()) {
            Map.Entry<Long, List<CompletableFuture<Snapshot>>> first = waiting.firstEntry();
            if (first == null || first.getKey() > now.revision()) {
                return;
            }
            List<CompletableFuture<Snapshot>> released = waiting.remove(first.getKey());
            if (released != null) {
                released.forEach(waiter -> waiter.complete(now));
            }
        }
    }
}
