package io.kvorum.client;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;

/** Delays, measured by a clock that never steps. Real ones come from {@link #on}; tests turn their own. */
public interface Timers {
    /** Nanoseconds since some fixed moment; never goes back, whatever happens to the wall clock. */
    long nanos();

    /** Runs {@code action} once after {@code delay}, unless it is cancelled before. A delay below 1 ms is 1 ms. */
    Timer after(Duration delay, Runnable action);

    /** A delay that is running. */
    interface Timer {
        /** The action will not run. Idempotent; no effect when it has run. */
        void cancel();
    }

    /** Timers of Vert.x; actions run on the context this is called on. */
    static Timers on(Vertx vertx) {
        Context context = vertx.getOrCreateContext();
        return new Timers() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Timer after(Duration delay, Runnable action) {
                return new VertxTimer(vertx, context, Math.max(1, delay.toMillis()), action);
            }
        };
    }
}
