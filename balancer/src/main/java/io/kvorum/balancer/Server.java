package io.kvorum.balancer;

import io.vertx.core.net.NetSocket;
import java.util.LinkedHashMap;
import java.util.Map;

/** One server, as the balancer sees it. */
final class Server {
    private final ServerAddress address;
    private final ServerHealth health;
    private boolean draining;

    /** The connections to it: the client's end, and the server's. */
    private final Map<NetSocket, NetSocket> connections = new LinkedHashMap<>();

    private int dialling;
    private long accepted;

    Server(ServerAddress address, ServerHealth health) {
        this.address = address;
        this.health = health;
    }

    ServerAddress address() {
        return address;
    }

    ServerHealth health() {
        return health;
    }

    boolean draining() {
        return draining;
    }

    void drain(boolean on) {
        draining = on;
    }

    /** Whether it gets new connections. */
    boolean open() {
        return health.fit() && !draining;
    }

    /** Whether it answers, be it that it is not ready: what to turn to when no server is open. */
    boolean answers() {
        return (health.fit() || health.last() == ServerHealth.Finding.NOT_READY) && !draining;
    }

    Map<NetSocket, NetSocket> connections() {
        return connections;
    }

    /** Connections it has or is about to have. */
    int load() {
        return connections.size() + dialling;
    }

    void dialling(int change) {
        dialling += change;
    }

    void accepted() {
        accepted++;
    }

    long acceptedInAll() {
        return accepted;
    }
}
