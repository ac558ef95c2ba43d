package io.kvorum.proxy.net;

import io.kvorum.client.Timers;
import io.kvorum.proxy.rules.Balancer;
import io.kvorum.proxy.rules.Endpoint;
import io.kvorum.proxy.rules.Frontend;
import io.kvorum.proxy.rules.Listen;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives datagrams at a service address. Each client address gets a socket of its own towards one endpoint, so that
 * answers find their way back; it is closed when nothing has passed for a while, or when its endpoint is removed.
 */
final class UdpFrontend implements FrontendSocket {
    private static final Logger LOG = LoggerFactory.getLogger(UdpFrontend.class);
    /** Idle time after which a client is forgotten, as kube-proxy's {@code --conntrack-udp-timeout} is by default. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    private static final int MAX_CLIENTS = 4096;

    private final class Flow {
        private final SocketAddress client;
        private final Endpoint endpoint;
        private final DatagramSocket socket;
        private final Future<DatagramSocket> bound;
        private long usedNanos = timers.nanos();

        Flow(SocketAddress client, Endpoint endpoint) {
            this.client = client;
            this.endpoint = endpoint;
            this.socket = vertx.createDatagramSocket();
            socket.exceptionHandler(
                    cause -> LOG.debug("datagram lost service={} cause={}", frontend.service(), cause.getMessage()));
            socket.handler(answer -> {
                usedNanos = timers.nanos();
                server.send(answer.data(), client.port(), client.host());
            });
            this.bound = socket.listen(0, dialAddress);
        }

        void send(DatagramPacket packet) {
            usedNanos = timers.nanos();
            bound.onSuccess(ready -> socket.send(packet.data(), endpoint.port(), endpoint.address()))
                    .onFailure(cause -> drop(this));
        }
    }

    private final Vertx vertx;
    private final Timers timers;
    private final String dialAddress;
    private final DatagramSocket server;
    private final Balancer balancer = new Balancer();
    private final ProxyMetrics metrics;
    private final Map<SocketAddress, Flow> flows = new HashMap<>();
    private Frontend frontend;
    private Timers.@Nullable Timer sweep;
    private boolean closed;

    /** @param dialAddress the address to send to endpoints from */
    UdpFrontend(Vertx vertx, String dialAddress, Timers timers, Frontend frontend, ProxyMetrics metrics) {
        this.vertx = vertx;
        this.timers = timers;
        this.dialAddress = dialAddress;
        this.frontend = frontend;
        this.metrics = metrics;
        this.server = vertx.createDatagramSocket();
        server.handler(this::received);
        server.exceptionHandler(
                cause -> LOG.debug("datagram lost service={} cause={}", frontend.service(), cause.getMessage()));
        update(frontend);
    }

    @Override
    public Future<Void> listen() {
        Listen listen = frontend.listen();
        return server.listen(listen.port(), listen.address()).map(bound -> {
            sweepLater();
            return null;
        });
    }

    @Override
    public void update(Frontend frontend) {
        this.frontend = frontend;
        balancer.update(frontend.endpoints(), frontend.affinity());
        Set.copyOf(flows.values()).stream()
                .filter(flow -> !balancer.has(flow.endpoint))
                .forEach(this::drop);
    }

    @Override
    public Future<Void> close() {
        closed = true;
        if (sweep != null) {
            sweep.cancel();
        }
        Set.copyOf(flows.values()).forEach(this::drop);
        return server.close();
    }

    private void received(DatagramPacket packet) {
        @Nullable Flow flow = flows.get(packet.sender());
        if (flow == null) {
            metrics.accepted();
            String from = packet.sender().hostAddress();
            @Nullable
            Endpoint endpoint = flows.size() >= MAX_CLIENTS ? null : balancer.next(from, Set.of(), timers.nanos());
            if (endpoint == null) {
                metrics.rejected();
                return;
            }
            balancer.connected(from, endpoint, timers.nanos());
            flow = new Flow(packet.sender(), endpoint);
            flows.put(packet.sender(), flow);
        }
        flow.send(packet);
    }

    private void drop(Flow flow) {
        if (flows.remove(flow.client, flow)) {
            flow.socket.close();
        }
    }

    private void sweepLater() {
        if (!closed) {
            sweep = timers.after(IDLE.dividedBy(2), () -> {
                long now = timers.nanos();
                Set.copyOf(flows.values()).stream()
                        .filter(flow -> now - flow.usedNanos >= IDLE.toNanos())
                        .forEach(this::drop);
                sweepLater();
            });
        }
    }
}
