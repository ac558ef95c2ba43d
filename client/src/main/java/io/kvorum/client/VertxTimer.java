package io.kvorum.client;

import io.vertx.core.Context;
import io.vertx.core.Vertx;

/** One timer of Vert.x whose action runs on a given context. */
final class VertxTimer implements Timers.Timer {
    private final Vertx vertx;
    private final long id;
    private volatile boolean cancelled;

    VertxTimer(Vertx vertx, Context context, long millis, Runnable action) {
        this.vertx = vertx;
        // A timer set from another thread would fire on that thread's context, so hop; the flag closes the gap in which
        // the timer has fired but its action still waits in the context's queue.
        this.id = vertx.setTimer(
                millis,
                fired -> context.runOnContext(hopped -> {
                    if (!cancelled) {
                        action.run();
                    }
                }));
    }

    @Override
    public void cancel() {
        cancelled = true;
        vertx.cancelTimer(id);
    }
}
