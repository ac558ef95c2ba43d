package io.kvorum.client;

import io.kvorum.api.ApiException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A work queue and the reconciler that works it off, several keys at once but never one key twice at once.
 *
 * <p>A reconcile that fails brings its key back with the queue's exponential delay; {@link Reconciler.Result#after}
 * forgets earlier failures and brings the key back after that time; {@link Reconciler.Result#done} forgets. Everything
 * runs on the context the controller was built on; {@link #enqueue} may be called from any thread.
 */
public final class Controller<K> {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

    private final String name;
    private final Context context;
    private final Reconciler<K> reconciler;
    private final int concurrency;
    private final Timers timers;
    private final WorkQueue<K> queue;
    private final QueueMetrics metrics;
    private boolean running;
    private boolean pumping;
    private @Nullable Promise<Void> stopped;

    private Controller(Builder<K> builder) {
        this.name = builder.name;
        this.context = builder.vertx.getOrCreateContext();
        this.reconciler = builder.reconciler;
        this.concurrency = builder.concurrency;
        this.timers = builder.timers == null ? Timers.on(builder.vertx) : builder.timers;
        this.metrics = builder.metrics;
        this.queue = new WorkQueue<>(timers, builder.clock, builder.rateLimit);
        this.queue.metrics(builder.metrics);
        this.queue.onReady(this::schedulePump);
    }

    public static <K> Builder<K> builder(String name, Vertx vertx, Reconciler<K> reconciler) {
        return new Builder<>(name, vertx, reconciler);
    }

    /** Settings of a controller; concurrency 1, the system's clock and {@link WorkQueue.RateLimit#DEFAULT} unless set. */
    public static final class Builder<K> {
        private final String name;
        private final Vertx vertx;
        private final Reconciler<K> reconciler;
        private int concurrency = 1;
        private Clock clock = Clock.systemUTC();
        private WorkQueue.RateLimit rateLimit = WorkQueue.RateLimit.DEFAULT;
        private QueueMetrics metrics = QueueMetrics.NONE;
        private @Nullable Timers timers;

        private Builder(String name, Vertx vertx, Reconciler<K> reconciler) {
            this.name = name;
            this.vertx = vertx;
            this.reconciler = reconciler;
        }

        /** How many keys are reconciled at once, at least 1. */
        public Builder<K> concurrency(int keys) {
            if (keys < 1) {
                throw new IllegalArgumentException("concurrency must be at least 1, is " + keys);
            }
            this.concurrency = keys;
            return this;
        }

        /** The clock behind the queue's metrics. */
        public Builder<K> clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        public Builder<K> rateLimit(WorkQueue.RateLimit rateLimit) {
            this.rateLimit = rateLimit;
            return this;
        }

        public Builder<K> metrics(QueueMetrics metrics) {
            this.metrics = metrics;
            return this;
        }

        /** Delays other than Vert.x' own, for tests. */
        public Builder<K> timers(Timers timers) {
            this.timers = timers;
            return this;
        }

        public Controller<K> build() {
            return new Controller<>(this);
        }
    }

    /** Keys added before {@link #start} wait for it. */
    public void enqueue(K key) {
        onContext(() -> queue.add(key));
    }

    public void enqueueAfter(K key, Duration delay) {
        onContext(() -> queue.addAfter(key, delay));
    }

    public void start() {
        onContext(() -> {
            running = true;
            schedulePump();
        });
    }

    /** Takes no further key; completes when the reconciles under way have ended. A stopped controller stays stopped. */
    public Future<Void> stop() {
        Promise<Void> promise = Promise.promise();
        onContext(() -> {
            running = false;
            queue.close();
            if (stopped != null) {
                stopped.future().onComplete(promise);
                return;
            }
            stopped = promise;
            if (queue.processing() == 0) {
                promise.tryComplete();
            }
        });
        return promise.future();
    }

    private void onContext(Runnable action) {
        if (Vertx.currentContext() == context) {
            action.run();
        } else {
            context.runOnContext(v -> action.run());
        }
    }

    /** Pumps in a turn of its own: a handler that adds a thousand keys is not held up, and recursion cannot pile up. */
    private void schedulePump() {
        if (running && !pumping) {
            pumping = true;
            context.runOnContext(v -> {
                pumping = false;
                pump();
            });
        }
    }

    private void pump() {
        while (running && queue.processing() < concurrency) {
            @Nullable K key = queue.poll();
            if (key == null) {
                return;
            }
            work(key);
        }
    }

    private void work(K key) {
        long began = timers.nanos();
        Future<Reconciler.Result> outcome;
        try {
            outcome = reconciler.reconcile(key);
        } catch (RuntimeException e) {
            // A defect met by one object must not stop the work on all others; it is told with its stack in finished().
            outcome = Future.failedFuture(e);
        }
        outcome.onComplete(done -> onContext(() -> {
            metrics.worked(Duration.ofNanos(timers.nanos() - began));
            finished(key, done.result(), done.cause());
        }));
    }

    private void finished(K key, Reconciler.@Nullable Result result, @Nullable Throwable cause) {
        if (cause != null) {
            report(key, cause);
            queue.addRateLimited(key);
        } else {
            queue.forget(key);
            @Nullable Duration again = result == null ? null : result.again();
            if (again != null) {
                queue.addAfter(key, again);
            }
        }
        queue.done(key);
        if (stopped != null && queue.processing() == 0) {
            stopped.tryComplete();
        }
        schedulePump();
    }

    private void report(K key, Throwable cause) {
        if (cause instanceof ApiException api && (api.conflict() || api.alreadyExists() || api.notFound())) {
            // The cache was behind; the next try sees the newer state.
            LOG.debug("reconcile raced controller={} key={} cause={}", name, key, cause.getMessage());
        } else if (cause instanceof ApiException) {
            LOG.warn("reconcile failed controller={} key={} cause={}", name, key, cause.getMessage());
        } else {
            LOG.error("reconcile failed controller={} key={}", name, key, cause);
        }
    }
}
