package io.kvorum.component;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The {@link Health} of a process. Thread-safe. */
final class HealthChecks implements Health {
    /** Who asks over the control socket does so again and again, and waits for a second at most. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final Map<String, HealthCheck> live = Collections.synchronizedMap(new LinkedHashMap<>());
    private final Map<String, HealthCheck> ready = Collections.synchronizedMap(new LinkedHashMap<>());

    HealthChecks() {
        live("ping", HealthCheck.of(() -> null));
    }

    @Override
    public void live(String name, HealthCheck check) {
        live.put(name, check);
    }

    @Override
    public void ready(String name, HealthCheck check) {
        ready.put(name, check);
    }

    /** Why the process is not ready, {@code check: reason} each; empty when it is. Takes no longer than {@link #PATIENCE}. */
    Future<List<String>> notReady() {
        Map<String, HealthCheck> asked = new LinkedHashMap<>();
        of("readyz").forEach((name, check) -> asked.put(name, () -> within(PATIENCE, check.look())));
        return HealthReport.reasons(asked)
                .map(reasons -> reasons.entrySet().stream()
                        .map(each -> each.getKey() + ": " + each.getValue())
                        .toList());
    }

    private static Future<@Nullable String> within(Duration limit, Future<@Nullable String> look) {
        return look.timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> cause instanceof TimeoutException
                        ? Future.succeededFuture("no answer within " + limit.toMillis() + " ms")
                        : Future.failedFuture(cause));
    }

    /**
     * The checks of an endpoint by name.
     *
     * @param endpoint {@code healthz}, {@code livez} or {@code readyz}
     */
    Map<String, HealthCheck> of(String endpoint) {
        Map<String, HealthCheck> checks = new LinkedHashMap<>();
        synchronized (live) {
            checks.putAll(live);
        }
        if (endpoint.equals("readyz")) {
            synchronized (ready) {
                checks.putAll(ready);
            }
        }
        return checks;
    }
}
