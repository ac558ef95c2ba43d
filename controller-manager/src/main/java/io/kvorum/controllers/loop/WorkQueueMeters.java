package io.kvorum.controllers.loop;

import io.kvorum.client.QueueMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The metrics {@code workqueue_*} of one controller, labelled with its name. */
final class WorkQueueMeters implements QueueMetrics {
    private final Counter adds;
    private final Counter retries;
    private final Timer waiting;
    private final Timer working;
    private final AtomicInteger depth;

    WorkQueueMeters(MeterRegistry registry, String name) {
        adds = registry.counter("workqueue.adds", "name", name);
        retries = registry.counter("workqueue.retries", "name", name);
        waiting = registry.timer("workqueue.queue.duration", "name", name);
        working = registry.timer("workqueue.work.duration", "name", name);
        depth = new AtomicInteger();
        // A later term of leadership has queues of its own; a gauge would keep looking at the first.
        @Nullable
        Gauge former = registry.find("workqueue.depth").tag("name", name).gauge();
        if (former != null) {
            registry.remove(former);
        }
        Gauge.builder("workqueue.depth", depth, AtomicInteger::get)
                .tag("name", name)
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void added() {
        adds.increment();
    }

    @Override
    public void retried() {
        retries.increment();
    }

    @Override
    public void depth(int keys) {
        depth.set(keys);
    }

    @Override
    public void waited(Duration time) {
        waiting.record(time);
    }

    @Override
    public void worked(Duration time) {
        working.record(time);
    }
}
