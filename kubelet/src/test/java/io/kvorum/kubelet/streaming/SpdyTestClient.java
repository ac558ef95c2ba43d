package io.kvorum.kubelet.streaming;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A client of SPDY streams on a blocking socket, as kubectl is one. Reads only when asked to. */
final class SpdyTestClient implements AutoCloseable {
    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private final SpdyFrames frames = new SpdyFrames();
    private final Map<Integer, ByteArrayOutputStream> received = new HashMap<>();
    private final Set<Integer> ended = new HashSet<>();
    private final Set<Integer> reset = new HashSet<>();
    private int next = 1;
    private int pongs;
    final String head;

    /** Asks for the upgrade; {@link #head} is the answer's head. */
    SpdyTestClient(Socket socket, String uri, String... protocols) throws Exception {
        this.socket = socket;
        socket.setSoTimeout(20_000);
        this.out = socket.getOutputStream();
        this.in = socket.getInputStream();
        StringBuilder request = new StringBuilder("POST " + uri
                + " HTTP/1.1\r\nHost: kubelet\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
                + "Content-Length: 0\r\n");
        for (String protocol : protocols) {
            request.append("X-Stream-Protocol-Version: ").append(protocol).append("\r\n");
        }
        out.write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            answer.append((char) next);
        }
        this.head = answer.toString();
    }

    int open(Map<String, String> headers) throws Exception {
        int id = next;
        next += 2;
        var frame = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
        headers.forEach((name, value) -> frame.headers().add(name, value));
        received.put(id, new ByteArrayOutputStream());
        send(frame);
        return id;
    }

    int open(String type) throws Exception {
        return open(Map.of("streamtype", type));
    }

    void data(int id, byte[] bytes, boolean last) throws Exception {
        send(new DefaultSpdyDataFrame(id, Unpooled.wrappedBuffer(bytes)).setLast(last));
    }

    void data(int id, String text) throws Exception {
        data(id, text.getBytes(StandardCharsets.UTF_8), false);
    }

    void ping() throws Exception {
        send(new DefaultSpdyPingFrame(1));
    }

    private void send(SpdyFrame frame) throws Exception {
        out.write(frames.encode(frame).getBytes());
    }

    /** Reads until the condition holds or the server closes; says whether it holds. */
    boolean readUntil(BooleanSupplier condition) throws Exception {
        byte[] chunk = new byte[8192];
        while (!condition.getAsBoolean()) {
            int count = in.read(chunk);
            if (count < 0) {
                return condition.getAsBoolean();
            }
            frames.feed(Buffer.buffer().appendBytes(chunk, 0, count));
            for (SpdyFrame frame = frames.next(); frame != null; frame = frames.next()) {
                if (frame instanceof SpdyDataFrame data) {
                    byte[] content = new byte[data.content().readableBytes()];
                    data.content().readBytes(content);
                    received(data.streamId()).writeBytes(content);
                    if (data.isLast()) {
                        ended.add(data.streamId());
                    }
                } else if (frame instanceof SpdyRstStreamFrame end) {
                    reset.add(end.streamId());
                } else if (frame instanceof SpdyPingFrame) {
                    pongs++;
                }
                ReferenceCountUtil.release(frame);
            }
        }
        return true;
    }

    private ByteArrayOutputStream received(int id) {
        return Objects.requireNonNull(received.get(id), "no such stream");
    }

    byte[] bytes(int id) {
        return received(id).toByteArray();
    }

    String text(int id) {
        return received(id).toString(StandardCharsets.UTF_8);
    }

    boolean ended(int id) {
        return ended.contains(id);
    }

    boolean reset(int id) {
        return reset.contains(id);
    }

    int pongs() {
        return pongs;
    }

    @Override
    public void close() throws Exception {
        frames.close();
        socket.close();
    }
}
