package io.kvorum.component.fault;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a channel wrote and a fault holds back, in order. On the channel's event loop. */
final class HeldWrites {
    /** Above this the channel says that it is not writable. */
    private static final int HIGH_WATER = 1 << 20;

    /** What the kernel's send buffer would have taken from a cut connection. */
    private static final int SEND_BUFFER = 1 << 18;

    /** Index of the user-defined writability flag that is set. */
    private static final int WRITABILITY_FLAG = 31;

    private record Held(Object message, ChannelPromise promise, int size, long due) {}

    private final LinkSchedule schedule = new LinkSchedule(ThreadLocalRandom.current());
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private long bytes;
    private boolean unwritable;
    private boolean timerSet;
    private @Nullable LinkFault current;

    boolean isEmpty() {
        return held.isEmpty();
    }

    void hold(ChannelHandlerContext ctx, @Nullable LinkFault fault, Object message, ChannelPromise promise) {
        int size = message instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
        long now = System.nanoTime();
        long due = fault == null ? now : schedule.due(fault, now, size);
        ChannelPromise last = promise;
        if (LinkFault.isCut(fault) && bytes < SEND_BUFFER) {
            // The kernel's send buffer would take it, so who closes after his last write must not wait for the healing.
            promise.trySuccess();
            last = ctx.newPromise();
        }
        held.add(new Held(message, last, size, due));
        bytes += size;
        writability(ctx);
    }

    private void writability(ChannelHandlerContext ctx) {
        boolean now = bytes > HIGH_WATER;
        if (now != unwritable) {
            unwritable = now;
            ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
            if (buffer != null) {
                buffer.setUserDefinedWritability(WRITABILITY_FLAG, !now);
            }
        }
    }

    /** Writes what is due under {@code fault}, all of it under none, and comes back for the rest. */
    void pump(ChannelHandlerContext ctx, @Nullable LinkFault fault) {
        current = fault;
        boolean wrote = false;
        long now = System.nanoTime();
        Held next = held.peek();
        while (next != null && !LinkFault.isCut(fault) && (fault == null || next.due <= now)) {
            held.poll();
            bytes -= next.size;
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
        } else if (!LinkFault.isCut(fault) && !timerSet) {
            timerSet = true;
            ctx.executor()
                    .schedule(
                            () -> {
                                timerSet = false;
                                pump(ctx, current);
                            },
                            Math.max(0, next.due - now),
                            TimeUnit.NANOSECONDS);
        }
    }

    /** As written as the kernel would say, and gone. */
    static void discard(Object message, ChannelPromise promise) {
        ReferenceCountUtil.release(message);
        promise.trySuccess();
    }

    void discardAll(ChannelHandlerContext ctx) {
        for (Held write = held.poll(); write != null; write = held.poll()) {
            discard(write.message, write.promise);
        }
        bytes = 0;
        writability(ctx);
    }

    /** The channel is closed. */
    void dispose() {
        for (Held write = held.poll(); write != null; write = held.poll()) {
            ReferenceCountUtil.release(write.message);
            write.promise.tryFailure(new ClosedChannelException());
        }
    }
}
