package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.Query;
import io.kvorum.apiserver.request.RequestInfo;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is told of requests, under the names and labels that kube-apiserver has for it: how many there were, how long they took,
 * how large their answers were. What is long-running takes as long as it lasts. Belongs to the event loop.
 */
public final class RequestMetrics {
    /** The indicator of the service level begins at the least that is promised. */
    private static final List<Double> INDICATOR_SECONDS =
            Meters.REQUEST_SECONDS.stream().filter(bound -> bound >= .05).toList();

    private static final String[] LABELS = {"verb", "group", "version", "resource", "subresource", "scope", "component"
    };
    private static final String[] DRY_LABELS = with(LABELS, "dry_run");
    private static final Set<String> CONNECTIONS = Set.of("log", "exec", "portforward", "attach", "proxy");
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");
    private static final Set<String> HEALTH = Set.of("/healthz", "/livez", "/readyz");
    private static final String SERVER = "apiserver";

    private final Counter requests;
    private final Histogram durations;
    private final Histogram indicators;
    private final Histogram sizes;
    private final Gauge longRunning;
    private final Gauge deprecated;
    private final Map<Key, Meter> known = new HashMap<>();

    /** What requests are told apart by. */
    private record Key(
            String verb,
            String dryRun,
            String group,
            String version,
            String resource,
            String subresource,
            String scope,
            String component,
            int code) {
        String[] labels() {
            return new String[] {verb, group, version, resource, subresource, scope, component};
        }
    }

    private record Meter(
            CounterDataPoint count,
            DistributionDataPoint duration,
            DistributionDataPoint indicator,
            DistributionDataPoint size) {}

    public RequestMetrics(Meters meters) {
        requests = meters.counter(
                "apiserver_request_total",
                "Requests by what they were for and what they were answered.",
                with(DRY_LABELS, "code"));
        durations = meters.histogram(
                "apiserver_request_duration_seconds", "How long requests took.", Meters.REQUEST_SECONDS, DRY_LABELS);
        indicators = meters.histogram(
                "apiserver_request_sli_duration_seconds",
                "How long requests took, without their wait for a seat and without webhooks.",
                INDICATOR_SECONDS,
                LABELS);
        sizes = meters.histogram(
                "apiserver_response_sizes",
                "How large the answers to reading requests were, in bytes.",
                Meters.growing(1000, 10, 7),
                LABELS);
        longRunning =
                meters.gauge("apiserver_longrunning_requests", "Watches, logs and connections that are open.", LABELS);
        deprecated = meters.gauge(
                "apiserver_requested_deprecated_apis",
                "Deprecated APIs that were asked for.",
                "group",
                "version",
                "resource",
                "subresource",
                "removed_release");
    }

    /**
     * The answer as it is to be given.
     *
     * @param exists whether there is what the request is for
     */
    ApiResponse finished(ApiRequest request, RequestInfo info, boolean exists, ApiResponse response, long began) {
        Key key = key(request, info, exists, response.status());
        if (request.notes().asksForDeprecated()) {
            deprecated
                    .labelValues(key.group, key.version, key.resource, key.subresource, "")
                    .set(1);
        }
        if (!response.goesOn() || !info.longRunning()) {
            record(key, request, response, System.nanoTime() - began);
            return response;
        }
        var open = longRunning.labelValues(key.labels());
        open.inc();
        return response.onEnd(() -> {
            open.dec();
            record(key, request, response, System.nanoTime() - began);
        });
    }

    private void record(Key key, ApiRequest request, ApiResponse response, long nanos) {
        Meter meter = known.computeIfAbsent(key, this::meter);
        meter.count.inc();
        meter.duration.observe(nanos / 1e9);
        meter.indicator.observe((nanos - request.notes().nanosAside()) / 1e9);
        if (key.verb.equals("GET") || key.verb.equals("LIST")) {
            meter.size.observe(response.body().length());
        }
    }

    private Meter meter(Key key) {
        String[] labels = key.labels();
        String[] dry = with(labels, key.dryRun);
        return new Meter(
                requests.labelValues(with(dry, Integer.toString(key.code))),
                durations.labelValues(dry),
                indicators.labelValues(labels),
                sizes.labelValues(labels));
    }

    private static String[] with(String[] all, String last) {
        String[] more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = last;
        return more;
    }

    private static Key key(ApiRequest request, RequestInfo info, boolean exists, int code) {
        if (!info.resourceRequest()) {
            boolean health = HEALTH.contains(request.path());
            return new Key(
                    verb(request, info, ""),
                    "",
                    "",
                    "",
                    "",
                    health ? request.path() : "",
                    "",
                    health ? "" : SERVER,
                    code);
        }
        String scope = scope(info);
        // What there is not would make the set of meters endless, however it is refused.
        return new Key(
                verb(request, info, scope),
                dryRun(request.query()),
                exists ? info.group() : "",
                exists ? info.version() : "",
                exists ? info.resource() : "",
                exists ? info.subresource() : "",
                scope,
                SERVER,
                code);
    }

    private static String scope(RequestInfo info) {
        if (!info.name().isEmpty() || info.verb().equals("create")) {
            return "resource";
        }
        return info.namespace().isEmpty() ? "cluster" : "namespace";
    }

    private static String verb(ApiRequest request, RequestInfo info, String scope) {
        if (CONNECTIONS.contains(info.subresource())) {
            return "CONNECT";
        }
        if (info.verb().equals("watch")) {
            return "WATCH";
        }
        String method = request.method();
        if (method.equals("GET") || method.equals("HEAD")) {
            return scope.equals("namespace") || scope.equals("cluster") ? "LIST" : "GET";
        }
        if (method.equals("PATCH") && request.header("Content-Type").startsWith("application/apply-patch+")) {
            return "APPLY";
        }
        return METHODS.contains(method) ? method : "other";
    }

    private static String dryRun(Query query) {
        List<String> asked = query.all("dryRun");
        if (asked.isEmpty()) {
            return "";
        }
        return asked.stream().allMatch("All"::equals) ? "All" : "invalid";
    }
}
