package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.api.ApiException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ControllerTest {
    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<String> began = new LinkedBlockingQueue<>();
    private final Map<String, Promise<Reconciler.Result>> running = new ConcurrentHashMap<>();
    private final Controller<String> controller = Controller.<String>builder("test", vertx, this::reconcile)
            .concurrency(2)
            .build();

    private Future<Reconciler.Result> reconcile(String key) {
        Promise<Reconciler.Result> promise = Promise.promise();
        running.put(key, promise);
        began.add(key);
        return promise.future();
    }

    private String next() throws InterruptedException {
        return String.valueOf(began.poll(10, TimeUnit.SECONDS));
    }

    private @Nullable String nothing() throws InterruptedException {
        return began.poll(100, TimeUnit.MILLISECONDS);
    }

    private Promise<Reconciler.Result> of(String key) {
        return Objects.requireNonNull(running.get(key));
    }

    private void finish(String key) {
        of(key).complete(Reconciler.Result.done());
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void keysWaitForStartAndRunAtMostTwoAtOnce() throws Exception {
        controller.enqueue("a");
        controller.enqueue("b");
        controller.enqueue("c");
        assertThat(nothing()).isNull();
        controller.start();
        assertThat(next()).isEqualTo("a");
        assertThat(next()).isEqualTo("b");
        assertThat(nothing()).isNull();
        finish("a");
        assertThat(next()).isEqualTo("c");
    }

    @Test
    void oneKeyIsNeverReconciledTwiceAtOnce() throws Exception {
        controller.start();
        controller.enqueue("a");
        assertThat(next()).isEqualTo("a");
        controller.enqueue("a");
        assertThat(nothing()).isNull();
        finish("a");
        assertThat(next()).isEqualTo("a");
    }

    @Test
    void failureBringsTheKeyBack() throws Exception {
        controller.start();
        controller.enqueue("a");
        for (int i = 0; i < 3; i++) {
            assertThat(next()).isEqualTo("a");
            of("a").fail(ApiException.unavailable("try " + i));
        }
        assertThat(next()).isEqualTo("a");
    }

    @Test
    void afterBringsTheKeyBackInTime() throws Exception {
        controller.start();
        controller.enqueue("a");
        assertThat(next()).isEqualTo("a");
        long before = System.nanoTime();
        of("a").complete(Reconciler.Result.after(Duration.ofMillis(50)));
        assertThat(next()).isEqualTo("a");
        assertThat(System.nanoTime() - before)
                .isGreaterThanOrEqualTo(Duration.ofMillis(49).toNanos());
    }

    @Test
    void reconcilerThatThrowsDoesNotStopTheOthers() throws Exception {
        BlockingQueue<String> done = new LinkedBlockingQueue<>();
        Controller<String> fragile = Controller.<String>builder("fragile", vertx, key -> {
                    if (key.equals("poison")) {
                        throw new IllegalStateException("defect");
                    }
                    done.add(key);
                    return Future.succeededFuture(Reconciler.Result.done());
                })
                .build();
        fragile.start();
        fragile.enqueue("poison");
        fragile.enqueue("good");
        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("good");
    }

    @Test
    void stopWaitsForWhatIsUnderWay() throws Exception {
        controller.start();
        controller.enqueue("a");
        assertThat(next()).isEqualTo("a");
        Future<Void> stopped = controller.stop();
        controller.enqueue("b");
        assertThat(nothing()).isNull();
        assertThat(stopped.isComplete()).isFalse();
        finish("a");
        stopped.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
