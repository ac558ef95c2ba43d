package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Answers paths that name no resource: discovery, OpenAPI, health, version. */
@FunctionalInterface
public interface NonResource {
    /** Null when the path is not one of its own. */
    @Nullable
    Future<ApiResponse> handle(ApiRequest request);
}
