package io.kvorum.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A queue of keys that need work, in the manner of client-go's work queue: fair (first in, first out), stingy (a key
 * added many times before it is worked on is worked on once) and never twice at once (a key added while it is worked on
 * is queued again when {@link #done} is called). A key is never dropped.
 *
 * <p>A key is <em>dirty</em> when it needs work, <em>processing</em> while it is worked on; it stands in the queue when
 * it is dirty and not processing. Not thread-safe: it belongs to one context.
 */
public final class WorkQueue<K> {
    /** First and longest delay of {@link #addRateLimited}; the delay doubles with each failure of the same key. */
    public record RateLimit(Duration base, Duration cap) {
        /** client-go's 5 ms first delay; its 1000 s cap is cut to 30 s, so that a healed cluster converges soon. */
        public static final RateLimit DEFAULT = new RateLimit(Duration.ofMillis(5), Duration.ofSeconds(30));
    }

    private record Delayed(long dueNanos, Timers.Timer timer) {}

    private final Timers timers;
    private final Clock clock;
    private final RateLimit rateLimit;
    private final Set<K> dirty = new HashSet<>();
    private final Set<K> processing = new HashSet<>();
    private final ArrayDeque<K> queue = new ArrayDeque<>();
    private final Map<K, Delayed> delayed = new HashMap<>();
    private final Map<K, Integer> failures = new HashMap<>();
    private final Map<K, Instant> addedAt = new HashMap<>();
    private Runnable readyListener = () -> {};
    private QueueMetrics metrics = QueueMetrics.NONE;
    private boolean closed;

    public WorkQueue(Timers timers, Clock clock, RateLimit rateLimit) {
        this.timers = timers;
        this.clock = clock;
        this.rateLimit = rateLimit;
    }

    public WorkQueue(Timers timers, Clock clock) {
        this(timers, clock, RateLimit.DEFAULT);
    }

    /** Called whenever a key has become available to {@link #poll}. */
    public void onReady(Runnable listener) {
        this.readyListener = listener;
    }

    public void metrics(QueueMetrics metrics) {
        this.metrics = metrics;
    }

    /** Marks {@code key} as needing work now. */
    public void add(K key) {
        if (closed || !dirty.add(key)) {
            return;
        }
        addedAt.put(key, clock.instant());
        metrics.added();
        if (!processing.contains(key)) {
            queue.add(key);
            metrics.depth(queue.size());
            readyListener.run();
        }
    }

    /** Adds {@code key} after {@code delay}. Of several delays of one key the one that ends first counts. */
    public void addAfter(K key, Duration delay) {
        if (closed) {
            return;
        }
        if (delay.isZero() || delay.isNegative()) {
            add(key);
            return;
        }
        long due = timers.nanos() + delay.toNanos();
        @Nullable Delayed before = delayed.get(key);
        if (before != null) {
            if (before.dueNanos - due <= 0) {
                return;
            }
            before.timer.cancel();
        }
        Timers.Timer timer = timers.after(delay, () -> {
            delayed.remove(key);
            add(key);
        });
        delayed.put(key, new Delayed(due, timer));
    }

    /** Adds {@code key} after a delay that doubles each time until {@link #forget}. */
    public void addRateLimited(K key) {
        int before = failures.merge(key, 1, Integer::sum) - 1;
        metrics.retried();
        // 2^30 times any base is far above every cap, and a long still holds it.
        Duration delay = before >= 30
                ? rateLimit.cap
                : Duration.ofNanos(Math.min(rateLimit.cap.toNanos(), rateLimit.base.toNanos() << before));
        addAfter(key, delay);
    }

    /** The work on {@code key} went well: its next failure is its first. */
    public void forget(K key) {
        failures.remove(key);
    }

    /** How often {@code key} failed since it was forgotten. */
    public int failures(K key) {
        return failures.getOrDefault(key, 0);
    }

    /** Takes the next key to work on, null when there is none; {@link #done} must follow. */
    public @Nullable K poll() {
        @Nullable K key = queue.poll();
        if (key == null) {
            return null;
        }
        dirty.remove(key);
        processing.add(key);
        metrics.depth(queue.size());
        @Nullable Instant added = addedAt.remove(key);
        if (added != null) {
            metrics.waited(Duration.between(added, clock.instant()));
        }
        return key;
    }

    /** The work on {@code key} has ended, well or not. */
    public void done(K key) {
        if (!processing.remove(key)) {
            throw new IllegalStateException("done(" + key + ") without poll");
        }
        if (dirty.contains(key)) {
            queue.add(key);
            metrics.depth(queue.size());
            readyListener.run();
        }
    }

    /** Keys that stand in the queue. */
    public int depth() {
        return queue.size();
    }

    /** Keys that are worked on. */
    public int processing() {
        return processing.size();
    }

    /** Drops everything and takes nothing more; {@link #done} may still be called. */
    public void close() {
        closed = true;
        delayed.values().forEach(d -> d.timer.cancel());
        delayed.clear();
        queue.clear();
        dirty.clear();
        addedAt.clear();
    }
}
