package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.component.HealthCheck;
import io.kvorum.component.HealthReport;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /healthz}, {@code /livez}, {@code /readyz} with {@code verbose} and {@code exclude}, and each check by its name. */
public final class HealthPaths implements NonResource {
    private final Map<String, HealthCheck> live;
    private final Map<String, HealthCheck> ready;
    private final Gauge last;
    private final Counter all;

    /** @param ready all that {@code live} has, and more */
    public HealthPaths(Map<String, HealthCheck> live, Map<String, HealthCheck> ready, Meters meters) {
        last = meters.gauge(
                "kubernetes_healthcheck", "Whether a check was well when it was made last.", "name", "type");
        all = meters.counter("kubernetes_healthchecks_total", "Checks by what they said.", "name", "type", "status");
        this.live = live;
        this.ready = ready;
    }

    @Override
    public @Nullable Future<ApiResponse> handle(ApiRequest request) {
        for (String endpoint : List.of("readyz", "livez", "healthz")) {
            String root = "/" + endpoint;
            if (request.path().equals(root) || request.path().startsWith(root + "/")) {
                String only = request.path().length() > root.length() + 1
                        ? request.path().substring(root.length() + 1)
                        : "";
                return report(request, endpoint, only);
            }
        }
        return null;
    }

    private Future<ApiResponse> report(ApiRequest request, String endpoint, String only) {
        Map<String, HealthCheck> checks = new LinkedHashMap<>();
        (endpoint.equals("readyz") ? ready : live)
                .forEach((name, check) -> checks.put(name, () -> counted(endpoint, name, check)));
        if (only.isEmpty()) {
            return HealthReport.of(
                            endpoint,
                            checks,
                            new LinkedHashSet<>(request.query().all("exclude")),
                            request.query().has("verbose"))
                    .map(HealthPaths::answer);
        }
        HealthCheck check = checks.get(only);
        return check == null
                ? Future.succeededFuture(Pipeline.pageNotFound())
                : HealthReport.of(check).map(HealthPaths::answer);
    }

    private Future<@Nullable String> counted(String endpoint, String name, HealthCheck check) {
        return check.look().onComplete(look -> {
            boolean well = look.succeeded() && look.result() == null;
            last.labelValues(name, endpoint).set(well ? 1 : 0);
            all.labelValues(name, endpoint, well ? "success" : "error").inc();
        });
    }

    private static ApiResponse answer(HealthReport report) {
        return ApiResponse.text(report.well() ? 200 : 500, report.text());
    }
}
