package io.kvorum.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.balancer.ServerHealth.Finding;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real sockets on both sides; what the servers answer to checks is set by the test. */
final class TcpBalancerComponentTest {
    private static final int READ_MILLIS = 10_000;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final Map<ServerAddress, Finding> findings = new ConcurrentHashMap<>();
    private final List<Backend> backends = new ArrayList<>();
    private final AtomicInteger rejected = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final AtomicInteger retried = new AtomicInteger();
    private @Nullable TcpBalancer opened;
    private @Nullable ServerPool servers;
    private int port;

    /** A server that says its name, then sends back what it gets, until it gets an end; then says "end". */
    private static final class Backend implements AutoCloseable {
        private final ServerSocket listener;
        private final ServerAddress address;
        private final AtomicInteger accepted = new AtomicInteger();
        private final Thread acceptor;

        Backend(String name) throws IOException {
            listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
            address = new ServerAddress("127.0.0.1", listener.getLocalPort());
            acceptor = new Thread(() -> {
                try {
                    while (true) {
                        Socket socket = listener.accept();
                        accepted.incrementAndGet();
                        Thread echo = new Thread(() -> echo(name, socket));
                        echo.setDaemon(true);
                        echo.start();
                    }
                } catch (IOException closed) {
                    assertThat(listener.isClosed()).isTrue();
                }
            });
            acceptor.setDaemon(true);
            acceptor.start();
        }

        private static void echo(String name, Socket socket) {
            try (socket) {
                socket.getOutputStream().write(name.getBytes(StandardCharsets.UTF_8));
                socket.getInputStream().transferTo(socket.getOutputStream());
                socket.getOutputStream().write("end".getBytes(StandardCharsets.UTF_8));
            } catch (IOException reset) {
                // the client, or the balancer, is gone
            }
        }

        /** A system call that waits for a connection keeps the socket open, and may still get one, until it has returned. */
        @Override
        public void close() throws IOException, InterruptedException {
            listener.close();
            acceptor.join(TimeUnit.SECONDS.toMillis(10));
            assertThat(acceptor.isAlive()).isFalse();
        }
    }

    @BeforeEach
    void startBackends() throws Exception {
        for (String name : List.of("A", "B")) {
            Backend backend = new Backend(name);
            backends.add(backend);
            findings.put(backend.address, Finding.READY);
        }
    }

    @AfterEach
    void close() throws Exception {
        on(() -> balancer().close())
                .get(10, TimeUnit.SECONDS)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        for (Backend backend : backends) {
            backend.close();
        }
        vertx.close().await(5, TimeUnit.SECONDS);
    }

    private TcpBalancer balancer() {
        return Objects.requireNonNull(opened);
    }

    private ServerPool pool() {
        return Objects.requireNonNull(servers);
    }

    private static Socket of(Map<String, Socket> byServer, String name) {
        return Objects.requireNonNull(byServer.get(name));
    }

