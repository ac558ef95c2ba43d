package io.kvorum.apiserver.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.component.HealthCheck;
import io.kvorum.store.client.ForwardingStore;
import io.kvorum.store.client.MemoryStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StoreCheckTest {
    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger questions = new AtomicInteger();
    private Promise<Long> answer = Promise.promise();
    private final StoreCheck check = new StoreCheck(new ForwardingStore(MemoryStore.create(vertx)) {
        @Override
        public Future<Long> revision() {
            questions.incrementAndGet();
            return answer.future();
        }
    });

    @AfterEach
    void close() throws Exception {
        vertx.close().await(5, TimeUnit.SECONDS);
    }

    private static @Nullable String said(Future<@Nullable String> look) throws Exception {
        return look.await(5, TimeUnit.SECONDS);
    }

    @Test
    void looksAtTheSameTimeShareAQuestion() throws Exception {
        HealthCheck patient = check.within(Duration.ofMinutes(1));
        Future<@Nullable String> first = patient.look();
        Future<@Nullable String> second = patient.look();
        answer.complete(1L);
        assertThat(said(first)).isNull();
        assertThat(said(second)).isNull();
        assertThat(questions).hasValue(1);
        assertThat(said(patient.look())).isNull();
        assertThat(questions).hasValue(2);
    }

    @Test
    void onceTheStoreIsLateNobodyWaitsUntilItAnswersAgain() throws Exception {
        HealthCheck hasty = check.within(Duration.ofMillis(20));
        assertThat(said(hasty.look())).isEqualTo("the store has not answered within 20 ms");
        Future<@Nullable String> late = hasty.look();
        assertThat(late.isComplete()).isTrue();
        assertThat(late.result()).isEqualTo("the store has not answered within 20 ms");
        assertThat(questions).hasValue(1);
        answer.complete(1L);
        answer = Promise.promise();
        answer.complete(2L);
        assertThat(said(hasty.look())).isNull();
        assertThat(questions).hasValue(2);
    }
}
