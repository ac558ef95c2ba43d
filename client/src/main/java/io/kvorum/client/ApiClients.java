package io.kvorum.client;

import io.kvorum.bus.BusClient;
import io.vertx.core.Vertx;
import java.util.SplittableRandom;

/** Makes API clients. Create them on the Vert.x context that is to be called back. */
public final class ApiClients {
    private ApiClients() {}

    /** A client of whichever API servers the bus reaches; the user follows from this process's place on the bus. */
    public static ApiClient overBus(Vertx vertx, BusClient bus, String userAgent) {
        return new TransportApiClient(new BusTransport(bus, userAgent, ""), Timers.on(vertx), new SplittableRandom());
    }

    /**
     * Likewise, on behalf of one controller of a controller manager: the user is that controller's service account in
     * kube-system. Only a controller manager is heard.
     */
    public static ApiClient overBusAs(Vertx vertx, BusClient bus, String userAgent, String controller) {
        return new TransportApiClient(
                new BusTransport(bus, userAgent, controller), Timers.on(vertx), new SplittableRandom());
    }

    /** A client of the API server that {@code config} names, Kvorum's or any other Kubernetes'. */
    public static ApiClient overHttps(Vertx vertx, Kubeconfig config) {
        return new TransportApiClient(new HttpTransport(vertx, config), Timers.on(vertx), new SplittableRandom());
    }
}
