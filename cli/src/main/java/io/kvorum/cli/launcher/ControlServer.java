package io.kvorum.cli.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The launcher's control socket: a line of JSON in, a line of JSON out, one exchange a connection. */
final class ControlServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ControlServer.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long ANSWER_SECONDS = 60;

    /** Answers to what was asked before the end have so long to reach who asked. */
    private static final long LAST_ANSWERS_SECONDS = 5;

    /** One party for each exchange under way, and one for the server itself. */
    private final Phaser exchanges = new Phaser(1);

    private final ServerSocketChannel server;
    private final Path socket;

    /** @param answer runs on the caller's choice of thread; its failure becomes the error */
    ControlServer(Path socket, ExecutorService connections, Function<ObjectNode, CompletableFuture<ObjectNode>> answer)
            throws IOException {
        this.socket = socket;
        Files.deleteIfExists(socket);
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread acceptor = new Thread(
                () -> {
                    try {
                        while (true) {
                            SocketChannel channel = server.accept();
                            exchanges.register();
                            connections.execute(() -> {
                                try {
                                    exchange(channel, answer);
                                } finally {
                                    exchanges.arriveAndDeregister();
                                }
                            });
                        }
                    } catch (ClosedChannelException e) {
                        LOG.log(Level.DEBUG, "control socket closed");
                    } catch (IOException e) {
                        LOG.log(Level.ERROR, "control socket failed", e);
                    }
                },
                "control");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    private static void exchange(SocketChannel channel, Function<ObjectNode, CompletableFuture<ObjectNode>> answer) {
        try (channel;
                BufferedReader in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            String line = in.readLine();
            if (line == null) {
                return;
            }
            ObjectNode reply;
            try {
                JsonNode request = JSON.readTree(line);
                if (!(request instanceof ObjectNode object)) {
                    throw new IllegalArgumentException("a request is one line with a JSON object");
                }
                reply = answer.apply(object).get(ANSWER_SECONDS, TimeUnit.SECONDS);
                reply.put("ok", true);
            } catch (ExecutionException | CompletionException e) {
                reply = error(e.getCause() == null ? e : e.getCause());
            } catch (TimeoutException e) {
                reply = error(new IOException("not done within " + ANSWER_SECONDS + " s"));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                reply = error(e);
            } catch (IOException | IllegalArgumentException e) {
                reply = error(e);
            }
            channel.write(StandardCharsets.UTF_8.encode(JSON.writeValueAsString(reply) + "\n"));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "control client went away", e);
        }
    }

    private static ObjectNode error(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return JSON.createObjectNode().put("ok", false).put("error", message == null ? cause.toString() : message);
    }

    /** Takes no more requests, and waits for the answers that are due: whoever asked for the end shall hear of it. */
    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
        try {
            exchanges.awaitAdvanceInterruptibly(exchanges.arrive(), LAST_ANSWERS_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.log(Level.WARNING, "control requests are left without an answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
