package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.ResponseBody;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /metrics} in Prometheus' text form. */
public final class MetricsPath implements NonResource {
    private final Vertx vertx;
    private final Supplier<String> scrape;

    /** @param scrape gives the text; takes its time, so it is called by a worker */
    public MetricsPath(Vertx vertx, Supplier<String> scrape) {
        this.vertx = vertx;
        this.scrape = scrape;
    }

    @Override
    public @Nullable Future<ApiResponse> handle(ApiRequest request) {
        if (!request.path().equals("/metrics")) {
            return null;
        }
        return vertx.executeBlocking(() -> scrape.get().getBytes(StandardCharsets.UTF_8), false)
                .map(text -> ApiResponse.of(200, "text/plain; version=0.0.4; charset=utf-8", ResponseBody.of(text)));
    }
}
