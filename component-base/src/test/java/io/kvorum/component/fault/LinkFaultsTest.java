package io.kvorum.component.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.component.fault.FaultRule.Breaking;
import io.kvorum.component.fault.FaultRule.Direction;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What rules do to the connections between two Vert.x processes' worth of transport, and to a client without a hook. */
@Timeout(60)
class LinkFaultsTest {
    /** Builds that run at the same time on one host must not meet. */
    private static final String NET = "127.205." + ProcessHandle.current().pid() % 250 + ".";

    private static final String SERVER = NET + "1";
    private static final String CLIENT = NET + "2";

    private final FaultRules atServer = new FaultRules();
    private final FaultRules atClient = new FaultRules();
    private final List<NetSocket> accepted = new CopyOnWriteArrayList<>();
    private Vertx serverVertx;
    private Vertx clientVertx;
    private NetClient client;
    private int port;

    private static Vertx vertx(String address, FaultRules rules) throws Exception {
        return VertxBootstrap.create()
                .transport(new FaultTransport(NioTransport.INSTANCE, rules, InetAddress.getByName(address)))
                .init()
                .vertx();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @BeforeEach
    void start() throws Exception {
        serverVertx = vertx(SERVER, atServer);
        clientVertx = vertx(CLIENT, atClient);
        NetServer server = await(serverVertx
                .createNetServer()
                .connectHandler(socket -> {
                    accepted.add(socket);
                    socket.exceptionHandler(e -> {});
                    socket.handler(socket::write);
                })
                .listen(0, SERVER));
        port = server.actualPort();
        client = clientVertx.createNetClient();
    }

    @AfterEach
    void stop() throws Exception {
        await(clientVertx.close());
        await(serverVertx.close());
    }

    /** A connection that answers one echo at a time. */
    private static final class Echo {
        private final NetSocket socket;
        private Promise<Buffer> next = Promise.promise();
        private final Promise<Void> closed = Promise.promise();
        private Buffer received = Buffer.buffer();
        private int wanted;

        Echo(NetSocket socket) {
            this.socket = socket;
            socket.exceptionHandler(e -> {});
            socket.closeHandler(closed::tryComplete);
            socket.handler(part -> {
                received.appendBuffer(part);
                if (received.length() >= wanted) {
                    next.tryComplete(received);
                }
            });
        }

        Future<Buffer> send(Buffer bytes) {
            next = Promise.promise();
            received = Buffer.buffer();
            wanted = bytes.length();
            socket.write(bytes);
            return next.future();
        }

        /** Returns once what was changed before has reached the connection, which it does on its event loop. */
        void settle() throws Exception {
            ((NetSocketInternal) socket)
                    .channelHandlerContext()
                    .executor()
                    .submit(() -> {})
                    .get(10, TimeUnit.SECONDS);
        }

        long millisFor(int bytes) throws Exception {
            long start = System.nanoTime();
            Buffer sent = Buffer.buffer(new byte[bytes]);
            assertThat(await(send(sent))).isEqualTo(sent);
            return (System.nanoTime() - start) / 1_000_000;
        }
    }

    private Echo connect() throws Exception {
        return new Echo(await(client.connect(port, SERVER)));
    }

    private static FaultRule slow(String peer, Direction direction, long delayMillis, long rate) {
        return new FaultRule(
                "slow", Set.of(peer), direction, false, Duration.ofMillis(delayMillis), Duration.ZERO, rate, 0, null);
    }

    @Test
    void aDelayAtBothEndsCountsOnceEachWayAndIsGoneAfterwards() throws Exception {
        Echo echo = connect();
        atClient.set(slow(SERVER, Direction.OUT, 150, 0));
        atServer.set(slow(NET + "0/24", Direction.OUT, 150, 0));
        assertThat(echo.millisFor(10)).isBetween(300L, 900L);
        atClient.clearAll();
        atServer.clearAll();
        assertThat(echo.millisFor(10)).isLessThan(150);
    }

    @Test
    void aRateBoundsWhatPassesInASecond() throws Exception {
        Echo echo = connect();
        atClient.set(slow(SERVER, Direction.OUT, 0, 100_000));
        assertThat(echo.millisFor(50_000)).isBetween(450L, 1_500L);
        atClient.clearAll();
        assertThat(echo.millisFor(50_000)).isLessThan(450);
    }

    @Test
    void whatAPeerWithoutAHookSendsIsHeldUpHereAndNothingIsLostAtItsEnd() throws Exception {
        atServer.set(slow("127.0.0.1", Direction.IN, 200, 0));
        long start = System.nanoTime();
        try (Socket plain = new Socket()) {
            plain.bind(new InetSocketAddress("127.0.0.1", 0));
            plain.connect(new InetSocketAddress(SERVER, port), 5_000);
            plain.setSoTimeout(5_000);
            plain.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            assertThat(plain.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat((System.nanoTime() - start) / 1_000_000).isBetween(200L, 900L);
    }

    @Test
    void aPeersLastWordsAreHeardBeforeItsEnd() throws Exception {
        Promise<String> heard = Promise.promise();
        NetServer listener = await(serverVertx
                .createNetServer()
                .connectHandler(socket -> {
                    Buffer all = Buffer.buffer();
                    socket.handler(all::appendBuffer);
                    socket.closeHandler(v -> heard.tryComplete(all.toString()));
                })
                .listen(0, SERVER));
        atServer.set(slow("127.0.0.1", Direction.IN, 300, 0));
        try (Socket plain = new Socket()) {
            plain.bind(new InetSocketAddress("127.0.0.1", 0));
            plain.connect(new InetSocketAddress(SERVER, listener.actualPort()), 5_000);
            plain.getOutputStream().write("farewell".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(await(heard.future())).isEqualTo("farewell");
    }

    @Test
    void refusalHitsNewConnectionsOnly() throws Exception {
        Echo old = connect();
        atClient.set(FaultRule.breaking("r", Set.of(SERVER), Direction.OUT, Breaking.REFUSE));
        assertThatThrownBy(this::connect)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .hasMessageContaining("Connection refused");
        old.millisFor(10);
        atClient.clearAll();
        connect().millisFor(10);
    }

    @Test
    void aClientWithoutAHookIsRefusedByTheServersEnd() throws Exception {
        atServer.set(FaultRule.breaking("r", Set.of("127.0.0.1"), Direction.IN, Breaking.REFUSE));
        assertThatThrownBy(() -> plainEcho()).isInstanceOf(IOException.class);
        atServer.clearAll();
        plainEcho();
    }

    private void plainEcho() throws IOException {
        try (Socket plain = new Socket()) {
            plain.bind(new InetSocketAddress("127.0.0.1", 0));
            plain.connect(new InetSocketAddress(SERVER, port), 5_000);
            plain.setSoTimeout(5_000);
            plain.getOutputStream().write(1);
            if (plain.getInputStream().read() < 0) {
                throw new IOException("closed");
            }
        }
    }

    @Test
    void aLastingResetHitsOldAndNewConnections() throws Exception {
        Echo old = connect();
        old.millisFor(1);
        atServer.set(FaultRule.breaking("r", Set.of(CLIENT), Direction.BOTH, Breaking.RESET));
        await(old.closed.future());
        // The reset may come before the client has heard that the connection is made, or after.
        await(client.connect(port, SERVER).transform(made -> {
            if (made.succeeded()) {
                return new Echo(made.result()).closed.future();
            }
            return String.valueOf(made.cause().getMessage()).contains("reset")
                    ? Future.succeededFuture()
                    : Future.failedFuture(made.cause());
        }));
        atServer.clearAll();
        connect().millisFor(10);
    }

    @Test
    void aHalfOpenConnectionLivesAtOneEndOnlyUntilItIsHealed() throws Exception {
        Echo old = connect();
        old.millisFor(1);
        atClient.set(FaultRule.breaking("h", Set.of(SERVER), Direction.BOTH, Breaking.HALF_OPEN));
        old.settle();
        Promise<Void> gone = Promise.promise();
        accepted.get(0).closeHandler(gone::tryComplete);
        assertThat(atServer.reset(Set.of(CLIENT))).isEqualTo(1);
        await(gone.future());
        assertThat(ended(old, 500)).as("the client knows of the end").isFalse();
        Future<Void> written = old.socket.write("into the void");
        await(written);
        assertThat(ended(old, 300)).as("the client knows of the end").isFalse();
        connect().millisFor(10);
        atClient.clearAll();
        await(old.closed.future());
    }

    private static boolean ended(Echo echo, long withinMillis) throws Exception {
        try {
            echo.closed.future().toCompletionStage().toCompletableFuture().get(withinMillis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    @Test
    void anImpossibleRangeIsRefused() {
        @Nullable Duration never = null;
        assertThatThrownBy(() -> atClient.set(new FaultRule(
                        "x", Set.of("127.0.0.0/40"), Direction.IN, true, Duration.ZERO, Duration.ZERO, 0, 0, never)))
                .hasMessageContaining("is not a range of IPv4 addresses");
    }
}
