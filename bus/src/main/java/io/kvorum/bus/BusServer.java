package io.kvorum.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Answers a {@link BusEndpoint} at the addresses of a role and of one of its instances. */
public final class BusServer {
    private BusServer() {}

    /**
     * Starts to answer at {@code role} and {@code role/name} on the current context (a new one outside any).
     *
     * @return succeeds when both addresses are served
     */
    public static Future<BusServer> start(Vertx vertx, String role, String name, BusEndpoint endpoint) {
        throw new UnsupportedOperationException();
    }

    /** Stops answering and closes the producers of all open streams. */
    public Future<Void> close() {
        throw new UnsupportedOperationException();
    }
}
