package io.kvorum.kubelet.streaming;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySessionStatus;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of SPDY/3.1 on one wire. The client opens every stream. Window updates are neither sent nor heeded,
 * as by the SPDY library that all Go clients of Kubernetes share; a stream that is not read holds up the whole session
 * once {@link InboundQueue#HIGH_WATER} bytes wait in it, which then holds up the client.
 */
final class SpdySession {
    private static final Logger LOG = LoggerFactory.getLogger(SpdySession.class);
    /** How long a client may take for what is on its way to it. */
    private static final Duration LINGER = Duration.ofMinutes(1);

    /** Two for every forwarded connection. */
    private static final int MAX_STREAMS = 2 * 4096;

    private final Wire wire;
    private final Handler<ByteStream> opened;
    private final SpdyFrames frames = new SpdyFrames();
    private final Map<Integer, State> streams = new HashMap<>();
    private int lastStream;
    private int overfull;
    private boolean feeding;

    private static final class State {
        final ByteStream stream;
        boolean inEnded;
        boolean outEnded;

        State(ByteStream stream) {
            this.stream = stream;
        }
    }

    private final class StreamOut extends Outbound {
        private final int id;

        StreamOut(int id) {
            super(wire);
            this.id = id;
        }

        @Override
        void send(Buffer chunk) {
            if (streams.containsKey(id)) {
                SpdySession.this.send(new DefaultSpdyDataFrame(id, Unpooled.wrappedBuffer(chunk.getBytes())));
            }
        }

        @Override
        void sendEnd() {
            State state = streams.get(id);
            if (state != null) {
                SpdySession.this.send(new DefaultSpdyDataFrame(id).setLast(true));
                state.outEnded = true;
                forget(state);
            }
        }
    }

    /** @param opened told of each stream the client opens, which has been accepted already */
    SpdySession(Wire wire, Handler<ByteStream> opened) {
        this.wire = wire;
        this.opened = opened;
        wire.handler(this::receive);
        wire.onDrain(() -> List.copyOf(streams.values())
                .forEach(state -> state.stream.out().drained()));
        wire.onClose(() -> {
            List<State> open = List.copyOf(streams.values());
            streams.clear();
            open.forEach(state -> state.stream.in().end());
            if (!feeding) {
                frames.close();
            }
        });
    }

    private void receive(Buffer bytes) {
        feeding = true;
        try {
            frames.feed(bytes);
            for (SpdyFrame frame = frames.next(); frame != null; frame = frames.next()) {
                try {
                    handle(frame);
                } finally {
                    ReferenceCountUtil.release(frame);
                }
            }
        } catch (RuntimeException e) {
            LOG.warn("the client does not speak SPDY/3.1 cause={}", e.toString());
            wire.close();
        } finally {
            feeding = false;
        }
        if (wire.closed()) {
            frames.close();
        }
    }

    private void handle(SpdyFrame frame) {
        if (frame instanceof SpdySynStreamFrame open) {
            open(open);
        } else if (frame instanceof SpdyDataFrame data) {
            if (data.streamId() > lastStream) {
                throw new IllegalStateException("data for a stream that was never opened: " + data.streamId());
            }
            State state = streams.get(data.streamId());
            if (state == null || state.inEnded) {
                return;
            }
            byte[] bytes = new byte[data.content().readableBytes()];
            data.content().readBytes(bytes);
            state.stream.in().add(Buffer.buffer(bytes));
            if (data.isLast()) {
                inEnded(state);
            }
        } else if (frame instanceof SpdyRstStreamFrame reset) {
            State state = streams.remove(reset.streamId());
            if (state != null) {
                state.stream.in().end();
            }
        } else if (frame instanceof SpdyPingFrame ping && ping.id() % 2 != 0) {
            send(ping);
        }
        // Settings, window updates and further headers change nothing here; after a GOAWAY the client closes by itself.
    }

    private void open(SpdySynStreamFrame open) {
        int id = open.streamId();
        if (open.isInvalid() || open.isTruncated() || id <= lastStream || id % 2 == 0) {
            send(new DefaultSpdyRstStreamFrame(id, SpdyStreamStatus.PROTOCOL_ERROR));
            return;
        }
        lastStream = id;
        if (streams.size() >= MAX_STREAMS) {
            send(new DefaultSpdyRstStreamFrame(id, SpdyStreamStatus.REFUSED_STREAM));
            return;
        }
        Map<String, String> headers = new HashMap<>();
        open.headers()
                .forEach(header -> headers.put(
                        header.getKey().toString().toLowerCase(Locale.ROOT),
                        header.getValue().toString()));
        State state = new State(new ByteStream(id, headers, new InboundQueue(this::holdUp), new StreamOut(id)));
        streams.put(id, state);
        DefaultSpdySynReplyFrame reply = new DefaultSpdySynReplyFrame(id);
        // Netty leaves the whole block of headers out when there are none, which Go's library cannot read.
        reply.headers().set("status", "200");
        send(reply);
        if (open.isLast()) {
            inEnded(state);
        }
        opened.handle(state.stream);
    }

    private void inEnded(State state) {
        state.inEnded = true;
        state.stream.in().end();
        forget(state);
    }

    private void forget(State state) {
        if (state.inEnded && state.outEnded) {
            streams.remove(state.stream.id());
        }
    }

    /** Ends a stream both ways, whatever the client still sends. */
    void reset(ByteStream stream) {
        State state = streams.remove(stream.id());
        stream.in().discard();
        if (state != null) {
            send(new DefaultSpdyRstStreamFrame(stream.id(), SpdyStreamStatus.CANCEL));
        }
    }

    private void holdUp(boolean full) {
        overfull += full ? 1 : -1;
        if (full && overfull == 1) {
            wire.pause();
        } else if (!full && overfull == 0) {
            wire.resume();
        }
    }

    private void send(SpdyFrame frame) {
        if (!wire.closed()) {
            wire.write(frames.encode(frame));
        }
    }

    /**
     * Says good-bye. The client closes the wire when it has read everything; closed from here, what waits on the way to a
     * slow client could be lost with the connection.
     */
    void close() {
        send(new DefaultSpdyGoAwayFrame(lastStream, SpdySessionStatus.OK));
        wire.closeAfter(LINGER);
    }
}
