package io.kvorum.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShutdownTest {
    private final CompletableFuture<Integer> exited = new CompletableFuture<>();
    private final Shutdown shutdown = new Shutdown(exited::complete);
    private final List<String> ended = Collections.synchronizedList(new ArrayList<>());

    private Future<?> end(String what) {
        ended.add(what);
        return Future.succeededFuture();
    }

    @Test
    void whatBeganLastEndsFirstAndAFailureStopsNothing() throws Exception {
        shutdown.register("grid", () -> end("grid"));
        shutdown.register("broken", () -> Future.failedFuture("cannot end"));
        shutdown.register("throwing", () -> {
            throw new IllegalStateException("cannot even begin to end");
        });
        shutdown.register("server", () -> end("server"));
        shutdown.begin(0, "test");
        shutdown.begin(1, "only the first call counts");
        assertThat(exited.get(10, TimeUnit.SECONDS)).isZero();
        assertThat(ended).containsExactly("server", "grid");
    }

    @Test
    void whatIsMadeAfterTheBeginningEndsAtOnce() throws Exception {
        shutdown.begin(1, "test");
        assertThat(exited.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        shutdown.register("late", () -> end("late"));
        assertThat(ended).containsExactly("late");
    }

    @Test
    void anOrderlyEndWaitsAndABrokenOneDoesNot() throws Exception {
        Duration delay = Duration.ofMillis(300);
        shutdown.register("server", () -> end("server"));
        shutdown.delay(delay);
        long began = System.nanoTime();
        shutdown.begin(0, "test");
        assertThat(shutdown.begun()).isTrue();
        assertThat(exited.get(10, TimeUnit.SECONDS)).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(delay);
        CompletableFuture<Integer> broke = new CompletableFuture<>();
        Shutdown broken = new Shutdown(broke::complete);
        broken.delay(Duration.ofHours(1));
        broken.begin(1, "test");
        assertThat(broke.get(10, TimeUnit.SECONDS)).isEqualTo(1);
    }
}
