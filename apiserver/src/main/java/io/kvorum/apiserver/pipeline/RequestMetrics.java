package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.request.RequestInfo;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Requests by verb, resource and code, and how long their first answer took. */
public final class RequestMetrics {
    private record Key(String verb, String group, String resource, String subresource, int code) {}

    private final MeterRegistry registry;
    private final Map<Key, Timer> timers = new HashMap<>();

    public RequestMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void finished(RequestInfo info, int code, long nanos) {
        // Resources nobody serves would make the set of meters endless.
        boolean known = info.resourceRequest() && code != 404;
        Key key = new Key(
                info.verb(),
                known ? info.group() : "",
                known ? info.resource() : "",
                known ? info.subresource() : "",
                code);
        timers.computeIfAbsent(key, this::timer).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Key key) {
        return Timer.builder("apiserver.request.duration")
                .tag("verb", key.verb())
                .tag("group", key.group())
                .tag("resource", key.resource())
                .tag("subresource", key.subresource())
                .tag("code", Integer.toString(key.code()))
                .register(registry);
    }
}
