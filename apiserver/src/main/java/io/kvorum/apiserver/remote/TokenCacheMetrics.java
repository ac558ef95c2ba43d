package io.kvorum.apiserver.remote;

import io.kvorum.apiserver.metrics.Durations;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is told of the tokens whose owners are remembered, under the names that kube-apiserver has for it. Belongs to the event
 * loop.
 */
public final class TokenCacheMetrics {
    private static final String PREFIX = "authentication.token.cache.";
    private static final double[] BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

    private final MeterRegistry registry;
    private final Durations requests;
    private final AtomicInteger inFlight;
    private final AtomicInteger blocked;

    public TokenCacheMetrics(MeterRegistry registry) {
        this.registry = registry;
        requests = new Durations(registry, PREFIX + "request.duration", BOUNDS, "status");
        inFlight = active("in_flight");
        blocked = active("blocked");
    }

    private AtomicInteger active(String status) {
        AtomicInteger count = new AtomicInteger();
        Gauge.builder(PREFIX + "active.fetch.count", count, AtomicInteger::get)
                .tag("status", status)
                .register(registry);
        return count;
    }

    void answered(boolean remembered, long nanos) {
        String status = remembered ? "hit" : "miss";
        registry.counter(PREFIX + "request", "status", status).increment();
        requests.record(nanos, status);
    }

    void waits(int more) {
        blocked.addAndGet(more);
    }

    void begins() {
        inFlight.incrementAndGet();
    }

    void ends(boolean well) {
        inFlight.decrementAndGet();
        registry.counter(PREFIX + "fetch", "status", well ? "ok" : "error").increment();
    }
}
