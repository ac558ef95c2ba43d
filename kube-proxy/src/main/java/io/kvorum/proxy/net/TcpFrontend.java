package io.kvorum.proxy.net;

import io.kvorum.client.Timers;
import io.kvorum.component.net.Relay;
import io.kvorum.proxy.rules.Balancer;
import io.kvorum.proxy.rules.Endpoint;
import io.kvorum.proxy.rules.Frontend;
import io.kvorum.proxy.rules.Listen;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts TCP connections at a service address and joins each to one to an endpoint. */
final class TcpFrontend implements FrontendSocket {
    private static final Logger LOG = LoggerFactory.getLogger(TcpFrontend.class);
    private static final int BACKLOG = 1024;
    /** A connection that found this many endpoints dead is given up. */
    private static final int MAX_TRIES = 16;

    private final NetServer server;
    private final NetClient client;
    private final Timers timers;
    private final Balancer balancer = new Balancer();
    private final ProxyMetrics metrics;
    private Frontend frontend;

    /** @param client dials with the time-out of one try, from this component's own address */
    TcpFrontend(Vertx vertx, NetClient client, Timers timers, Frontend frontend, ProxyMetrics metrics) {
        this.client = client;
        this.timers = timers;
        this.frontend = frontend;
        this.metrics = metrics;
        Listen listen = frontend.listen();
        // Of the proxies of several nodes on one host exactly one may hold an address, so no reusePort.
        this.server = vertx.createNetServer(new NetServerOptions()
                        .setHost(listen.address())
                        .setPort(listen.port())
                        .setReusePort(false)
                        .setAcceptBacklog(BACKLOG))
                .connectHandler(this::accept);
        update(frontend);
    }

    @Override
    public Future<Void> listen() {
        return server.listen().mapEmpty();
    }

    @Override
    public void update(Frontend frontend) {
        this.frontend = frontend;
        balancer.update(frontend.endpoints(), frontend.affinity());
    }

    @Override
    public Future<Void> close() {
        return server.close();
    }

    private void accept(NetSocket socket) {
        Relay.hold(socket);
        metrics.accepted();
        dial(socket, socket.remoteAddress().hostAddress(), new HashSet<>());
    }

    private void dial(NetSocket socket, String from, Set<Endpoint> tried) {
        @Nullable Endpoint endpoint = tried.size() >= MAX_TRIES ? null : balancer.next(from, tried, timers.nanos());
        if (endpoint == null) {
            LOG.debug("no endpoint took a connection service={} tried={}", frontend.service(), tried);
            metrics.rejected();
            Relay.reset(socket);
            return;
        }
        client.connect(endpoint.port(), endpoint.address()).onComplete(done -> {
            if (done.failed()) {
                LOG.debug(
                        "endpoint refused service={} endpoint={} cause={}",
                        frontend.service(),
                        endpoint,
                        done.cause().getMessage());
                balancer.refused(endpoint, timers.nanos());
                metrics.refused();
                tried.add(endpoint);
                dial(socket, from, tried);
            } else if (!balancer.has(endpoint)) {
                // It was removed while the connection was being made; nothing has been sent to it yet.
                done.result().close();
                tried.add(endpoint);
                dial(socket, from, tried);
            } else {
                balancer.connected(from, endpoint, timers.nanos());
                Relay.join(socket, done.result());
            }
        });
    }
}
