package io.kvorum.component.fault;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What came over a channel and a fault holds back, in order; and whether the socket is read at all. What a peer that has
 * no hook of its own sends is delayed here; hooked peers delay what they send themselves. On the channel's event loop.
 */
final class HeldReads {
    /** With more than this waiting, the socket is left alone, so that a slow link pushes back. */
    private static final int HIGH_WATER = 1 << 18;

    private record Held(Object message, int size, long due) {}

    private final LinkSchedule schedule = new LinkSchedule(ThreadLocalRandom.current());
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private long bytes;
    private boolean timerSet;
    private boolean forgotten;
    private boolean blocked;
    private boolean stalled;
    private boolean autoRead;
    private boolean readAsked;
    private @Nullable LinkFault current;

    /** The pipeline asks for more. */
    void ask(ChannelHandlerContext ctx) {
        if (stalled) {
            readAsked = true;
        } else {
            ctx.read();
        }
    }

    void arrived(ChannelHandlerContext ctx, @Nullable LinkFault fault, boolean forgotten, Object message) {
        boolean slows = fault != null && fault.slows();
        if (!blocked && !slows && held.isEmpty()) {
            ctx.fireChannelRead(message);
            return;
        }
        int size = message instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
        long now = System.nanoTime();
        held.add(new Held(message, size, slows && fault != null ? schedule.due(fault, now, size) : now));
        bytes += size;
        refresh(ctx, fault, forgotten);
    }

    /** Delivers what is due and decides whether to read on. */
    void refresh(ChannelHandlerContext ctx, @Nullable LinkFault fault, boolean forgotten) {
        current = fault;
        this.forgotten = forgotten;
        blocked = forgotten || LinkFault.isCut(fault);
        if (!blocked) {
            deliver(ctx);
        }
        boolean stall = blocked || bytes > HIGH_WATER;
        if (stall && !stalled) {
            autoRead = ctx.channel().config().isAutoRead();
            stalled = true;
            ctx.channel().config().setAutoRead(false);
        } else if (!stall && stalled) {
            stalled = false;
            boolean wanted = readAsked || autoRead;
            readAsked = false;
            if (autoRead) {
                ctx.channel().config().setAutoRead(true);
            }
            if (wanted) {
                ctx.read();
            }
        }
    }

    private void deliver(ChannelHandlerContext ctx) {
        long now = System.nanoTime();
        boolean any = false;
        Held next = held.peek();
        while (next != null && (current == null || next.due <= now)) {
            held.poll();
            bytes -= next.size;
            any = true;
            ctx.fireChannelRead(next.message);
            next = held.peek();
        }
        if (any) {
            ctx.fireChannelReadComplete();
        }
        if (next == null) {
            schedule.drained();
        } else if (!timerSet) {
            timerSet = true;
            ctx.executor()
                    .schedule(
                            () -> {
                                timerSet = false;
                                refresh(ctx, current, forgotten);
                            },
                            Math.max(0, next.due - now),
                            TimeUnit.NANOSECONDS);
        }
    }

    /** The connection has ended: what came before its end is delivered first. */
    void deliverAll(ChannelHandlerContext ctx) {
        boolean any = false;
        for (Held next = held.poll(); next != null; next = held.poll()) {
            any = true;
            ctx.fireChannelRead(next.message);
        }
        bytes = 0;
        if (any) {
            ctx.fireChannelReadComplete();
        }
    }

    void dispose() {
        for (Held next = held.poll(); next != null; next = held.poll()) {
            ReferenceCountUtil.release(next.message);
        }
        bytes = 0;
    }
}
