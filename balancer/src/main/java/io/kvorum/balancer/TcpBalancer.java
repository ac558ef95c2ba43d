package io.kvorum.balancer;

import io.kvorum.balancer.ServerHealth.Finding;
import io.kvorum.component.net.Relay;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts clients, dials a server for each and joins the two; see the package. Confined to the context it was made on. */
final class TcpBalancer {
    private static final Logger LOG = LoggerFactory.getLogger(TcpBalancer.class);
    private static final int BACKLOG = 1024;
    private static final long DRAIN_POLL_MILLIS = 50;

    private final Vertx vertx;
    private final BalancerSettings settings;
    private final ServerPool pool;
    private final HealthProbe probe;
    private final BalancerMetrics metrics;
    private final NetClient client;
    private final Deque<Client> queue = new ArrayDeque<>();
    private final Set<ServerAddress> checking = new HashSet<>();
    private @Nullable NetServer listener;
    private long checks = -1;
    private int clients;
    private boolean closing;

    /** A client, from when it was accepted until it is gone. */
    private final class Client {
        private final NetSocket socket;
        private final List<Server> tried = new ArrayList<>();
        private @Nullable Server server;
        private boolean gone;
        private boolean queued;
        private boolean outOfTime;
        private long deadline;

        Client(NetSocket socket) {
            this.socket = socket;
            socket.closeHandler(closed -> {
                gone = true;
                clients--;
                if (server != null) {
                    server.connections().remove(socket);
                }
            });
        }

        boolean takes(Server offered) {
            return outOfTime ? offered.answers() : offered.open();
        }
    }

    /** @param ownAddress the component's own address, which servers are dialled from */
    TcpBalancer(
            Vertx vertx,
            String ownAddress,
            BalancerSettings settings,
            ServerPool pool,
            HealthProbe probe,
            BalancerMetrics metrics) {
        this.vertx = vertx;
        this.settings = settings;
        this.pool = pool;
        this.probe = probe;
        this.metrics = metrics;
        client = vertx.createNetClient(new NetClientOptions()
                .setLocalAddress(ownAddress)
                .setConnectTimeout((int) settings.connectTimeout().toMillis())
                .setTcpNoDelay(true)
                .setReconnectAttempts(0));
    }

    /** Listens and begins to check the servers; succeeds with the port. */
    Future<Integer> listen(String host, int port) {
        NetServer server = vertx.createNetServer(new NetServerOptions()
                        .setHost(host)
                        .setPort(port)
                        .setAcceptBacklog(BACKLOG)
                        .setTcpNoDelay(true))
                .connectHandler(this::accept);
        listener = server;
        checkAll();
        checks = vertx.setPeriodic(settings.checkInterval().toMillis(), timer -> checkAll());
        return server.listen().map(NetServer::actualPort);
    }

    int clients() {
        return clients;
    }

    int waiting() {
        return queue.size();
    }

    private void checkAll() {
        for (Server server : List.copyOf(pool.servers())) {
            if (checking.add(server.address())) {
                probe.check(server.address()).onSuccess(finding -> {
                    checking.remove(server.address());
                    found(server, finding);
                });
            }
        }
    }

    private void found(Server server, Finding finding) {
        if (server.health().found(finding)) {
            LOG.info(
                    "server is {} server={} finding={}",
                    server.health().fit() ? "fit" : "unfit",
                    server.address(),
                    finding);
        }
        if (server.health().lost() && !server.connections().isEmpty() && pool.hasOther(server)) {
            LOG.warn(
                    "connections of a silent server are reset server={} connections={}",
                    server.address(),
                    server.connections().size());
            resetAll(server);
        }
        if (server.open()) {
            serveQueue();
        }
    }

    private void resetAll(Server server) {
        for (Map.Entry<NetSocket, NetSocket> connection :
                List.copyOf(server.connections().entrySet())) {
            metrics.dropped();
            Relay.reset(connection.getKey());
            Relay.reset(connection.getValue());
        }
    }

