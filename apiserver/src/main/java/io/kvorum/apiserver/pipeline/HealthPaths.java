package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.vertx.core.Future;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /healthz}, {@code /livez}, {@code /readyz} with {@code verbose} and {@code exclude}, and each check by its name. */
public final class HealthPaths implements NonResource {
    private final Map<String, Supplier<@Nullable String>> live;
    private final Map<String, Supplier<@Nullable String>> ready;
    private final Gauge last;
    private final Counter all;

    /** @param ready all that {@code live} has, and more; a check answers null when well */
    public HealthPaths(
            Map<String, Supplier<@Nullable String>> live,
            Map<String, Supplier<@Nullable String>> ready,
            Meters meters) {
        last = meters.gauge(
                "kubernetes_healthcheck", "Whether a check was well when it was made last.", "name", "type");
        all = meters.counter("kubernetes_healthchecks_total", "Checks by what they said.", "name", "type", "status");
        this.live = live;
        this.ready = ready;
    }

    @Override
    public @Nullable Future<ApiResponse> handle(ApiRequest request) {
        for (String root : List.of("/readyz", "/livez", "/healthz")) {
            if (request.path().equals(root) || request.path().startsWith(root + "/")) {
                Map<String, Supplier<@Nullable String>> checks = root.equals("/livez") ? live : ready;
                String rest = request.path().length() > root.length() + 1
                        ? request.path().substring(root.length() + 1)
                        : "";
                return Future.succeededFuture(report(request, root.substring(1), rest, checks));
            }
        }
        return null;
    }

    /** What is wrong; null when nothing is. */
    private @Nullable String look(String endpoint, String name, Supplier<@Nullable String> check) {
        String reason = check.get();
        last.labelValues(name, endpoint).set(reason == null ? 1 : 0);
        all.labelValues(name, endpoint, reason == null ? "success" : "error").inc();
        return reason;
    }

    private ApiResponse report(
            ApiRequest request, String endpoint, String only, Map<String, Supplier<@Nullable String>> checks) {
        if (!only.isEmpty()) {
            Supplier<@Nullable String> check = checks.get(only);
            if (check == null) {
                return Pipeline.pageNotFound();
            }
            String reason = look(endpoint, only, check);
            return reason == null
                    ? ApiResponse.text(200, "ok")
                    : ApiResponse.text(500, "internal server error: " + reason + "\n");
        }
        Set<String> excluded = new LinkedHashSet<>(request.query().all("exclude"));
        StringBuilder lines = new StringBuilder();
        boolean well = true;
        for (Map.Entry<String, Supplier<@Nullable String>> entry : checks.entrySet()) {
            if (excluded.remove(entry.getKey())) {
                lines.append("[+]").append(entry.getKey()).append(" excluded: ok\n");
            } else if (look(endpoint, entry.getKey(), entry.getValue()) == null) {
                lines.append("[+]").append(entry.getKey()).append(" ok\n");
            } else {
                lines.append("[-]").append(entry.getKey()).append(" failed: reason withheld\n");
                well = false;
            }
        }
        if (!excluded.isEmpty()) {
            lines.append("warn: some health checks cannot be excluded: no matches for \"")
                    .append(String.join("\", \"", excluded))
                    .append("\"\n");
        }
        if (!well) {
            return ApiResponse.text(500, lines + endpoint + " check failed\n");
        }
        return ApiResponse.text(200, request.query().has("verbose") ? lines + endpoint + " check passed\n" : "ok");
    }
}
