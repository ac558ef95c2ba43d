package io.kvorum.component.fault;

import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.ChannelInitializer;
import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.InboundHandler;
import com.hazelcast.internal.networking.OutboundHandler;
import io.kvorum.component.fault.FaultRule.Breaking;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fault hook of Hazelcast's channels: one handler at the socket end of each pipeline that moves bytes, or, by the
 * rules for the peer, holds them. Handlers run on Hazelcast's I/O threads.
 */
final class HazelcastLink implements FaultLink {
    private static final Logger LOG = LoggerFactory.getLogger(HazelcastLink.class);

    /** Hazelcast keeps asking a blocked inbound handler; without a pause its I/O thread would spin while a link is cut. */
    private static final long BLOCKED_PAUSE_NANOS = 1_000_000;

    private static final long MAX_HELD_BYTES = 4 << 20;

    private final FaultRules rules;
    private final Channel channel;
    private final Inbound inbound = new Inbound();
    private final Outbound outbound = new Outbound();
    private volatile @Nullable String peer;
    /** Made while connections are being left half-open: this one works. */
    private volatile boolean exempt;
    /** Half-open: lives at this end only. */
    private volatile boolean forgotten;

    private HazelcastLink(FaultRules rules, Channel channel) {
        this.rules = rules;
        this.channel = channel;
    }

    /** Wraps the initializer of a channel so that the hook sits next to the socket on both sides. */
    static ChannelInitializer around(ChannelInitializer initializer, FaultRules rules) {
        return channel -> {
            HazelcastLink link = new HazelcastLink(rules, channel);
            channel.inboundPipeline().addLast(link.inbound);
            initializer.initChannel(channel);
            channel.outboundPipeline().addLast(link.outbound);
            link.outbound.handshakeBegins();
            rules.add(link);
            channel.addCloseListener(closed -> rules.remove(link));
        };
    }

    @Override
    public @Nullable String peer() {
        if (peer == null
                && channel.remoteSocketAddress() instanceof InetSocketAddress remote
                && remote.getAddress() != null) {
            peer = remote.getAddress().getHostAddress();
        }
        return peer;
    }

    /** On the first byte either way: the peer is known from then on. */
    private void begins() {
        LinkFault in = rules.in(peer());
        LinkFault out = rules.out(peer());
        exempt = LinkFault.has(out, Breaking.HALF_OPEN);
        LinkFault opened = channel.isClientMode() ? out : in;
        if (LinkFault.has(out, Breaking.RESET) || LinkFault.has(opened, Breaking.REFUSE)) {
            reset();
        }
    }

    @Override
    public void update() {
        LinkFault in = rules.in(peer());
        LinkFault out = rules.out(peer());
        inbound.fault = in;
        outbound.fault = out;
        boolean halfOpen = LinkFault.has(out, Breaking.HALF_OPEN);
        exempt &= halfOpen;
        forgotten = halfOpen && !exempt;
        if (LinkFault.has(out, Breaking.RESET)) {
            reset();
            return;
        }
        channel.inboundPipeline().wakeup();
        channel.outboundPipeline().wakeup();
    }

    /**
     * Hazelcast learns of a closed channel only when it reads or writes it the next time, and while it waits for the answer
     * to its handshake it does neither: it would take the connection for one that is being made for ever.
     */
    @Override
    public void reset() {
        try {
            channel.socket().setSoLinger(true, 0);
            channel.close();
            channel.inboundPipeline().wakeup();
        } catch (IOException e) {
            LOG.warn("Could not reset the connection to {}: {}", peer, e.toString());
        }
    }

    /** Copies what fits; true when something is left. */
    private static boolean move(ByteBuffer from, ByteBuffer to) {
        int count = Math.min(from.remaining(), to.remaining());
        int limit = from.limit();
        from.limit(from.position() + count);
        to.put(from);
        from.limit(limit);
        return from.hasRemaining();
    }

