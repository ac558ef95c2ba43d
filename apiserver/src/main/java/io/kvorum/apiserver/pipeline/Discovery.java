package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.discovery.DiscoveryDocuments;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.ResponseBody;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/** {@code /api}, {@code /apis} and what lies between them and the resources. */
public final class Discovery implements NonResource {
    private final DiscoveryDocuments documents;

    public Discovery(DiscoveryDocuments documents) {
        this.documents = documents;
    }

    @Override
    public @Nullable Future<ApiResponse> handle(ApiRequest request) {
        String path = request.path();
        if (!path.equals("/api") && !path.startsWith("/api/") && !path.equals("/apis") && !path.startsWith("/apis/")) {
            return null;
        }
        return documents
                .get(path, request.headers().get("Accept"))
                .map(document -> Future.succeededFuture(response(request, document)))
                .orElse(null);
    }

    private static ApiResponse response(ApiRequest request, DiscoveryDocuments.Document document) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        headers.set("Vary", "Accept");
        if (!document.etag().isEmpty()) {
            headers.set("ETag", document.etag());
            headers.set("Cache-Control", "public");
            if (request.header("If-None-Match").equals(document.etag())) {
                return new ApiResponse(304, headers, ResponseBody.EMPTY, null);
            }
        }
        headers.set("Content-Type", document.contentType());
        return new ApiResponse(200, headers, ResponseBody.of(document.body()), null);
    }
}
