package io.kvorum.bus;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Set;
import java.util.TreeSet;

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

    /** This endpoint for senders of the given roles only; others are answered 403. */
    default BusEndpoint onlyFrom(Set<String> roles) {
        return (request, sender) -> {
            int slash = sender.indexOf('/');
            if (slash > 0 && roles.contains(sender.substring(0, slash))) {
                return handle(request, sender);
            }
            Buffer text = Buffer.buffer(sender + " may not ask this: only " + String.join(", ", new TreeSet<>(roles)));
            return Future.succeededFuture(BusReply.whole(403, MultiMap.caseInsensitiveMultiMap(), text));
        };
    }
}