    private final class Inbound extends InboundHandler<ByteBuffer, ByteBuffer> {
        private volatile @Nullable LinkFault fault;
        private boolean begun;

        @Override
        public void handlerAdded() {
            initSrcBuffer();
        }

        @Override
        public HandlerStatus onRead() {
            if (!begun) {
                begun = true;
                fault = rules.in(peer());
                begins();
            }
            if (forgotten || LinkFault.isCut(fault)) {
                LockSupport.parkNanos(BLOCKED_PAUSE_NANOS);
                return HandlerStatus.BLOCKED;
            }
            src.flip();
            int before = src.remaining();
            boolean more = move(src, dst);
            boolean moved = src.remaining() < before;
            if (more) {
                src.compact();
            } else {
                src.clear();
            }
            return more && moved ? HandlerStatus.DIRTY : HandlerStatus.CLEAN;
        }
    }

    private final class Outbound extends OutboundHandler<ByteBuffer, ByteBuffer> {
        private record Held(byte[] bytes, long due) {}

        private final LinkSchedule schedule = new LinkSchedule(ThreadLocalRandom.current());
        private final ArrayDeque<Held> held = new ArrayDeque<>();
        private volatile @Nullable LinkFault fault;
        private @Nullable ByteBuffer handshake;
        private boolean begun;
        private long heldBytes;
        private int headOffset;

        @Override
        public void handlerAdded() {
            initDstBuffer();
        }

        /** The protocol encoder, whose buffer this is, is replaced when the peer has answered. */
        void handshakeBegins() {
            handshake = src;
        }

        /**
         * The status when nothing is left to write. Before the peer has answered the handshake, Hazelcast's pipeline would
         * turn without pause when packets wait for it, and so starve every other connection; the protocol encoder wakes it
         * when the answer is there. A turn that wrote the protocol must be followed by one more, though, which replaces the
         * encoder.
         */
        private HandlerStatus drained(boolean wrote) {
            return src == handshake && !wrote ? HandlerStatus.BLOCKED : HandlerStatus.CLEAN;
        }

        @Override
        public HandlerStatus onWrite() {
            if (!begun) {
                begun = true;
                fault = rules.out(peer());
                begins();
            }
            LinkFault now = fault;
            dst.compact();
            try {
                if (forgotten) {
                    // On its way to a peer that knows nothing of this connection any more.
                    src.position(src.limit());
                    held.clear();
                    heldBytes = 0;
                    headOffset = 0;
                    return HandlerStatus.CLEAN;
                }
                if (now != null && now.cut()) {
                    return HandlerStatus.BLOCKED;
                }
                if (now == null && held.isEmpty()) {
                    boolean wrote = src.hasRemaining();
                    return move(src, dst) ? HandlerStatus.DIRTY : drained(wrote);
                }
                return delayed(now);
            } finally {
                dst.flip();
            }
        }

        private HandlerStatus delayed(@Nullable LinkFault now) {
            long time = System.nanoTime();
            boolean wrote = src.hasRemaining();
            if (now != null && src.hasRemaining() && heldBytes < MAX_HELD_BYTES) {
                byte[] bytes = new byte[src.remaining()];
                src.get(bytes);
                held.add(new Held(bytes, schedule.due(now, time, bytes.length)));
                heldBytes += bytes.length;
            }
            Held head = held.peek();
            while (head != null && (now == null || head.due <= time)) {
                int count = Math.min(head.bytes.length - headOffset, dst.remaining());
                dst.put(head.bytes, headOffset, count);
                headOffset += count;
                heldBytes -= count;
                if (headOffset < head.bytes.length) {
                    return HandlerStatus.DIRTY;
                }
                held.poll();
                headOffset = 0;
                head = held.peek();
            }
            if (head == null) {
                schedule.drained();
                return src.hasRemaining() ? HandlerStatus.DIRTY : drained(wrote);
            }
            rules.later(() -> channel.outboundPipeline().wakeup(), Math.max(1, head.due - time));
            return HandlerStatus.BLOCKED;
        }
    }
}
