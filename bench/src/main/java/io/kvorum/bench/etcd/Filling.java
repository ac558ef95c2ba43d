package io.kvorum.bench.etcd;

import io.etcd.jetcd.KV;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** So many writes, as fast as they are taken, over the keys one after the other and again from the first. */
final class Filling {
    private static final int WRITERS = 64;
    private static final long PART = 100_000;

    private final KV store;
    private final KeySet keys;
    private final long writes;
    private final AtomicLong next = new AtomicLong();

    private Filling(KV store, KeySet keys, long writes) {
        this.store = store;
        this.keys = keys;
        this.writes = writes;
    }

    /** @throws IOException when a write fails, or they are not all done within the limit */
    static void run(KV store, KeySet keys, long writes, Duration limit) throws IOException {
        Filling filling = new Filling(store, keys, writes);
        CompletableFuture<?>[] writers = new CompletableFuture<?>[WRITERS];
        for (int i = 0; i < WRITERS; i++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            writers[i] = done;
            filling.write(new SplittableRandom(i), done);
        }
        Connections.await(CompletableFuture.allOf(writers), limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void write(SplittableRandom random, CompletableFuture<Void> done) {
        long number = next.getAndIncrement();
        if (number >= writes) {
            done.complete(null);
            return;
        }
        if (number > 0 && number % PART == 0) {
            Progress.say(number + " of " + writes + " written");
        }
        store.put(keys.key((int) (number % keys.size())), keys.value(random)).whenComplete((answer, failure) -> {
            if (failure != null) {
                done.completeExceptionally(failure);
            } else {
                write(random, done);
            }
        });
    }
}
