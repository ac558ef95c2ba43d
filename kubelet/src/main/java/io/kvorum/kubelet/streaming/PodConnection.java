package io.kvorum.kubelet.streaming;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection to a pod whose two directions end apart, which Vert.x' sockets do not know: {@link #end} sends what is
 * written and then the end (FIN); the end handler runs at the other's end. Ended both ways, it closes.
 *
 * <p>It works on the Netty channel below the socket, above the handlers that inject faults. Paused from the start.
 */
final class PodConnection implements ReadStream<Buffer>, WriteStream<Buffer> {
    private final Channel channel;
    private boolean inEnded;
    private boolean outEnded;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Handler<Void> drainHandler;

    /** Takes over a connection that was just made, on its event loop. */
    PodConnection(NetSocket socket) {
        ChannelHandlerContext own = ((NetSocketInternal) socket).channelHandlerContext();
        this.channel = own.channel();
        channel.config().setAutoRead(false);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        own.pipeline().addBefore(own.name(), "pod-connection", new Side());
    }

    private final class Side extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf content = (ByteBuf) message;
            try {
                byte[] bytes = new byte[content.readableBytes()];
                content.readBytes(bytes);
                if (handler != null && !inEnded) {
                    handler.handle(Buffer.buffer(bytes));
                }
            } finally {
                content.release();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                inEnded();
            } else {
                ctx.fireUserEventTriggered(event);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (ctx.channel().isWritable() && drainHandler != null) {
                drainHandler.handle(null);
            }
            ctx.fireChannelWritabilityChanged();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            outEnded = true;
            inEnded();
            if (drainHandler != null) {
                drainHandler.handle(null);
            }
            ctx.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // In practice "connection reset".
            ctx.channel().close();
        }
    }

    private void inEnded() {
        if (!inEnded) {
            inEnded = true;
            if (endHandler != null) {
                endHandler.handle(null);
            }
            closeIfOver();
        }
    }

    private void closeIfOver() {
        if (inEnded && outEnded) {
            close();
        }
    }

    @Override
    public Future<Void> write(Buffer chunk) {
        if (!outEnded) {
            channel.writeAndFlush(Unpooled.wrappedBuffer(chunk.getBytes()));
        }
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
        if (!outEnded) {
            outEnded = true;
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
                if (inEnded || !(channel instanceof DuplexChannel)) {
                    channel.close();
                } else {
                    ((DuplexChannel) channel).shutdownOutput();
                }
            });
        }
        return Future.succeededFuture();
    }

    /** Ends both ways, after what is written. */
    void close() {
        inEnded = true;
        outEnded = true;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> channel.close());
    }

    @Override
    public boolean writeQueueFull() {
        return !outEnded && !channel.isWritable();
    }

    @Override
    public PodConnection handler(@Nullable Handler<Buffer> handler) {
        this.handler = handler;
        return this;
    }

    @Override
    public PodConnection endHandler(@Nullable Handler<Void> handler) {
        endHandler = handler;
        return this;
    }

    @Override
    public PodConnection exceptionHandler(@Nullable Handler<Throwable> handler) {
        // A broken connection closes; that is told as its end.
        return this;
    }

    @Override
    public PodConnection drainHandler(@Nullable Handler<Void> handler) {
        drainHandler = handler;
        return this;
    }

    @Override
    public PodConnection setWriteQueueMaxSize(int size) {
        // The channel's own marks hold.
        return this;
    }

    @Override
    public PodConnection pause() {
        channel.config().setAutoRead(false);
        return this;
    }

    @Override
    public PodConnection resume() {
        channel.config().setAutoRead(true);
        return this;
    }

    @Override
    public PodConnection fetch(long amount) {
        return resume();
    }
}
