package io.kvorum.bus;

import io.vertx.core.Vertx;

/** Makes bus clients. */
public final class BusClients {
    private BusClients() {}

    /**
     * A client on {@code vertx}. With {@link io.kvorum.bus.cluster.MemberClusterManager} it spreads a role's requests
     * over the live instances and fails requests to a vanished one at once; on a local Vert.x it reaches the servers of
     * that Vert.x.
     */
    public static BusClient create(Vertx vertx) {
        throw new UnsupportedOperationException();
    }
}
