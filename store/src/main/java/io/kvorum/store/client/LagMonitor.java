package io.kvorum.store.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Tells watches whose member has fallen behind. A member cut off from the majority goes on answering but applies nothing,
 * so a watch there just stops; it shows as progress below what the whole store had a while ago.
 */
final class LagMonitor {
    private static final long PERIOD_MILLIS = 2000;

    /** A watch under observation. */
    interface Watched {
        /** The revision up to which everything was received must be at least {@code revision} by now. */
        void mustHave(long revision);
    }

    private final Vertx vertx;
    private final Supplier<Future<Long>> revision;
    private final Set<Watched> watches = new HashSet<>();
    private boolean running;

    LagMonitor(Vertx vertx, Supplier<Future<Long>> revision) {
        this.vertx = vertx;
        this.revision = revision;
    }

    synchronized void add(Watched watch) {
        watches.add(watch);
        if (!running) {
            running = true;
            look();
        }
    }

    synchronized void remove(Watched watch) {
        watches.remove(watch);
    }

    private void look() {
        revision.get()
                .onComplete(now -> vertx.setTimer(PERIOD_MILLIS, id -> {
                    List<Watched> all;
                    synchronized (this) {
                        running = !watches.isEmpty();
                        all = List.copyOf(watches);
                    }
                    if (now.succeeded()) {
                        all.forEach(watch -> watch.mustHave(now.result()));
                    }
                    if (!all.isEmpty()) {
                        look();
                    }
                }));
    }
}
