package io.kvorum.gateway.proxy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Counts what goes through. By route and status code; routes come from the API, so their number is bounded by it. */
public final class GatewayMetrics {
    private record Key(String route, int code) {}

    private final MeterRegistry registry;
    private final Map<Key, Timer> requests = new HashMap<>();

    public GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A request was answered with {@code code}; 0 when its client went away before. Called on the data plane's context. */
    void answered(String route, int code, long nanos) {
        requests.computeIfAbsent(
                        new Key(route, code),
                        key -> Timer.builder("gateway.requests")
                                .description("requests by route and status code; code 0: the client went away")
                                .tag("route", route)
                                .tag("code", Integer.toString(code))
                                .register(registry))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    void retried() {
        registry.counter("gateway.retries").increment();
    }

    /** @param outcome {@code sent}, {@code failed} or {@code dropped}: too many were on their way, or its backend too slow */
    void mirrored(String outcome) {
        registry.counter("gateway.mirrored", "outcome", outcome).increment();
    }

    void upgraded() {
        registry.counter("gateway.upgrades").increment();
    }
}
