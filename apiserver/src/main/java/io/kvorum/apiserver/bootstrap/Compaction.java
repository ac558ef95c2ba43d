package io.kvorum.apiserver.bootstrap;

import io.kvorum.store.client.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forgets superseded versions periodically: what was the newest revision one interval ago. Several API servers may do it at once. */
public final class Compaction {
    private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);

    private final Store store;
    private long seen;

    public Compaction(Store store) {
        this.store = store;
    }

    /** @param interval zero for never */
    public void start(Vertx vertx, Duration interval) {
        if (!interval.isZero()) {
            vertx.setPeriodic(interval.toMillis(), timer -> run());
        }
    }

    void run() {
        long upTo = seen;
        store.revision()
                .compose(now -> {
                    seen = now;
                    return upTo == 0 ? Future.<Void>succeededFuture() : store.compact(upTo);
                })
                .onFailure(cause -> LOG.warn("compaction put off revision={} cause={}", upTo, cause.toString()));
    }
}
