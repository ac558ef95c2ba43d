package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.ResponseBody;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** {@code /metrics} in Prometheus' text form. */
public final class MetricsPath implements NonResource {
    private final MeterRegistry registry;

    public MetricsPath(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public @Nullable Future<ApiResponse> handle(ApiRequest request) {
        if (!request.path().equals("/metrics") || !(registry instanceof PrometheusMeterRegistry prometheus)) {
            return null;
        }
        return Future.succeededFuture(ApiResponse.of(
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                ResponseBody.of(prometheus.scrape().getBytes(StandardCharsets.UTF_8))));
    }
}