    private <T> CompletableFuture<T> on(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        context.runOnContext(v -> {
            try {
                result.complete(work.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private void start(int maxConnections, Duration queueTimeout) throws Exception {
        BalancerSettings settings = new BalancerSettings(
                Duration.ofSeconds(1),
                Duration.ofMillis(20),
                Duration.ofSeconds(1),
                1,
                2,
                queueTimeout,
                maxConnections,
                Duration.ofMillis(200));
        ServerPool pool = new ServerPool(
                ServerPool.Policy.LEAST_CONNECTIONS, address -> new Server(address, new ServerHealth(1, 2)));
        HealthProbe probe = new HealthProbe() {
            @Override
            public Future<Finding> check(ServerAddress server) {
                return Future.succeededFuture(findings.getOrDefault(server, Finding.REFUSED));
            }

            @Override
            public Future<Void> close() {
                return Future.succeededFuture();
            }
        };
        BalancerMetrics metrics = new BalancerMetrics() {
            @Override
            public void accepted() {}

            @Override
            public void rejected() {
                rejected.incrementAndGet();
            }

            @Override
            public void retried() {
                retried.incrementAndGet();
            }

            @Override
            public void dropped() {
                dropped.incrementAndGet();
            }
        };
        port = on(() -> {
                    TcpBalancer balancer = new TcpBalancer(vertx, "127.0.0.1", settings, pool, probe, metrics);
                    balancer.servers(
                            backends.stream().map(backend -> backend.address).toList());
                    opened = balancer;
                    servers = pool;
                    return balancer.listen("127.0.0.1", 0);
                })
                .get(5, TimeUnit.SECONDS)
                .await(5, TimeUnit.SECONDS);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(READ_MILLIS);
        socket.connect(new InetSocketAddress("127.0.0.1", port), READ_MILLIS);
        return socket;
    }

    /** The reset may come as soon as the connection is made. */
    private void assertRefused() {
        assertThatThrownBy(() -> {
                    try (Socket refused = connect()) {
                        refused.getInputStream().read();
                    }
                })
                .isInstanceOf(SocketException.class);
    }

    private static String read(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
    }

    private void awaitFit(int servers) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (on(() -> pool().open()).get(5, TimeUnit.SECONDS) != servers) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Test
    void clientsAreSpreadAndAnEndOfSendingIsPassedOnAlone() throws Exception {
        start(10, Duration.ofSeconds(2));
        awaitFit(2);
        try (Socket first = connect();
                Socket second = connect()) {
            assertThat(List.of(read(first, 1), read(second, 1))).containsExactlyInAnyOrder("A", "B");
            first.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            first.shutdownOutput();
            assertThat(read(first, 100)).isEqualTo("helloend");
        }
    }

    @Test
    void muchGoesThroughUnchangedToAClientThatReadsLate() throws Exception {
        start(10, Duration.ofSeconds(2));
        awaitFit(2);
        byte[] sent = new byte[8 << 20];
        new Random(7).nextBytes(sent);
        try (Socket client = connect()) {
            assertThat(read(client, 1)).isIn("A", "B");
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    client.getOutputStream().write(sent);
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            TimeUnit.MILLISECONDS.sleep(300); // everything on the way is full by now, nothing may grow without bound
            InputStream in = client.getInputStream();
            assertThat(in.readNBytes(sent.length)).isEqualTo(sent);
            writing.get(10, TimeUnit.SECONDS);
            assertThat(read(client, 100)).isEqualTo("end");
        }
    }

    @Test
    void aServerThatRefusesIsPassedOverWithinTheSameConnection() throws Exception {
        start(10, Duration.ofSeconds(2));
        awaitFit(2);
        backends.get(0).close(); // its checks still say that it is well
        for (int i = 0; i < 6; i++) {
            try (Socket client = connect()) {
                assertThat(read(client, 1)).isEqualTo("B");
            }
        }
        assertThat(retried).hasPositiveValue();
        assertThat(rejected).hasValue(0);
    }

    @Test
    void theConnectionsOfASilentServerAreResetThoseOfOneThatIsNotReadyAreNot() throws Exception {
        start(10, Duration.ofSeconds(2));
        awaitFit(2);
        try (Socket first = connect();
                Socket second = connect()) {
            Map<String, Socket> byServer = Map.of(read(first, 1), first, read(second, 1), second);
            findings.put(backends.get(0).address, Finding.NOT_READY);
            awaitFit(1);
            Socket kept = of(byServer, "A");
            kept.getOutputStream().write('x');
            assertThat(read(kept, 1)).isEqualTo("x");
            findings.put(backends.get(0).address, Finding.SILENT);
            assertThatThrownBy(() -> kept.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThat(dropped).hasValue(1);
            Socket other = of(byServer, "B");
            other.getOutputStream().write('y');
            assertThat(read(other, 1)).isEqualTo("y");
        }
    }

    /** With no other server the reset would help nobody. */
    @Test
    void theConnectionsOfTheOnlyServerAreNotReset() throws Exception {
        start(10, Duration.ofSeconds(2));
        awaitFit(2);
        findings.put(backends.get(1).address, Finding.REFUSED);
        awaitFit(1);
        try (Socket client = connect()) {
            assertThat(read(client, 1)).isEqualTo("A");
            findings.put(backends.get(0).address, Finding.SILENT);
            awaitFit(0);
            TimeUnit.MILLISECONDS.sleep(200);
            client.getOutputStream().write('x');
            assertThat(read(client, 1)).isEqualTo("x");
            assertThat(dropped).hasValue(0);
        }
    }

    @Test
    void aClientWaitsForAServerAndIsRefusedWhenNoneComes() throws Exception {
        backends.forEach(backend -> findings.put(backend.address, Finding.SILENT));
        start(10, Duration.ofMillis(500));
        assertRefused();
        assertThat(rejected).hasValue(1);
        try (Socket client = connect()) {
            findings.put(backends.get(1).address, Finding.READY);
            assertThat(read(client, 1)).isEqualTo("B");
        }
    }

    @Test
    void aClientThatHasWaitedForNothingIsGivenToAServerThatIsNotReady() throws Exception {
        findings.put(backends.get(0).address, Finding.SILENT);
        findings.put(backends.get(1).address, Finding.NOT_READY);
        start(10, Duration.ofMillis(200));
        for (int i = 0; i < 2; i++) {
            try (Socket client = connect()) {
                assertThat(read(client, 1)).isEqualTo("B");
            }
        }
        assertThat(rejected).hasValue(0);
    }

    @Test
    void clientsBeyondTheLimitAreRefused() throws Exception {
        start(1, Duration.ofSeconds(2));
        awaitFit(2);
        Socket first = connect();
        assertThat(read(first, 1)).isIn("A", "B");
        assertRefused();
        first.close();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (on(() -> balancer().clients()).get(5, TimeUnit.SECONDS) > 0) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
        try (Socket third = connect()) {
            assertThat(read(third, 1)).isIn("A", "B");
        }
    }

    @Test
    void aDrainedServerGetsNoNewClientsAndItsOldOnesEnd() throws Exception {
        start(10, Duration.ofSeconds(2));
        awaitFit(2);
        try (Socket first = connect();
                Socket second = connect()) {
            Map<String, Socket> byServer = Map.of(read(first, 1), first, read(second, 1), second);
            on(() -> {
                        balancer().drain(Objects.requireNonNull(pool().server(backends.get(0).address)), true);
                        return true;
                    })
                    .get(5, TimeUnit.SECONDS);
            try (Socket next = connect()) {
                assertThat(read(next, 1)).isEqualTo("B");
            }
            assertThatThrownBy(() -> of(byServer, "A").getInputStream().read()).isInstanceOf(SocketException.class);
        }
        assertThat(backends.get(0).accepted).hasValue(1);
    }
}
