package io.kvorum.component.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/**
 * Joins two TCP connections: what one sends is written to the other; a full outgoing buffer stops the reading on the
 * other side; an end of sending (FIN) is handed on alone, so that the answer to a half-closed request still flows; a
 * reset is handed on as a reset.
 *
 * <p>It works on the Netty channels below Vert.x' sockets, since those know no half-close, but above the handlers at the
 * head of the pipeline, where faults are injected. Both channels live on one event loop.
 */
public final class Relay {
    /** A connection may be ended between two requests when nothing has passed for this long. */
    private static final long IDLE_END_MILLIS = 500;

    private static final String NAME = "relay";

    private Relay() {}

    /** Stops reading from a connection that was just accepted, until {@link #join}. */
    public static void hold(NetSocket socket) {
        channel(socket).config().setAutoRead(false);
    }

    /** Ends a connection with a reset, which a client takes for a refusal rather than for an empty answer. */
    public static void reset(NetSocket socket) {
        reset(channel(socket));
    }

    /** The same for a channel. */
    public static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    /** Joins two connections, of which the first is held ({@link #hold}) and neither was read from. */
    public static void join(NetSocket client, NetSocket upstream) {
        Side a = new Side();
        install(client, a);
        join(a, upstream);
    }

    /** The same for a connection that was accepted by hand and reads nothing yet. */
    public static void join(Channel client, NetSocket upstream) {
        Side a = new Side();
        configure(client);
        client.pipeline().addLast(NAME, a);
        join(a, upstream);
    }

    private static void join(Side a, NetSocket upstream) {
        Side b = new Side();
        a.other = b;
        b.other = a;
        install(upstream, b);
        // Both sides are in place: only now may either read, since reading one writes to the other.
        a.start();
        b.start();
    }

    private static Channel channel(NetSocket socket) {
        return ((NetSocketInternal) socket).channelHandlerContext().channel();
    }

    private static void install(NetSocket socket, Side side) {
        ChannelHandlerContext own = ((NetSocketInternal) socket).channelHandlerContext();
        Channel channel = own.channel();
        configure(channel);
        own.pipeline().addBefore(own.name(), NAME, side);
    }

    private static void configure(Channel channel) {
        channel.config().setAutoRead(false);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    }

    /**
     * Ends a client's connection if it is between two requests, as far as that can be seen: something was sent to the
     * client last, and nothing has passed for a moment.
     */
    public static void endIfIdle(Channel client) {
        if (client.pipeline().get(NAME) instanceof Side side
                && side.quietMillis() >= IDLE_END_MILLIS
                && side.answered()) {
            side.close();
            side.peer().close();
        }
    }

    /** The handler in one of the two channels. */
    private static final class Side extends ChannelInboundHandlerAdapter {
        private @Nullable ChannelHandlerContext own;
        private @Nullable Side other;
        private boolean inputEnded;
        private boolean spoke;
        private long lastRead = System.nanoTime();

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            own = ctx;
        }

        private void start() {
            ChannelHandlerContext ctx = context();
            if (ctx.channel().isActive()) {
                ctx.channel().config().setAutoRead(true);
            } else {
                peer().close();
            }
        }

        /** How long nothing came from either side. */
        private long quietMillis() {
            return (System.nanoTime() - Math.max(lastRead, peer().lastRead)) / 1_000_000;
        }

        /** Whether the other side spoke last; a connection that nothing came over yet may wait for its first request. */
        private boolean answered() {
            return peer().spoke && peer().lastRead - lastRead >= 0;
        }

        private ChannelHandlerContext context() {
            if (own == null) {
                throw new IllegalStateException("the relay is not in its pipeline yet");
            }
            return own;
        }

        private Side peer() {
            if (other == null) {
                throw new IllegalStateException("the relay has no other side yet");
            }
            return other;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            spoke = true;
            lastRead = System.nanoTime();
            ChannelHandlerContext out = peer().context();
            out.writeAndFlush(message);
            if (!out.channel().isWritable()) {
                ctx.channel().config().setAutoRead(false);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            Channel source = peer().context().channel();
            source.config().setAutoRead(ctx.channel().isWritable());
            ctx.fireChannelWritabilityChanged();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                inputEnded = true;
                peer().endOutput();
            } else {
                ctx.fireUserEventTriggered(event);
            }
        }

        /** After what is written already: sends the FIN, and closes when the other direction has ended too. */
        private void endOutput() {
            ChannelHandlerContext ctx = context();
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
                if (inputEnded || !flushed.isSuccess()) {
                    ctx.channel().close();
                    peer().close();
                } else if (ctx.channel() instanceof DuplexChannel duplex) {
                    duplex.shutdownOutput();
                } else {
                    ctx.channel().close();
                }
            });
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            peer().close();
            ctx.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // In practice "connection reset": each side must see it as such, lest half an answer pass for a whole one.
            reset(peer().context().channel());
            reset(ctx.channel());
        }

        /** After what is written already. */
        private void close() {
            ChannelHandlerContext ctx = context();
            if (ctx.channel().isActive()) {
                ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(flushed -> ctx.channel().close());
            }
        }
    }
}
