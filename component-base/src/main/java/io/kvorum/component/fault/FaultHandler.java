package io.kvorum.component.fault;

import io.kvorum.component.fault.FaultRule.Breaking;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The fault hook of Netty channels: the first handler of the pipeline, below TLS, so it sees the bytes as they meet the
 * socket. Without a rule for the peer it passes everything on. With one, writes and reads wait in queues and, when cut,
 * the socket is not read, so that even the peer's closing stays unseen. All calls on the channel's event loop but those
 * of {@link FaultLink}.
 */
final class FaultHandler extends ChannelDuplexHandler implements FaultLink {
    private final FaultRules rules;
    private final @Nullable InetAddress local;
    private final boolean accepted;
    private final HeldWrites writes = new HeldWrites();
    private final HeldReads reads = new HeldReads();
    private volatile @Nullable ChannelHandlerContext context;
    private volatile @Nullable String peer;
    private @Nullable LinkFault out;
    private @Nullable LinkFault in;
    /** Made while connections are being left half-open: this one works. */
    private boolean exempt;
    /** Half-open: lives at this end only. */
    private boolean forgotten;

    private boolean closing;
    private @Nullable Runnable heldConnect;

    /**
     * @param local address to dial out from; null leaves the choice to the system
     * @param accepted whether the peer opened the connection
     */
    FaultHandler(FaultRules rules, @Nullable InetAddress local, boolean accepted) {
        this.rules = rules;
        this.local = local;
        this.accepted = accepted;
    }

    @Override
    public @Nullable String peer() {
        return peer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        ctx.channel().closeFuture().addListener(closed -> {
            rules.remove(this);
            writes.dispose();
            if (closing || forgotten || LinkFault.isCut(in)) {
                reads.dispose();
            }
        });
        if (ctx.channel().isActive()) {
            began(ctx);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        reads.dispose();
    }

    private void began(ChannelHandlerContext ctx) {
        if (peer == null && ctx.channel().remoteAddress() instanceof InetSocketAddress remote) {
            peer = remote.getAddress().getHostAddress();
        }
        rules.add(this);
        exempt = LinkFault.has(rules.out(peer), Breaking.HALF_OPEN);
        refresh(ctx);
        if (accepted && LinkFault.has(in, Breaking.REFUSE)) {
            // Accepted by the kernel already; the nearest thing to a refusal.
            reset();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        began(ctx);
        ctx.fireChannelActive();
    }

    /** The peer's last words, though they were to come later, are heard before the end. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        reads.deliverAll(ctx);
        ctx.fireChannelInactive();
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        closing = true;
        ctx.close(promise);
    }

    // Connecting.

    @Override
    public void connect(
            ChannelHandlerContext ctx, SocketAddress remote, @Nullable SocketAddress from, ChannelPromise promise) {
        SocketAddress origin = from;
        if (remote instanceof InetSocketAddress target && target.getAddress() != null) {
            peer = target.getAddress().getHostAddress();
            if (origin == null
                    && local != null
                    && local.isLoopbackAddress() == target.getAddress().isLoopbackAddress()) {
                // A peer is known by the address it dials out from.
                origin = new InetSocketAddress(local, 0);
            }
        }
        rules.add(this);
        out = rules.out(peer);
        in = rules.in(peer);
        if (LinkFault.isCut(out) || LinkFault.isCut(in)) {
            holdConnect(ctx, remote, origin, promise);
        } else {
            dial(ctx, remote, origin, promise);
        }
    }

    private void dial(
            ChannelHandlerContext ctx, SocketAddress remote, @Nullable SocketAddress origin, ChannelPromise promise) {
        if (LinkFault.has(out, Breaking.REFUSE)) {
            promise.tryFailure(new ConnectException("Connection refused: " + remote));
            ctx.close();
        } else {
            ctx.connect(remote, origin, promise);
        }
    }

    /** The handshake is lost on the way: waits for the healing or the connect time-out. */
    private void holdConnect(
            ChannelHandlerContext ctx, SocketAddress remote, @Nullable SocketAddress origin, ChannelPromise promise) {
        int limit = ctx.channel().config().getConnectTimeoutMillis();
        ScheduledFuture<?> timeout = ctx.executor()
                .schedule(
                        () -> {
                            heldConnect = null;
                            if (promise.tryFailure(new ConnectTimeoutException(
                                    "connection timed out after " + limit + " ms: " + remote))) {
                                ctx.close();
                            }
                        },
                        limit,
                        TimeUnit.MILLISECONDS);
        heldConnect = () -> {
            timeout.cancel(false);
            dial(ctx, remote, origin, promise);
        };
    }

    // Passing.

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (forgotten) {
            HeldWrites.discard(message, promise);
            return;
        }
        LinkFault fault = out;
        if ((fault == null || !fault.cut() && !fault.slows()) && writes.isEmpty()) {
            ctx.write(message, promise);
            return;
        }
        if (fault != null && fault.rate() > 0 && message instanceof ByteBuf bytes) {
            // Small steps, so that a slow link trickles instead of jerking.
            int step = (int) Math.max(1460, Math.min(65_536, fault.rate() / 50));
            while (bytes.readableBytes() > step) {
                writes.hold(ctx, fault, bytes.readRetainedSlice(step), ctx.newPromise());
            }
        }
        writes.hold(ctx, fault, message, promise);
        writes.pump(ctx, out);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (writes.isEmpty()) {
            ctx.flush();
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        reads.ask(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reads.arrived(ctx, in, forgotten, message);
    }

    // Rules.

    private void refresh(ChannelHandlerContext ctx) {
        out = rules.out(peer);
        in = rules.in(peer);
        Runnable connect = heldConnect;
        if (connect != null) {
            if (!LinkFault.isCut(out) && !LinkFault.isCut(in)) {
                heldConnect = null;
                connect.run();
            }
            return;
        }
        Channel channel = ctx.channel();
        if (!channel.isRegistered()) {
            return;
        }
        if (LinkFault.has(out, Breaking.RESET)) {
            reset();
            return;
        }
        boolean halfOpen = LinkFault.has(out, Breaking.HALF_OPEN);
        exempt &= halfOpen;
        forgotten = halfOpen && !exempt && channel.isActive();
        if (forgotten) {
            writes.discardAll(ctx);
        }
        reads.refresh(ctx, in, forgotten);
        writes.pump(ctx, out);
    }

    @Override
    public void update() {
        ChannelHandlerContext ctx = context;
        if (ctx != null && ctx.channel().isRegistered()) {
            ctx.executor().execute(() -> refresh(ctx));
        }
    }

    @Override
    public void reset() {
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            ctx.executor().execute(() -> {
                if (ctx.channel() instanceof SocketChannel socket && socket.isOpen()) {
                    // Closing without lingering makes the kernel send a reset.
                    socket.config().setSoLinger(0);
                }
                ctx.close();
            });
        }
    }
}
