package io.kvorum.apiserver.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.store.client.ForwardingStore;
import io.kvorum.store.client.MemoryStore;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StorageSizeTest {
    private final Vertx vertx = Vertx.vertx();
    private final PrometheusRegistry registry = new PrometheusRegistry();

    @AfterEach
    void close() throws Exception {
        vertx.close().await(5, TimeUnit.SECONDS);
    }

    private double told() {
        return registry.scrape(name -> name.equals("apiserver_storage_size_bytes")).stream()
                .flatMap(metric -> metric.getDataPoints().stream())
                .mapToDouble(point -> ((GaugeDataPointSnapshot) point).getValue())
                .sum();
    }

    /** A question takes what it is given before the next is asked, so that what was given before is in by then. */
    @Test
    void theSizeIsToldAsLongAsItIsKnown() throws Exception {
        BlockingQueue<Future<Long>> answers = new SynchronousQueue<>();
        ForwardingStore store = new ForwardingStore(MemoryStore.create(vertx)) {
            @Override
            public Future<Long> diskBytes() {
                return vertx.executeBlocking(answers::take, false).compose(answer -> answer);
            }
        };
        StorageSize size = new StorageSize(store, new Meters(registry));
        vertx.runOnContext(go -> size.start(vertx, Duration.ofMillis(1)));
        Promise<Long> away = Promise.promise();
        Promise<Long> back = Promise.promise();
        answer(answers, Future.succeededFuture(4096L));
        answer(answers, away.future());
        assertThat(told()).isEqualTo(4096);
        away.fail("away");
        answer(answers, back.future());
        assertThat(told()).isZero();
        back.complete(8192L);
        answer(answers, Future.succeededFuture(8192L));
        assertThat(told()).isEqualTo(8192);
    }

    private static void answer(BlockingQueue<Future<Long>> answers, Future<Long> next) throws InterruptedException {
        assertThat(answers.offer(next, 5, TimeUnit.SECONDS)).isTrue();
    }
}
