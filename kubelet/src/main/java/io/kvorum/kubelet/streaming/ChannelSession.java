package io.kvorum.kubelet.streaming;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbered channels on one WebSocket. All are there from the start. A channel that is not read holds up all of them once
 * {@link InboundQueue#HIGH_WATER} bytes wait in it.
 */
final class ChannelSession {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelSession.class);

    private final ServerWebSocket socket;
    private final Wire wire;
    private final SubProtocol protocol;
    private final ChannelFraming framing;
    private final List<ByteStream> channels = new ArrayList<>();
    private int overfull;

    private final class ChannelOut extends Outbound {
        private final int channel;

        ChannelOut(int channel) {
            super(wire);
            this.channel = channel;
        }

        @Override
        void send(Buffer chunk) {
            ChannelSession.this.send(channel, chunk);
        }

        @Override
        void sendEnd() {
            // The protocols have no word for it from the server; the connection's close says it.
        }
    }

    /** @param wire of the same socket */
    ChannelSession(ServerWebSocket socket, Wire wire, SubProtocol protocol, int count) {
        this.socket = socket;
        this.wire = wire;
        this.protocol = protocol;
        this.framing = new ChannelFraming(protocol.base64());
        for (int number = 0; number < count; number++) {
            channels.add(new ByteStream(number, Map.of(), new InboundQueue(this::holdUp), new ChannelOut(number)));
        }
        socket.frameHandler(this::receive);
        wire.onDrain(() -> channels.forEach(channel -> channel.out().drained()));
        wire.onClose(() -> channels.forEach(channel -> channel.in().end()));
    }

    ByteStream channel(int number) {
        return channels.get(number);
    }

    /** An empty message, by which a client sees that the other side is there. */
    void greet(int channel) {
        send(channel, Buffer.buffer());
    }

    private void send(int channel, Buffer bytes) {
        if (wire.closed()) {
            return;
        }
        Buffer message = ChannelFraming.message(protocol.base64(), channel, bytes);
        WriteStream<Buffer> out = socket;
        if (protocol.base64()) {
            socket.writeTextMessage(message.toString());
        } else {
            out.write(message);
        }
        wire.used();
    }

    private void receive(WebSocketFrame frame) {
        if (!frame.isBinary() && !frame.isText() && !frame.isContinuation()) {
            return;
        }
        try {
            ChannelFraming.Piece piece = framing.feed(frame.binaryData(), frame.isFinal());
            if (piece != null) {
                take(piece);
            }
        } catch (IllegalArgumentException e) {
            LOG.warn("the client does not speak {} cause={}", protocol.name(), e.getMessage());
            wire.close();
        }
    }

    private void take(ChannelFraming.Piece piece) {
        if (piece.channel() == ChannelFraming.CLOSE && protocol.closesChannels()) {
            int closed = piece.bytes().getUnsignedByte(0);
            if (closed < channels.size()) {
                channels.get(closed).in().end();
            }
        } else if (piece.channel() < channels.size()) {
            channels.get(piece.channel()).in().add(piece.bytes());
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

    void close() {
        wire.close();
    }
}
