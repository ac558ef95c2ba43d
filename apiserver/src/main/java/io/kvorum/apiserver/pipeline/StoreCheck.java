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
    private @Nullable Question newest;

    private record Question(Future<Long> answer, long askedAt) {
        long waitedMillis() {
            return (System.nanoTime() - askedAt) / 1_000_000;
        }
    }

    public StoreCheck(Store store) {
        this.store = store;
    }

    /** The check that fails when the store takes longer than {@code limit} to answer. */
    public HealthCheck within(Duration limit) {
        return () -> look(limit);
    }

    private Future<@Nullable String> look(Duration limit) {
        Question question = question();
        long left = limit.toMillis() - question.waitedMillis();
        return left > 0
                ? said(question.answer.timeout(left, TimeUnit.MILLISECONDS), limit)
                : Future.succeededFuture(late(limit));
    }

    /** The one under way, or a new one. */
    private synchronized Question question() {
        Question question = newest;
        if (question == null || question.answer.isComplete()) {
            question = new Question(store.revision(), System.nanoTime());
            newest = question;
        }
        return question;
    }

    private static Future<@Nullable String> said(Future<Long> answer, Duration limit) {
        return answer.<@Nullable String>map(revision -> null)
                .otherwise(
                        cause -> cause instanceof TimeoutException ? late(limit) : "the store: " + cause.getMessage());
    }

    private static String late(Duration limit) {
        return "the store has not answered within " + limit.toMillis() + " ms";
    }
}