    private void accept(NetSocket socket) {
        Relay.hold(socket);
        if (closing || clients >= settings.maxConnections()) {
            metrics.rejected();
            Relay.reset(socket);
            return;
        }
        clients++;
        metrics.accepted();
        dial(new Client(socket));
    }

    private void dial(Client waiting) {
        Server server = pool.next(waiting.tried, waiting::takes);
        if (server == null) {
            await(waiting);
            return;
        }
        server.dialling(1);
        client.connect(server.address().port(), server.address().host()).onComplete(done -> {
            server.dialling(-1);
            if (done.succeeded() && !waiting.gone && waiting.takes(server)) {
                join(server, waiting, done.result());
                return;
            }
            if (done.succeeded()) {
                done.result().close(); // nothing has been sent to it yet
            } else {
                LOG.info(
                        "server took no connection server={} cause={}",
                        server.address(),
                        done.cause().getMessage());
                metrics.retried();
                found(server, HealthProbe.finding(done.cause()));
            }
            if (!waiting.gone) {
                waiting.tried.add(server);
                dial(waiting);
            }
        });
    }

    private void join(Server server, Client joined, NetSocket upstream) {
        server.accepted();
        joined.server = server;
        server.connections().put(joined.socket, upstream);
        Relay.join(joined.socket, upstream);
    }

    /** No server is fit: the client is kept for a moment, because in most cases one soon is. */
    private void await(Client waiting) {
        if (waiting.outOfTime) {
            reject(waiting);
            return;
        }
        waiting.tried.clear();
        long now = System.nanoTime();
        if (!waiting.queued) {
            waiting.queued = true;
            waiting.deadline = now + settings.queueTimeout().toNanos();
        }
        if (now >= waiting.deadline) {
            tryLast(waiting);
            return;
        }
        queue.addLast(waiting);
        vertx.setTimer(Math.max(1, (waiting.deadline - now) / 1_000_000), timer -> {
            if (queue.remove(waiting)) {
                tryLast(waiting);
            }
        });
    }

    /** Servers that say they are not ready may still do what they can, such as read while the stores have no majority. */
    private void tryLast(Client waiting) {
        waiting.outOfTime = true;
        dial(waiting);
    }

    private void reject(Client client) {
        metrics.rejected();
        Relay.reset(client.socket);
    }

    private void serveQueue() {
        for (int i = queue.size(); i > 0; i--) {
            Client waiting = queue.pollFirst();
            if (waiting != null && !waiting.gone) {
                dial(waiting);
            }
        }
    }

    /** Replaces the servers; connections of those that are taken out may last for the drain time-out. */
    void servers(List<ServerAddress> addresses) {
        for (Server removed : pool.set(addresses)) {
            removed.drain(true);
            endLater(removed);
        }
        checkAll();
    }

    /** Takes a server out of the choice, or back in. Its connections may last for the drain time-out. */
    void drain(Server server, boolean on) {
        server.drain(on);
        if (on) {
            endLater(server);
        } else {
            serveQueue();
        }
    }

    private void endLater(Server server) {
        vertx.setTimer(settings.drainTimeout().toMillis(), timer -> {
            if (server.draining()) {
                resetAll(server);
            }
        });
    }

    /** Takes no more clients, lets those that are there finish, and resets what is left after the drain time-out. */
    Future<Void> close() {
        closing = true;
        vertx.cancelTimer(checks);
        Promise<Void> drained = Promise.promise();
        long deadline = System.nanoTime() + settings.drainTimeout().toNanos();
        queue.forEach(waiting -> Relay.reset(waiting.socket));
        queue.clear();
        // Vert.x would close the accepted connections together with the listener; so it closes last.
        vertx.setPeriodic(DRAIN_POLL_MILLIS, timer -> {
            if (pool.connections() == 0 || System.nanoTime() > deadline) {
                vertx.cancelTimer(timer);
                pool.servers().forEach(this::resetAll);
                drained.complete();
            }
        });
        return drained.future()
                .compose(done -> listener == null ? Future.succeededFuture() : listener.close())
                .compose(done -> client.close())
                .compose(done -> probe.close());
    }
}
