package io.kvorum.bench.etcd;

import io.etcd.jetcd.KV;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Requests at fixed instants, whether those before were answered or not. A latency counts from the instant at which the
 * request was due, so that a pause shows in every request that it delayed.
 */
final class ConstantRate {
    private static final long MAX_LATENCY_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int DIGITS = 3;

    /** More than these are not sent on top of each other: then they count as failed. */
    private static final int MOST_OUTSTANDING = 10_000;

    private static final long POLL_MILLIS = 20;
    private static final Operation[] OPERATIONS = Operation.values();

    private final KV store;
    private final KeySet keys;
    private final Map<Operation, Record> records = new EnumMap<>(Operation.class);
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicLong failures = new AtomicLong();
    private volatile AtomicLongArray worstBySecond = new AtomicLongArray(0);

    /** What one kind of request met. */
    static final class Record {
        private final Histogram latencies = new ConcurrentHistogram(MAX_LATENCY_NANOS, DIGITS);
        private long worst;
        private long worstDue;

        /** In nanoseconds. */
        Histogram latencies() {
            return latencies;
        }

        /** {@link System#nanoTime()} at which the request was due that took longest. */
        synchronized long worstDue() {
            return worstDue;
        }

        private void add(long due, long latency) {
            latencies.recordValue(Math.min(latency, MAX_LATENCY_NANOS));
            synchronized (this) {
                if (latency > worst) {
                    worst = latency;
                    worstDue = due;
                }
            }
        }
    }

    ConstantRate(KV store, KeySet keys) {
        this.store = store;
        this.keys = keys;
        for (Operation operation : OPERATIONS) {
            records.put(operation, new Record());
        }
    }

    /** Sends for a while, a third of each operation, and waits for the answers, for the same while again at most. */
    void run(int perSecond, Duration time) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(7);
        long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long started = System.nanoTime();
        long requests = time.toNanos() / interval;
        worstBySecond = new AtomicLongArray((int) (requests / perSecond) + 1);
        for (long i = 0; i < requests; i++) {
            long due = started + i * interval;
            long early = due - System.nanoTime();
            while (early > 0) {
                LockSupport.parkNanos(early);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                early = due - System.nanoTime();
            }
            Operation operation = OPERATIONS[(int) (i % OPERATIONS.length)];
            send(operation, Objects.requireNonNull(records.get(operation)), random, due, (int) (i / perSecond));
        }
        long patience = System.nanoTime() + time.toNanos();
        while (outstanding.get() > 0 && System.nanoTime() - patience < 0) {
            Thread.sleep(POLL_MILLIS);
        }
        failures.addAndGet(outstanding.get());
    }

    private void send(Operation operation, Record record, SplittableRandom random, long due, int second) {
        if (outstanding.incrementAndGet() > MOST_OUTSTANDING) {
            outstanding.decrementAndGet();
            failures.incrementAndGet();
            return;
        }
        operation.send(store, keys.key(random), keys.value(random)).whenComplete((answer, failure) -> {
            outstanding.decrementAndGet();
            if (failure != null) {
                failures.incrementAndGet();
            } else {
                long latency = System.nanoTime() - due;
                record.add(due, latency);
                worstBySecond.accumulateAndGet(second, latency, Math::max);
            }
        });
    }

    Map<Operation, Record> records() {
        return records;
    }

    /** The seconds, from the start, in which a request was due that took longer than {@code nanos}. */
    List<Integer> secondsOver(long nanos) {
        AtomicLongArray worst = worstBySecond;
        return IntStream.range(0, worst.length())
                .filter(second -> worst.get(second) > nanos)
                .boxed()
                .toList();
    }

    /** Requests that were refused, not answered or not sent at all. */
    long failures() {
        return failures.get();
    }
}
