package io.kvorum.component.fault;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The fault hook of Netty channels: the first handler of the pipeline, below TLS, so it sees the bytes as they meet the
 * socket. Without a rule for the peer it passes everything on. With one, writes wait in a queue and, when cut, the
 * socket is not read, so that even the peer's closing stays unseen. All calls on the channel's event loop but those of
 * {@link FaultLink}.
 */
final class FaultHandler extends ChannelDuplexHandler implements FaultLink {
    /** Above this the channel says that it is not writable. */
    private static final int HIGH_WATER = 1 << 20;

    /** What the kernel's send buffer would have taken from a cut connection. */
    private static final int SEND_BUFFER = 1 << 18;

    /** Index of the user-defined writability flag that this handler sets. */
    private static final int WRITABILITY_FLAG = 31;

    private record Held(Object message, ChannelPromise promise, int size, long due) {}

    private final FaultRules rules;
    private final @Nullable InetAddress local;
    private final LinkSchedule schedule = new LinkSchedule(ThreadLocalRandom.current());
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private final ArrayDeque<Object> unread = new ArrayDeque<>();
    private volatile @Nullable ChannelHandlerContext context;
    private volatile @Nullable String peer;
    private @Nullable LinkFault out;
    private @Nullable LinkFault in;
    private long heldBytes;
    private boolean unwritable;
    private boolean timerSet;
    private boolean stalled;
    private boolean autoRead;
    private boolean readAsked;
    private @Nullable Runnable heldConnect;

    /** @param local address to dial out from; null leaves the choice to the system */
    FaultHandler(FaultRules rules, @Nullable InetAddress local) {
        this.rules = rules;
        this.local = local;
    }

    private static boolean cut(@Nullable LinkFault fault) {
        return fault != null && fault.cut();
    }

    @Override
    public @Nullable String peer() {
        return peer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        ctx.channel().closeFuture().addListener(closed -> dispose());
        if (ctx.channel().isActive()) {
            began(ctx);
        }
    }

    private void dispose() {
        rules.remove(this);
        for (Held write = held.poll(); write != null; write = held.poll()) {
            ReferenceCountUtil.release(write.message);
            write.promise.tryFailure(new ClosedChannelException());
        }
        for (Object message = unread.poll(); message != null; message = unread.poll()) {
            ReferenceCountUtil.release(message);
        }
    }

    private void began(ChannelHandlerContext ctx) {
        if (peer == null && ctx.channel().remoteAddress() instanceof InetSocketAddress remote) {
            peer = remote.getAddress().getHostAddress();
        }
        rules.add(this);
        refresh(ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        began(ctx);
        ctx.fireChannelActive();
    }

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
        if (cut(out) || cut(in)) {
            holdConnect(ctx, remote, origin, promise);
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
            ctx.connect(remote, origin, promise);
        };
    }

    // Outbound.

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        LinkFault fault = out;
        if (fault == null && held.isEmpty()) {
            ctx.write(message, promise);
            return;
        }
        if (fault != null && fault.rate() > 0 && message instanceof ByteBuf bytes) {
            // Small steps, so that a slow link trickles instead of jerking.
            int step = (int) Math.max(1460, Math.min(65_536, fault.rate() / 50));
            while (bytes.readableBytes() > step) {
                hold(ctx, bytes.readRetainedSlice(step), ctx.newPromise());
            }
        }
        hold(ctx, message, promise);
        pump(ctx);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (held.isEmpty()) {
            ctx.flush();
        }
    }

    private void hold(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        LinkFault fault = out;
        int size = message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
        long now = System.nanoTime();
        long due = fault == null ? now : schedule.due(fault, now, size);
        ChannelPromise last = promise;
        if (cut(fault) && heldBytes < SEND_BUFFER) {
            // The kernel's send buffer would take it, so who closes after his last write must not wait for the healing.
            promise.trySuccess();
            last = ctx.newPromise();
        }
        held.add(new Held(message, last, size, due));
        heldBytes += size;
        writability(ctx);
    }

    private void writability(ChannelHandlerContext ctx) {
        boolean now = heldBytes > HIGH_WATER;
        if (now != unwritable) {
            unwritable = now;
            ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
            if (buffer != null) {
                buffer.setUserDefinedWritability(WRITABILITY_FLAG, !now);
            }
        }
    }

    private void pump(ChannelHandlerContext ctx) {
        boolean wrote = false;
        long now = System.nanoTime();
        Held next = held.peek();
        while (next != null && !cut(out) && (out == null || next.due <= now)) {
            held.poll();
            heldBytes -= next.size;
            ctx.write(next.message, next.promise);
            wrote = true;
            next = held.peek();
        }
        if (wrote) {
            ctx.flush();
            writability(ctx);
        }
        if (next == null) {
            schedule.drained();
        } else if (!cut(out) && !timerSet) {
            timerSet = true;
            ctx.executor()
                    .schedule(
                            () -> {
                                timerSet = false;
                                pump(ctx);
                            },
                            Math.max(0, next.due - now),
                            TimeUnit.NANOSECONDS);
        }
    }

    // Inbound.

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (stalled) {
            readAsked = true;
        } else {
            ctx.read();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (stalled || !unread.isEmpty()) {
            unread.add(message);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private void refresh(ChannelHandlerContext ctx) {
        out = rules.out(peer);
        in = rules.in(peer);
        Runnable connect = heldConnect;
        if (connect != null) {
            if (!cut(out) && !cut(in)) {
                heldConnect = null;
                connect.run();
            }
            return;
        }
        Channel channel = ctx.channel();
        if (!channel.isRegistered()) {
            return;
        }
        if (cut(in) && !stalled) {
            autoRead = channel.config().isAutoRead();
            stalled = true;
            channel.config().setAutoRead(false);
        } else if (!cut(in) && stalled) {
            resume(ctx);
        }
        pump(ctx);
    }

    private void resume(ChannelHandlerContext ctx) {
        stalled = false;
        boolean any = !unread.isEmpty();
        for (Object message = unread.poll(); message != null; message = unread.poll()) {
            ctx.fireChannelRead(message);
        }
        if (any) {
            ctx.fireChannelReadComplete();
        }
        if (autoRead) {
            ctx.channel().config().setAutoRead(true);
        }
        if (readAsked || autoRead) {
            readAsked = false;
            ctx.read();
        }
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
                if (ctx.channel() instanceof SocketChannel socket) {
                    // Closing without lingering makes the kernel send a reset.
                    socket.config().setSoLinger(0);
                }
                ctx.close();
            });
        }
    }
}
