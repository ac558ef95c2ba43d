package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.crd.CustomOpenApi;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.ResponseBody;
import io.kvorum.openapi.OpenApiDocuments;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /openapi/v2} and {@code /openapi/v3}: documents made at build time, sent compressed as they are kept. */
public final class OpenApi implements NonResource {
    // Asked for with an @, which a Content-Type must not have, so answered as upstream does.
    private static final String V2_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    private static final String V3 = "/openapi/v3";

    private final Vertx vertx;
    private final CustomOpenApi current;

    public OpenApi(Vertx vertx, CustomOpenApi current) {
        this.vertx = vertx;
        this.current = current;
    }

    @Override
    public @Nullable Future<ApiResponse> handle(ApiRequest request) {
        String path = request.path();
        if (!path.startsWith("/openapi/")) {
            return null;
        }
        CustomOpenApi.Documents documents = current.now();
        if (path.equals("/openapi/v2")) {
            boolean protobuf = request.header("Accept").contains("proto-openapi.spec.v2@v1.0+protobuf");
            return answer(
                    request,
                    protobuf ? V2_PROTOBUF : ApiResponse.JSON,
                    "",
                    () -> Optional.of(protobuf ? documents.v2Protobuf() : documents.v2Json()));
        }
        if (path.equals(V3) || path.equals(V3 + "/")) {
            return answer(request, ApiResponse.JSON, "", () -> Optional.of(documents.v3Index()));
        }
        if (path.startsWith(V3 + "/")) {
            String groupVersion = path.substring(V3.length() + 1);
            return answer(request, ApiResponse.JSON, request.query().text("hash"), () -> documents.v3(groupVersion));
        }
        return null;
    }

    /** Reading and unpacking takes milliseconds for the big ones, so it leaves the event loop. */
    private Future<ApiResponse> answer(
            ApiRequest request, String contentType, String hash, Supplier<Optional<OpenApiDocuments.Document>> find) {
        boolean gzip = request.header("Accept-Encoding").contains("gzip");
        return vertx.executeBlocking(
                () -> find.get()
                        .map(document -> response(request, contentType, hash, document, gzip))
                        .orElseGet(Pipeline::pageNotFound),
                false);
    }

    private static ApiResponse response(
            ApiRequest request, String contentType, String hash, OpenApiDocuments.Document document, boolean gzip) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        String etag = "\"" + document.hash() + "\"";
        headers.set("ETag", etag);
        headers.set("Vary", "Accept-Encoding,Accept");
        if (!hash.isEmpty() && !hash.equals(document.hash())) {
            headers.set("Location", request.path() + "?hash=" + document.hash());
            return new ApiResponse(301, headers, ResponseBody.EMPTY, null);
        }
        headers.set("Cache-Control", hash.isEmpty() ? "no-cache, private" : "public, immutable");
        if (request.header("If-None-Match").equals(etag)) {
            return new ApiResponse(304, headers, ResponseBody.EMPTY, null);
        }
        headers.set("Content-Type", contentType);
        if (gzip) {
            headers.set("Content-Encoding", "gzip");
        }
        return new ApiResponse(200, headers, ResponseBody.of(gzip ? document.gzip() : document.bytes()), null);
    }
}
