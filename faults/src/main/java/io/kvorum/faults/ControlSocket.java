package io.kvorum.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            ByteBuffer out =
                    ByteBuffer.wrap((JSON.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                await(selector, deadline, socket);
                channel.write(out);
            }
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
            JsonNode node = JSON.readTree(answer.toByteArray());
            if (!(node instanceof ObjectNode object)) {
                throw new IOException(socket.getFileName() + ": closed without an answer");
            }
            if (!object.path("ok").asBoolean()) {
                throw new IOException(object.path("error").asText("refused without a reason"));
            }
            return object;
        }
    }

    private static void await(Selector selector, long deadline, Path socket) throws IOException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0 || selector.select(millis) == 0) {
            throw new IOException(socket.getFileName() + ": no answer in time");
        }
        selector.selectedKeys().clear();
    }
}
