package io.kvorum.apiserver.pipeline;

import io.kvorum.component.HealthCheck;
import io.kvorum.store.client.Store;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the store answers: a linearizable read, as upstream's checks of etcd make one. Looks at the same time share one
 * question, and once it has been without an answer for too long, whoever looks is told at once. Any thread.
 */
public final class StoreCheck {
    private final Store store;
    private @Nullable Future<Long> underway;
    private long askedAt;

    public StoreCheck(Store store) {
        this.store = store;
    }

    /** The check that fails when the store takes longer than {@code limit} to answer. */
    public HealthCheck within(Duration limit) {
        return () -> look(limit);
    }

    private Future<@Nullable String> look(Duration limit) {
        Future<Long> question = question();
        long left = limit.toMillis() - waitedMillis();
        return left > 0
                ? said(question.timeout(left, TimeUnit.MILLISECONDS), limit)
                : Future.succeededFuture(late(limit));
    }

    private synchronized Future<Long> question() {
        Future<Long> asked = underway;
        if (asked == null || asked.isComplete()) {
            askedAt = System.nanoTime();
            asked = store.revision();
            underway = asked;
        }
        return asked;
    }

    private synchronized long waitedMillis() {
        return (System.nanoTime() - askedAt) / 1_000_000;
    }

    private static Future<@Nullable String> said(Future<Long> question, Duration limit) {
        return question.<@Nullable String>map(revision -> null)
                .otherwise(
                        cause -> cause instanceof TimeoutException ? late(limit) : "the store: " + cause.getMessage());
    }

    private static String late(Duration limit) {
        return "the store has not answered within " + limit.toMillis() + " ms";
    }
}
