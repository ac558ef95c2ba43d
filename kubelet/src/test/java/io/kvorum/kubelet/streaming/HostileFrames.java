package io.kvorum.kubelet.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Frames of SPDY and of WebSockets that are wrong in seeded ways, sent over an upgrade that is right. */
final class HostileFrames {
    private static final List<String> NUMBERS = List.of("0", "80", "-1", "65536", "99999999999999999999", "x", "");
    private static final List<String> TYPES =
            List.of("stdin", "stdout", "error", "resize", "data", "", "\u0000", "a".repeat(9000));

    private final Random random;

    HostileFrames(long seed) {
        random = new Random(seed);
    }

    /** What a client says to have its connection upgraded. */
    byte[] upgrade(String uri, boolean spdy) {
        boolean forward = uri.startsWith("/portForward");
        String head = spdy
                ? "POST " + uri
                        + " HTTP/1.1\r\nHost: kubelet\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0"
                        + "\r\nX-Stream-Protocol-Version: " + (forward ? "portforward.k8s.io" : "v4.channel.k8s.io")
                : "GET " + uri + " HTTP/1.1\r\nHost: kubelet\r\nConnection: Upgrade\r\nUpgrade: websocket"
                        + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
                        + "\r\nSec-WebSocket-Protocol: "
                        + (forward
                                ? "SPDY/3.1+portforward.k8s.io"
                                : one(List.of("v5.channel.k8s.io", "base64.channel.k8s.io")));
        return (head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Asks for the upgrade; whether it is granted. */
    static boolean isGranted(Socket socket, byte[] upgrade) throws IOException {
        socket.getOutputStream().write(upgrade);
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            answer.append((char) next);
            if (answer.indexOf("\r\n\r\n") >= 0) {
                break;
            }
        }
        // Sessions that are over may count for a moment.
        assertThat(answer.toString()).containsPattern("^HTTP/1.1 (101|429) ");
        return answer.toString().startsWith("HTTP/1.1 101 ");
    }

    /** Sends some frames. */
    void send(Socket socket, boolean spdy, boolean forward) throws IOException {
        byte[] wire;
        if (spdy) {
            wire = spdy();
        } else {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int count = 1 + random.nextInt(12);
            for (int i = 0; i < count; i++) {
                out.writeBytes(webSocketFrame(forward ? spdy() : bytes(random.nextInt(300))));
            }
            wire = out.toByteArray();
        }
        try {
            socket.getOutputStream().write(wire);
            socket.getOutputStream().flush();
        } catch (SocketException closed) {
            // That the other side closes at the first bad frame, before it has read the others, is its right.
        }
    }

    private <T> T one(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private byte[] bytes(int length) {
        byte[] some = new byte[length];
        random.nextBytes(some);
        return some;
    }

    private byte[] spdy() {
        Buffer wire = Buffer.buffer();
        try (SpdyFrames client = new SpdyFrames()) {
            int count = 1 + random.nextInt(12);
            for (int i = 0; i < count; i++) {
                wire.appendBuffer(client.encode(frame()));
            }
        }
        byte[] all = wire.getBytes();
        if (random.nextInt(3) > 0) {
            for (int i = random.nextInt(4); i > 0; i--) {
                all[random.nextInt(all.length)] = (byte) random.nextInt(256);
            }
        }
        return random.nextInt(4) == 0 ? bytes(1 + random.nextInt(200)) : all;
    }

    private SpdyFrame frame() {
        int id = 1 + random.nextInt(9);
        return switch (random.nextInt(4)) {
            case 0 ->
                new DefaultSpdyDataFrame(id, Unpooled.wrappedBuffer(bytes(random.nextInt(500))))
                        .setLast(random.nextBoolean());
            case 1 -> new DefaultSpdyRstStreamFrame(id, SpdyStreamStatus.CANCEL);
            default -> {
                var open = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
                open.headers()
                        .set("streamtype", one(TYPES))
                        .set("port", one(NUMBERS))
                        .set("requestid", one(NUMBERS));
                yield open.setLast(random.nextInt(4) == 0);
            }
        };
    }

    /** With any first byte (fragments, reserved bits, unknown kinds), masked or not, of a length that may be a lie. */
    private byte[] webSocketFrame(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(one(List.of(0x82, 0x81, 0x02, 0x80, 0x00, 0x88, 0x89, 0x8a, 0xf2, 0x83, random.nextInt(256))));
        boolean masked = random.nextInt(8) > 0;
        int bit = masked ? 0x80 : 0;
        switch (random.nextInt(10)) {
            case 0 -> {
                out.write(bit | 127);
                out.writeBytes(bytes(8));
            }
            case 1 -> {
                out.write(bit | 126);
                out.writeBytes(bytes(2));
            }
            default -> {
                if (content.length < 126) {
                    out.write(bit | content.length);
                } else {
                    out.write(bit | 126);
                    out.write(content.length >> 8);
                    out.write(content.length);
                }
            }
        }
        if (masked) {
            // A mask of zeros leaves the content as it is.
            out.writeBytes(new byte[4]);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
