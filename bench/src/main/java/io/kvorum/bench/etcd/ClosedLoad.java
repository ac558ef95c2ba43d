package io.kvorum.bench.etcd;

import io.etcd.jetcd.KV;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * So many requests at a time for a fixed while: whenever one is answered the next is sent. What is answered before the
 * warm-up is over does not count, nor what is answered after the end.
 */
final class ClosedLoad {
    private static final long MAX_LATENCY_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int DIGITS = 3;
    private static final Duration DRAIN = Duration.ofSeconds(30);

    /** After a failure the next request waits, so that a store that refuses is not asked in a tight loop. */
    private static final Executor AFTER_FAILURE = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

    private final KV store;
    private final Operation operation;
    private final KeySet keys;
    private final long countFrom;
    private final long end;
    private final Histogram latencies = new ConcurrentHistogram(MAX_LATENCY_NANOS, DIGITS);
    private final LongAdder failures = new LongAdder();

    /**
     * What came of it.
     *
     * @param latencies of requests that were answered, in nanoseconds
     */
    record Outcome(Histogram latencies, long failures, Duration window) {
        double perSecond() {
            return latencies.getTotalCount() / (window.toNanos() / 1e9);
        }

        double millisAt(double percentile) {
            return latencies.getValueAtPercentile(percentile) / 1e6;
        }
    }

    private ClosedLoad(KV store, Operation operation, KeySet keys, Duration warmUp, Duration window) {
        this.store = store;
        this.operation = operation;
        this.keys = keys;
        this.countFrom = System.nanoTime() + warmUp.toNanos();
        this.end = countFrom + window.toNanos();
    }

    /**
     * @param clients how many requests are under way at a time
     * @throws IOException when requests are still not answered half a minute after the end
     */
    static Outcome run(KV store, Operation operation, KeySet keys, int clients, Duration warmUp, Duration window)
            throws IOException {
        ClosedLoad load = new ClosedLoad(store, operation, keys, warmUp, window);
        List<CompletableFuture<Void>> chains = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            chains.add(done);
            load.next(new SplittableRandom(i), done);
        }
        Connections.await(
                CompletableFuture.allOf(chains.toArray(CompletableFuture[]::new)),
                warmUp.plus(window).plus(DRAIN).toMillis(),
                TimeUnit.MILLISECONDS);
        return new Outcome(load.latencies, load.failures.sum(), window);
    }

    private void next(SplittableRandom random, CompletableFuture<Void> done) {
        long sent = System.nanoTime();
        if (sent - end >= 0) {
            done.complete(null);
            return;
        }
        operation.send(store, keys.key(random), keys.value(random)).whenComplete((answer, failure) -> {
            long now = System.nanoTime();
            boolean counts = now - countFrom >= 0 && now - end < 0;
            if (failure != null) {
                if (counts) {
                    failures.increment();
                }
                AFTER_FAILURE.execute(() -> next(random, done));
                return;
            }
            if (counts) {
                latencies.recordValue(Math.min(now - sent, MAX_LATENCY_NANOS));
            }
            next(random, done);
        });
    }
}
