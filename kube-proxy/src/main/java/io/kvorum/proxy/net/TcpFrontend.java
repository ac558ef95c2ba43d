package io.kvorum.proxy.net;

import io.kvorum.client.Timers;
import io.kvorum.component.net.Relay;
import io.kvorum.proxy.rules.Balancer;
import io.kvorum.proxy.rules.Endpoint;
import io.kvorum.proxy.rules.Frontend;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClient;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts TCP connections at a service address and joins each to one to an endpoint. */
final class TcpFrontend implements FrontendSocket {
    private static final Logger LOG = LoggerFactory.getLogger(TcpFrontend.class);
    /** A connection that found this many endpoints dead is given up. */
    private static final int MAX_TRIES = 16;

    private final ContextInternal context;
    private final Acceptor acceptor;
    private final NetClient client;
    private final Connections connections;
    private final @Nullable Supplier<ChannelHandler> hook;
    private final Timers timers;
    private final Balancer balancer = new Balancer();
    private final ProxyMetrics metrics;
    private Frontend frontend;
    private Acceptor.@Nullable Listener listener;

    /**
     * Its connections are on the event loop of the present context.
     *
     * @param client dials with the time-out of one try, from this component's own address
     * @param connections told of every connection that is accepted
     * @param hook for every connection that is accepted, null for none
     */
    TcpFrontend(
            Vertx vertx,
            Acceptor acceptor,
            NetClient client,
            Timers timers,
            Frontend frontend,
            ProxyMetrics metrics,
            Connections connections,
            @Nullable Supplier<ChannelHandler> hook) {
        this.context = (ContextInternal) vertx.getOrCreateContext();
        this.acceptor = acceptor;
        this.client = client;
        this.connections = connections;
        this.hook = hook;
        this.timers = timers;
        this.frontend = frontend;
        this.metrics = metrics;
        update(frontend);
    }

    @Override
    public Future<Void> listen() {
        InetSocketAddress address = new InetSocketAddress(
                frontend.listen().address(), frontend.listen().port());
        return Future.fromCompletionStage(acceptor.listen(address, shareable(frontend), this::register), context)
                .map(opened -> {
                    listener = opened;
                    return null;
                });
    }

    @Override
    public void update(Frontend frontend) {
        this.frontend = frontend;
        balancer.update(frontend.endpoints(), frontend.affinity());
    }

    @Override
    public Future<Void> close() {
        return listener == null
                ? Future.succeededFuture()
                : Future.fromCompletionStage(listener.close(), context).mapEmpty();
    }

    /** Where a client has to come back to its endpoint, all its connections must go through the proxy that knows it. */
    static boolean shareable(Frontend frontend) {
        return frontend.affinity() == null;
    }

    /** Gives an accepted connection to the event loop; on the acceptor's thread. */
    private void register(SocketChannel accepted) {
        Channel socket = new NioSocketChannel(null, accepted);
        socket.config().setAutoRead(false);
        socket.config().setOption(ChannelOption.TCP_NODELAY, true);
        socket.pipeline().addLast("accept", new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                ctx.pipeline().remove(this);
                context.emit(ctx.channel(), TcpFrontend.this::accept);
            }
        });
        if (hook != null) {
            socket.pipeline().addFirst("fault", hook.get());
        }
        connections.add(socket);
        context.nettyEventLoop().register(socket);
    }

    private void accept(Channel socket) {
        metrics.accepted();
        if (socket.remoteAddress() instanceof InetSocketAddress from) {
            dial(socket, from.getAddress().getHostAddress(), new HashSet<>());
        } else {
            socket.close(); // reset before it was looked at
        }
    }

    private void dial(Channel socket, String from, Set<Endpoint> tried) {
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
