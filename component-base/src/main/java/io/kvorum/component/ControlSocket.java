package io.kvorum.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control socket: see {@link ControlCommands} for the protocol. Plain blocking sockets on daemon threads, so that it
 * answers whatever the network and its faults do; the commands run on the process's context.
 */
final class ControlSocket implements ControlCommands, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);
    private static final int MAX_REQUEST = 1 << 20;
    private static final int MAX_CONNECTIONS = 16;

    /** What every Unix we run on allows for the path of a socket. */
    private static final int MAX_PATH = 103;

    private static final long COMMAND_SECONDS = 120;
    private static final long IDLE_MILLIS = 30_000;

    private final Map<String, Command> commands = new ConcurrentHashMap<>();
    private final Map<String, Download> downloads = new ConcurrentHashMap<>();
    private final Semaphore slots = new Semaphore(MAX_CONNECTIONS);
    private final Path path;
    private final Context context;
    private final ServerSocketChannel server;

    /** Apart, so that the first request loads Jackson's databind, not the start-up. */
    private static final class Json {
        private static final ObjectMapper MAPPER = new ObjectMapper();
    }

    private ControlSocket(Path path, Context context, ServerSocketChannel server) {
        this.path = path;
        this.context = context;
        this.server = server;
    }

    /**
     * Listens at {@code path}; a file that a dead process left there is replaced.
     *
     * <p>Errors: {@link UsageException} when the path is too long or in use, {@link IOException}.
     */
    static ControlSocket open(Path path, Context context) throws IOException {
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH) {
            throw new UsageException("--control-socket: " + path + " has " + length + " bytes, a socket's path at most "
                    + MAX_PATH + "; use a shorter folder");
        }
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        if (Files.exists(path)) {
            try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                probe.connect(address);
                throw new UsageException("--control-socket: another process serves " + path);
            } catch (IOException refused) {
                Files.deleteIfExists(path);
            }
        }
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        ControlSocket socket = new ControlSocket(path, context, server);
        try {
            server.bind(address);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    /** Begins to accept; commands should be registered before. */
    void start() {
        Thread thread = new Thread(this::accept, "control");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void register(String op, Command command) {
        if (downloads.containsKey(op) || commands.putIfAbsent(op, command) != null) {
            throw new IllegalStateException("control command " + op + " is registered twice");
        }
    }

    @Override
    public void registerDownload(String op, Download command) {
        if (commands.containsKey(op) || downloads.putIfAbsent(op, command) != null) {
            throw new IllegalStateException("control command " + op + " is registered twice");
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                slots.acquire();
                SocketChannel connection;
                try {
                    connection = server.accept();
                } catch (IOException e) {
                    slots.release();
                    throw e;
                }
                Thread thread = new Thread(() -> serve(connection), "control-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                if (server.isOpen()) {
                    LOG.warn("Control socket stopped: {}", e.toString());
                }
                return;
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            // A blocking read on a Unix socket has no time-out of its own: closing the channel ends it.
            long guard = context.owner().setTimer(IDLE_MILLIS, id -> close(connection));
            byte[] line = readLine(connection);
            context.owner().cancelTimer(guard);
            if (line.length > 0) {
                Reply reply = answer(line);
                write(connection, ByteBuffer.wrap((reply.line() + "\n").getBytes(StandardCharsets.UTF_8)));
                DownloadBody body = reply.body();
                if (body != null) {
                    send(body, connection);
                }
            }
        } catch (IOException e) {
            LOG.debug("Control connection broke: {}", e.toString());
        } finally {
            slots.release();
        }
    }

    private static byte[] readLine(SocketChannel connection) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (line.size() <= MAX_REQUEST && connection.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next == '\n') {
                    return line.toByteArray();
                }
                line.write(next);
            }
            buffer.clear();
        }
        return line.toByteArray();
    }

    private static void write(SocketChannel connection, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            connection.write(bytes);
        }
    }

    /** Sends a long answer as fast as the client takes it. */
    private void send(DownloadBody body, SocketChannel connection) throws IOException {
        AtomicLong sent = new AtomicLong();
        AtomicLong seen = new AtomicLong(-1);
        long guard = context.owner().setPeriodic(IDLE_MILLIS, id -> {
            if (seen.getAndSet(sent.get()) == sent.get()) {
                close(connection);
            }
        });
        OutputStream out = new OutputStream() {
            @Override
            public void write(int single) throws IOException {
                write(new byte[] {(byte) single}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                ByteBuffer part = ByteBuffer.wrap(bytes, from, length);
                while (part.hasRemaining()) {
                    sent.addAndGet(connection.write(part));
                }
            }
        };
        try {
            body.writeTo(out);
        } finally {
            context.owner().cancelTimer(guard);
        }
    }

    /** A line of JSON, and what follows it. */
    private record Reply(ObjectNode line, @Nullable DownloadBody body) {}

    private Reply answer(byte[] line) {
        try {
            JsonNode request = Json.MAPPER.readTree(line);
            if (!(request instanceof ObjectNode object)) {
                return new Reply(error("want a JSON object such as {\"op\":\"status\"}"), null);
            }
            Download download = downloads.get(object.path("op").asText());
            return download == null ? new Reply(run(object), null) : open(download, object);
        } catch (JsonProcessingException e) {
            return new Reply(error("not JSON: " + e.getOriginalMessage()), null);
        } catch (IOException e) {
            return new Reply(error(e.toString()), null);
        }
    }

    private Reply open(Download download, ObjectNode request) {
        DownloadBody[] body = new DownloadBody[1];
        ObjectNode line = await(
                request,
                () -> download.run(request).map(opened -> {
                    body[0] = opened;
                    return opened.answer();
                }));
        return new Reply(line, line.path("ok").asBoolean() ? body[0] : null);
    }

    private ObjectNode run(ObjectNode request) {
        String op = request.path("op").asText();
        Command command = commands.get(op);
        if (command == null) {
            return error("unknown op \"" + op + "\"; there are "
                    + String.join(
                            ", ",
                            Stream.concat(commands.keySet().stream(), downloads.keySet().stream())
                                    .sorted()
                                    .toList()));
        }
        return await(request, () -> command.run(request));
    }

    /** Runs a command on the process's context and waits for it. */
    private ObjectNode await(ObjectNode request, Supplier<Future<ObjectNode>> command) {
        String op = request.path("op").asText();
        CompletableFuture<ObjectNode> result = new CompletableFuture<>();
        context.runOnContext(v -> {
            Future<ObjectNode> future;
            try {
                future = command.get();
            } catch (RuntimeException e) {
                future = Future.failedFuture(e);
            }
            future.onComplete(done -> {
                if (done.succeeded()) {
                    result.complete(done.result());
                } else {
                    result.completeExceptionally(done.cause());
                }
            });
        });
        try {
            ObjectNode body = result.get(COMMAND_SECONDS, TimeUnit.SECONDS);
            return JsonNodeFactory.instance.objectNode().put("ok", true).setAll(body);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return error(cause.getMessage() == null ? cause.toString() : cause.getMessage());
        } catch (TimeoutException e) {
            return error(op + " did not finish within " + COMMAND_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return error("interrupted");
        }
    }

    private ObjectNode error(String message) {
        return JsonNodeFactory.instance.objectNode().put("ok", false).put("error", message);
    }

    private static void close(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("Could not close a control connection: {}", e.toString());
        }
    }

    /** Stops accepting and removes the file. Idempotent. */
    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("Could not remove the control socket {}: {}", path, e.toString());
        }
    }
}
