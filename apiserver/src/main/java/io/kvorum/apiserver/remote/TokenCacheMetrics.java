package io.kvorum.apiserver.remote;

import io.kvorum.apiserver.metrics.Meters;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;

/**
 * What is told of the tokens whose owners are remembered, under the names that kube-apiserver has for it. Belongs to the event
 * loop.
 */
public final class TokenCacheMetrics {
    private static final String PREFIX = "authentication_token_cache_";
    private static final double[] BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

    private final Counter requests;
    private final Histogram durations;
    private final Counter fetches;
    private final GaugeDataPoint inFlight;
    private final GaugeDataPoint blocked;

    public TokenCacheMetrics(Meters meters) {
        requests = meters.counter(PREFIX + "request_total", "Tokens that were looked for among those known.", "status");
        durations = meters.histogram(
                PREFIX + "request_duration_seconds", "How long it took to tell whose a token is.", BOUNDS, "status");
        fetches = meters.counter(PREFIX + "fetch_total", "Tokens that the webhook was asked about.", "status");
        Gauge active = meters.gauge(
                PREFIX + "active_fetch_count",
                "Tokens that the webhook is being asked about, and who waits for it.",
                "status");
        inFlight = active.labelValues("in_flight");
        blocked = active.labelValues("blocked");
    }

    void answered(boolean remembered, long nanos) {
        String status = remembered ? "hit" : "miss";
        requests.labelValues(status).inc();
        durations.labelValues(status).observe(nanos / 1e9);
    }

    void waits(int more) {
        blocked.inc(more);
    }

    void begins() {
        inFlight.inc();
    }

    void ends(boolean well) {
        inFlight.dec();
        fetches.labelValues(well ? "ok" : "error").inc();
    }
}
