package io.kvorum.bus;

import io.vertx.core.Future;

/** What a component answers at its bus addresses. */
@FunctionalInterface
public interface BusEndpoint {
    /**
     * Answers one request. Called on the context the server was started on.
     *
     * @param request the request; its timeout is what is left of the sender's deadline
     * @param sender node id of the sender, {@code role/name@host:port}
     * @return the answer; a failed future is answered as status 500 with the failure's message as body
     */
    Future<BusReply> handle(BusRequest request, String sender);
}
