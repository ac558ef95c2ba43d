package io.kvorum.kubelet.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the framings make of bytes that come in pieces of any size; each seed is another run. */
class FramingTest {
    private static byte[] bytes(Random random, int most) {
        byte[] bytes = new byte[random.nextInt(most) + 1];
        random.nextBytes(bytes);
        return bytes;
    }

    private static List<Buffer> pieces(Random random, Buffer whole) {
        List<Buffer> pieces = new ArrayList<>();
        for (int at = 0; at < whole.length(); ) {
            int end = Math.min(whole.length(), at + 1 + random.nextInt(random.nextBoolean() ? 7 : 9000));
            pieces.add(whole.getBuffer(at, end));
            at = end;
        }
        return pieces;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void spdyFramesSurviveAnySplit(long seed) {
        Random random = new Random(seed);
        Map<Integer, ByteArrayOutputStream> sent = new HashMap<>();
        Buffer wire = Buffer.buffer();
        try (SpdyFrames client = new SpdyFrames()) {
            for (int i = 0; i < 60; i++) {
                int id = 1 + 2 * random.nextInt(10);
                if (sent.putIfAbsent(id, new ByteArrayOutputStream()) == null) {
                    var open = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
                    open.headers().add("streamtype", "data").add("requestid", Integer.toString(id));
                    wire.appendBuffer(client.encode(open));
                }
                byte[] content = bytes(random, 70_000);
                sent.get(id).writeBytes(content);
                wire.appendBuffer(client.encode(new DefaultSpdyDataFrame(id, Unpooled.wrappedBuffer(content))));
            }
        }
        Map<Integer, ByteArrayOutputStream> got = new HashMap<>();
        try (SpdyFrames server = new SpdyFrames()) {
            for (Buffer piece : pieces(random, wire)) {
                server.feed(piece);
                for (SpdyFrame frame = server.next(); frame != null; frame = server.next()) {
                    if (frame instanceof SpdySynStreamFrame open) {
                        assertThat(open.headers().get("requestid").toString()).isEqualTo("" + open.streamId());
                        got.put(open.streamId(), new ByteArrayOutputStream());
                    } else if (frame instanceof SpdyDataFrame data) {
                        byte[] content = new byte[data.content().readableBytes()];
                        data.content().readBytes(content);
                        Objects.requireNonNull(got.get(data.streamId())).writeBytes(content);
                    }
                    ReferenceCountUtil.release(frame);
                }
            }
        }
        assertThat(got.keySet()).isEqualTo(sent.keySet());
        sent.forEach(
                (id, content) -> assertThat(Objects.requireNonNull(got.get(id)).toByteArray())
                        .as("stream %s", id)
                        .isEqualTo(content.toByteArray()));
    }

    @Test
    void whatIsNoSpdyIsRefused() {
        try (SpdyFrames server = new SpdyFrames()) {
            // A control frame of SPDY 2.
            assertThatThrownBy(() ->
                            server.feed(Buffer.buffer(new byte[] {(byte) 0x80, 2, 0, 1, 0, 0, 0, 12, 0, 0, 0, 1})))
                    .isInstanceOf(RuntimeException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void channelMessagesSurviveFragmentation(long seed) {
        Random random = new Random(seed);
        for (boolean base64 : new boolean[] {false, true}) {
            ChannelFraming framing = new ChannelFraming(base64);
            Map<Integer, ByteArrayOutputStream> sent = new HashMap<>();
            Map<Integer, ByteArrayOutputStream> got = new HashMap<>();
            for (int i = 0; i < 100; i++) {
                int channel = random.nextInt(5);
                byte[] content = i % 10 == 0 ? new byte[0] : bytes(random, 5000);
                sent.computeIfAbsent(channel, any -> new ByteArrayOutputStream())
                        .writeBytes(content);
                Buffer message = ChannelFraming.message(base64, channel, Buffer.buffer(content));
                List<Buffer> frames = pieces(random, message);
                for (int f = 0; f < frames.size(); f++) {
                    ChannelFraming.Piece piece = framing.feed(frames.get(f), f == frames.size() - 1);
                    if (piece != null) {
                        got.computeIfAbsent(piece.channel(), any -> new ByteArrayOutputStream())
                                .writeBytes(piece.bytes().getBytes());
                    }
                }
            }
            sent.forEach((channel, content) -> assertThat(got.getOrDefault(channel, new ByteArrayOutputStream())
                            .toByteArray())
                    .isEqualTo(content.toByteArray()));
        }
    }

    @Test
    void emptyMessagesAndWrongDigits() {
        ChannelFraming framing = new ChannelFraming(false);
        assertThat(framing.feed(Buffer.buffer(), true)).isNull();
        assertThat(framing.feed(Buffer.buffer(new byte[] {1}), true)).isNull();
        ChannelFraming.Piece close =
                Objects.requireNonNull(framing.feed(Buffer.buffer(new byte[] {(byte) 255, 0}), true));
        assertThat(close.channel()).isEqualTo(ChannelFraming.CLOSE);
        assertThatThrownBy(() -> new ChannelFraming(true).feed(Buffer.buffer("xYWJj"), true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ChannelFraming(true).feed(Buffer.buffer("0!!!!"), true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void terminalSizesSurviveAnySplit(long seed) {
        Random random = new Random(seed);
        Buffer all = Buffer.buffer();
        TerminalSizes.Size last = new TerminalSizes.Size(1, 1);
        for (int i = 0; i < 50; i++) {
            last = new TerminalSizes.Size(1 + random.nextInt(300), 1 + random.nextInt(100));
            all.appendString("{\"Width\":" + last.columns() + ",\"Height\":" + last.rows() + "}\n");
        }
        TerminalSizes sizes = new TerminalSizes();
        TerminalSizes.Size seen = null;
        for (Buffer piece : pieces(random, all)) {
            TerminalSizes.Size size = sizes.feed(piece);
            seen = size == null ? seen : size;
        }
        assertThat(seen).isEqualTo(last);
    }

    @Test
    void sizesThatAreNoneAreLeftOut() {
        TerminalSizes sizes = new TerminalSizes();
        assertThat(sizes.feed(Buffer.buffer("{\"Width\":0,\"Height\":0}"))).isNull();
        assertThat(sizes.feed(Buffer.buffer("{\"Width\":70000,\"Height\":1}"))).isNull();
        assertThat(sizes.feed(Buffer.buffer("{}{\"Height\":24,\"Width\":80}")))
                .isEqualTo(new TerminalSizes.Size(80, 24));
    }

    @Test
    void aQueueTellsWhenItIsOverfullAndWhenItIsEmptyAgain() {
        List<Boolean> told = new ArrayList<>();
        InboundQueue queue = new InboundQueue(told::add);
        queue.pause();
        List<Integer> got = new ArrayList<>();
        boolean[] ended = {false};
        queue.handler(chunk -> got.add(chunk.length())).endHandler(v -> ended[0] = true);
        for (int i = 0; i < 5; i++) {
            queue.add(Buffer.buffer(new byte[100_000]));
        }
        assertThat(told).containsExactly(true);
        queue.end();
        assertThat(got).isEmpty();
        queue.fetch(2);
        assertThat(got).hasSize(2);
        assertThat(told).containsExactly(true);
        queue.resume();
        assertThat(got).hasSize(5);
        assertThat(told).containsExactly(true, false);
        assertThat(ended[0]).isTrue();
    }

    @Test
    void aQueueNobodyReadsLetsTheSenderGoOn() {
        List<Boolean> told = new ArrayList<>();
        InboundQueue queue = new InboundQueue(told::add);
        queue.pause();
        queue.add(Buffer.buffer(new byte[InboundQueue.HIGH_WATER + 1]));
        queue.discard();
        queue.add(Buffer.buffer(new byte[InboundQueue.HIGH_WATER + 1]));
        assertThat(told).containsExactly(true, false);
    }

    @Test
    void subProtocolsAreChosenInTheClientsOrder() {
        assertThat(Upgrades.channels("v9.channel.k8s.io, v4.base64.channel.k8s.io, v5.channel.k8s.io"))
                .isEqualTo(new SubProtocol("v4.base64.channel.k8s.io", 4, true));
        assertThat(Upgrades.channels(null)).isEqualTo(SubProtocol.NONE);
        assertThat(Upgrades.channels("chat")).isNull();
    }

    @Test
    void portsAreChecked() {
        assertThat(PortForward.ports(List.of("80", "443,8080"))).containsExactly(80, 443, 8080);
        assertThatThrownBy(() -> PortForward.ports(List.of("x"))).hasMessageContaining("invalid port \"x\"");
        assertThatThrownBy(() -> PortForward.ports(List.of("65536"))).hasMessageContaining("65536");
        assertThatThrownBy(() -> PortForward.ports(List.of())).hasMessageContaining("required");
    }
}
