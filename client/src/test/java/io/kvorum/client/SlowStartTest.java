package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlowStartTest {
    @Test
    void batchesDouble() {
        List<Promise<Void>> open = new ArrayList<>();
        Future<SlowStart.Outcome> run = SlowStart.run(10, i -> {
            Promise<Void> promise = Promise.promise();
            open.add(promise);
            return promise.future();
        });
        List<Integer> batches = new ArrayList<>();
        while (!run.isComplete()) {
            List<Promise<Void>> batch = List.copyOf(open);
            batches.add(batch.size());
            open.clear();
            batch.forEach(promise -> promise.complete());
        }
        assertThat(batches).containsExactly(1, 2, 4, 3);
        assertThat(run.result().succeeded()).isEqualTo(10);
    }

    @Test
    void aBatchWithAFailureIsTheLast() {
        Future<SlowStart.Outcome> run =
                SlowStart.run(100, i -> i == 2 ? Future.failedFuture("quota " + i) : Future.succeededFuture());
        SlowStart.Outcome outcome = run.result();
        assertThat(outcome.succeeded()).isEqualTo(2);
        assertThat(outcome.failed()).isEqualTo(1);
        assertThat(outcome.skipped()).isEqualTo(97);
        assertThat(outcome.firstFailure().cause()).hasMessage("quota 2");
    }

    @Test
    void nothingToDoIsDone() {
        assertThat(SlowStart.run(0, i -> Future.failedFuture("called")).result().succeeded())
                .isZero();
    }
}
