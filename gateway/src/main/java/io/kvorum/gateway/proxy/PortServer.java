package io.kvorum.gateway.proxy;

import io.kvorum.gateway.routing.RouteTable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import java.time.Duration;

/** The server on one port: HTTP/1.1 and HTTP/2, with or without TLS. Routes and certificates change while it serves. */
final class PortServer {
    /** How long requests under way may take to end when the listener goes; less than a component's patience at its end. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private static final int IDLE_SECONDS = 120;

    private final boolean tls;
    private final ListenerKeys keys = new ListenerKeys();
    private final HttpServer server;
    private RouteTable routes = RouteTable.EMPTY;

    PortServer(Vertx vertx, DataPlane plane, String address, int port, boolean tls) {
        this.tls = tls;
        HttpServerOptions options = new HttpServerOptions()
                .setHost(address)
                .setPort(port)
                .setReuseAddress(true)
                .setTcpNoDelay(true)
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(64 * 1024)
                .setMaxInitialLineLength(16 * 1024)
                .setAcceptBacklog(1024)
                .setHttp2ClearTextEnabled(true);
        if (tls) {
            options.setSsl(true).setUseAlpn(true).setKeyCertOptions(KeyCertOptions.wrap(keys));
        }
        this.server = vertx.createHttpServer(options)
                .requestHandler(request -> new Exchange(plane, request, tls, port).start(routes));
    }

    boolean tls() {
        return tls;
    }

    void update(PortPlan plan) {
        routes = plan.routes();
        keys.update(plan.certificates());
    }

    Future<Void> listen() {
        return server.listen().mapEmpty();
    }

    /** Takes nothing new and ends when what is under way has ended, or after some seconds. */
    Future<Void> drain() {
        return server.shutdown(DRAIN);
    }
}
