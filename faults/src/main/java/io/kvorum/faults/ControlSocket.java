package io.kvorum.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Client of a control socket: one request a connection, a line of JSON each way. Blocking, with a deadline, so that a
 * stopped process cannot hold its caller.
 */
public final class ControlSocket {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ANSWER_LIMIT = 16 << 20;

    private ControlSocket() {}

    public static ObjectNode request(String op) {
        return JSON.createObjectNode().put("op", op);
    }

    /**
     * Sends one request and waits for its answer.
     *
     * @throws IOException when the process is not there, does not answer in time, or answers {@code "ok":false}
     */
    public static ObjectNode call(Path socket, ObjectNode request, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            SelectionKey key = send(channel, selector, socket, request, deadline);
            key.interestOps(SelectionKey.OP_READ);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            ByteBuffer in = ByteBuffer.allocate(16 << 10);
            while (true) {
                await(selector, deadline, socket);
                int read = channel.read(in.clear());
                if (read < 0) {
                    break;
                }
                answer.write(in.array(), 0, read);
                if (read > 0 && in.get(read - 1) == '\n') {
                    break;
                }
                if (answer.size() > ANSWER_LIMIT) {
                    throw new IOException(socket.getFileName() + ": answer exceeds " + ANSWER_LIMIT + " bytes");
                }
            }
            return answer(answer.toByteArray(), socket);
        }
    }

    /**
     * Sends one request whose answer is a line of JSON and bytes after it, as many as come until the connection ends.
     * Whether they are all there, only their own form can tell.
     *
     * @param silence how long to wait for the next bytes
     * @throws IOException as {@link #call}, or when {@code sink} throws
     */
    public static ObjectNode download(Path socket, ObjectNode request, Duration silence, OutputStream sink)
            throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            SelectionKey key = send(channel, selector, socket, request, System.nanoTime() + silence.toNanos());
            key.interestOps(SelectionKey.OP_READ);
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            ByteBuffer in = ByteBuffer.allocate(64 << 10);
            ObjectNode answer = null;
            while (true) {
                await(selector, System.nanoTime() + silence.toNanos(), socket);
                int read = channel.read(in.clear());
                if (read < 0) {
                    break;
                }
                in.flip();
                while (answer == null && in.hasRemaining()) {
                    byte next = in.get();
                    if (next == '\n') {
                        answer = answer(line.toByteArray(), socket);
                    } else if (line.size() > ANSWER_LIMIT) {
                        throw new IOException(socket.getFileName() + ": answer exceeds " + ANSWER_LIMIT + " bytes");
                    } else {
                        line.write(next);
                    }
                }
                sink.write(in.array(), in.position(), in.remaining());
            }
            if (answer == null) {
                throw new IOException(socket.getFileName() + ": closed without an answer");
            }
            return answer;
        }
    }

    private static SelectionKey send(
            SocketChannel channel, Selector selector, Path socket, ObjectNode request, long deadline)
            throws IOException {
        channel.connect(UnixDomainSocketAddress.of(socket));
        channel.configureBlocking(false);
        SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
        ByteBuffer out = ByteBuffer.wrap((JSON.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
        while (out.hasRemaining()) {
            await(selector, deadline, socket);
            channel.write(out);
        }
        return key;
    }

    private static ObjectNode answer(byte[] line, Path socket) throws IOException {
        JsonNode node = JSON.readTree(line);
        if (!(node instanceof ObjectNode object)) {
            throw new IOException(socket.getFileName() + ": closed without an answer");
        }
        if (!object.path("ok").asBoolean()) {
            throw new IOException(object.path("error").asText("refused without a reason"));
        }
        return object;
    }

    private static void await(Selector selector, long deadline, Path socket) throws IOException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0 || selector.select(millis) == 0) {
            throw new IOException(socket.getFileName() + ": no answer in time");
        }
        selector.selectedKeys().clear();
    }
}
