package io.kvorum.apiserver.pipeline;

import io.kvorum.api.proto.ProtobufBody;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Turns protobuf bodies into JSON on a worker, for the first one loads what is known of the messages. Belongs to the API
 * server's event loop.
 */
public final class ProtobufBodies {
    private final Vertx vertx;
    private @Nullable Future<Void> loading;

    public ProtobufBodies(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Completes when what is known of the messages is loaded. */
    Future<Void> loaded() {
        Future<Void> known = loading;
        if (known == null) {
            known = vertx.executeBlocking(
                    () -> {
                        ProtobufBody.load();
                        return null;
                    },
                    false);
            loading = known;
        }
        return known;
    }

    Future<ApiRequest> json(ApiRequest request) {
        byte[] body = request.body().getBytes();
        return vertx.executeBlocking(() -> ObjectJson.encode(ProtobufBody.decode(body)), false)
                .map(json -> {
                    MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(request.headers());
                    headers.set("Content-Type", ApiResponse.JSON);
                    return new ApiRequest(
                            request.method(),
                            request.uri(),
                            request.path(),
                            request.query(),
                            headers,
                            Buffer.buffer(json),
                            request.credentials(),
                            request.timeout(),
                            request.notes());
                });
    }
}
