package io.kvorum.apiserver.edge;

import io.kvorum.apiserver.pipeline.Pipeline;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.Credentials;
import io.kvorum.bus.BusEndpoint;
import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.vertx.core.Future;

/** Requests over the bus. */
public final class BusEdge implements BusEndpoint {
    private final Pipeline pipeline;

    public BusEdge(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public Future<BusReply> handle(BusRequest request, String sender) {
        return pipeline.handle(ApiRequest.of(
                        request.method(),
                        request.uri(),
                        request.headers(),
                        request.body(),
                        new Credentials(null, sender, address(sender)),
                        request.timeout()))
                .map(BusEdge::reply);
    }

    /** The host in {@code role/name@host:port}. */
    private static String address(String sender) {
        int at = sender.lastIndexOf('@');
        int colon = sender.lastIndexOf(':');
        return at >= 0 && colon > at ? sender.substring(at + 1, colon) : "";
    }

    private static BusReply reply(ApiResponse answer) {
        // The bus carries no other protocols.
        if (answer.upgrade() != null) {
            answer.abandon();
        }
        ApiResponse response = answer.upgrade() == null ? answer : UpgradeProxy.required();
        return new BusReply(
                response.status(), response.headers(), response.body().whole(), response.stream());
    }
}
