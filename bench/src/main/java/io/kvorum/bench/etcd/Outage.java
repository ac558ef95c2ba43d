package io.kvorum.bench.etcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.kvorum.bench.etcd.Contender.Blow;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * How long no write is acknowledged when something happens to the leader: the longest time between two
 * acknowledgements, whichever of the writers they are for. A writer gives a write up after half a second and tries the
 * next one, which goes to the next endpoint.
 */
final class Outage {
    private static final int WRITERS = 16;
    private static final int VALUE_BYTES = 256;
    private static final Duration GIVE_UP = Duration.ofMillis(500);
    private static final Duration BEFORE = Duration.ofSeconds(2);
    private static final Duration AFTER = Duration.ofSeconds(8);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 20;
    private static final Executor AFTER_FAILURE = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

    private final KV store;
    private final KeySet keys = new KeySet("outage/", WRITERS, VALUE_BYTES);
    private final Queue<Long> acknowledged = new ConcurrentLinkedQueue<>();
    private volatile long newest;
    private volatile boolean over;

    private Outage(KV store) {
        this.store = store;
    }

    /**
     * Measures one outage; the contender is not recovered from it.
     *
     * @throws IOException when no write is acknowledged within a minute
     */
    static Duration of(Contender contender, Blow blow) throws IOException, InterruptedException {
        try (Client client = Connections.open(contender.endpoints())) {
            Outage outage = new Outage(client.getKVClient());
            try {
                return outage.measure(contender, blow);
            } finally {
                outage.over = true;
            }
        }
    }

    private Duration measure(Contender contender, Blow blow) throws IOException, InterruptedException {
        for (int i = 0; i < WRITERS; i++) {
            write(i, new SplittableRandom(i));
        }
        // The first ones wait for connections; only what comes after the steady while counts.
        steadyUntil(System.nanoTime() + BEFORE.toNanos());
        acknowledged.clear();
        contender.strike(blow);
        steadyUntil(System.nanoTime() + AFTER.toNanos());
        return longestGap(acknowledged);
    }

    /** Waits until then, and on until writes are acknowledged again. */
    private void steadyUntil(long time) throws IOException, InterruptedException {
        while (System.nanoTime() - time < 0 || System.nanoTime() - newest > GIVE_UP.toNanos()) {
            if (System.nanoTime() - time > LIMIT.toNanos()) {
                throw new IOException("no write is acknowledged, " + LIMIT + " later");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void write(int writer, SplittableRandom random) {
        if (over) {
            return;
        }
        store.put(keys.key(writer), keys.value(random))
                .orTimeout(GIVE_UP.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        AFTER_FAILURE.execute(() -> write(writer, random));
                        return;
                    }
                    newest = System.nanoTime();
                    acknowledged.add(newest);
                    write(writer, random);
                });
    }

    /** The longest time between one instant and the next; of instants in no order, in nanoseconds. */
    static Duration longestGap(Iterable<Long> instants) {
        List<Long> sorted = new ArrayList<>();
        instants.forEach(sorted::add);
        Collections.sort(sorted);
        long longest = 0;
        for (int i = 1; i < sorted.size(); i++) {
            longest = Math.max(longest, sorted.get(i) - sorted.get(i - 1));
        }
        return Duration.ofNanos(longest);
    }
}
