package io.kvorum.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a server of a few lines, whose answers are written byte by byte. */
class LoadTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nX-Version: v1\r\nContent-Length: 2\r\n\r\nok";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Answers the n-th request of all; null closes the connection without an answer. */
    private interface Script {
        @Nullable
        String answer(int request) throws InterruptedException;
    }

    private final Map<Socket, Boolean> sockets = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private @Nullable ServerSocket server;

    private URI serve(Script script) throws IOException {
        ServerSocket server = new ServerSocket(0, 1024, InetAddress.getByName("127.0.0.1"));
        this.server = server;
        Thread acceptor = new Thread(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    connections.incrementAndGet();
                    sockets.put(socket, true);
                    Thread thread = new Thread(() -> exchange(socket, script));
                    thread.setDaemon(true);
                    thread.start();
                }
            } catch (IOException e) {
                // closed by the test
            }
        });
        acceptor.setDaemon(true);
        acceptor.start();
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/path?q=1");
    }

    private void exchange(Socket socket, Script script) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            while (true) {
                String line = in.readLine();
                if (line == null) {
                    return;
                }
                boolean close = false;
                for (String header = in.readLine(); !header.isEmpty(); header = in.readLine()) {
                    close |= header.equals("Connection: close");
                }
                String answer = script.answer(requests.getAndIncrement());
                if (answer == null) {
                    return;
                }
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                if (close) {
                    return;
                }
            }
        } catch (IOException | InterruptedException e) {
            // the load's side went away
        }
    }

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
        for (Socket socket : sockets.keySet()) {
            socket.close();
        }
    }

    private static TrafficReport run(LoadPlan plan) throws Exception {
        try (Load load = Load.start(plan)) {
            assertThat(load.await(LIMIT)).isTrue();
            return load.report();
        }
    }

    @Test
    void sendsExactlyAsManyAsRateTimesDuration() throws Exception {
        TrafficReport report = run(LoadPlan.get(serve(n -> OK), 500, Duration.ofMillis(400)));
        assertThat(report.requests()).isEqualTo(200);
        assertThat(requests).hasValue(200);
        assertThat(connections).hasValue(200);
        assertThat(report.lost()).isZero();
        assertThat(report.seconds().get(0).versions()).containsEntry("v1", 200L);
    }

    @Test
    void tellsTheWaysToLoseARequestApart() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        URI uri = serve(n -> switch (n % 6) {
            case 0 -> OK;
            case 1 -> null;
            case 2 -> "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
            case 3 -> "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
            case 4 -> "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort";
            default -> {
                never.await();
                yield null;
            }
        });
        LoadPlan plan = LoadPlan.get(uri, 100, Duration.ofMillis(60));
        plan = new LoadPlan(
                plan.target(),
                "GET",
                100,
                plan.duration(),
                8,
                Duration.ofMillis(400),
                plan.headers(),
                false,
                plan.versions(),
                null);
        TrafficReport report = run(plan);
        never.countDown();
        assertThat(report.outcomes())
                .containsEntry(Outcome.OK, 1L)
                .containsEntry(Outcome.RESET, 2L)
                .containsEntry(Outcome.SERVER_ERROR, 1L)
                .containsEntry(Outcome.CLIENT_ERROR, 1L)
                .containsEntry(Outcome.TIMEOUT, 1L);
    }

    @Test
    void aRefusedConnectionIsLostAsConnect() throws Exception {
        URI uri = serve(n -> OK);
        stop();
        TrafficReport report = run(LoadPlan.get(uri, 100, Duration.ofMillis(50)));
        assertThat(report.outcomes()).containsEntry(Outcome.CONNECT, 5L);
    }

    /** One client, a server that stalls once: every request that was due meanwhile waited, and says so. */
    @Test
    void aStallCountsForEveryRequestThatWasDueInIt() throws Exception {
        URI uri = serve(n -> {
            if (n == 0) {
                Thread.sleep(300);
            }
            return OK;
        });
        LoadPlan plan = LoadPlan.get(uri, 100, Duration.ofMillis(300));
        plan = new LoadPlan(
                plan.target(),
                "GET",
                100,
                plan.duration(),
                1,
                plan.timeout(),
                plan.headers(),
                false,
                plan.versions(),
                null);
        TrafficReport report = run(plan);
        assertThat(report.requests()).isEqualTo(30);
        assertThat(report.lost()).isZero();
        // The request due at 150 ms could not be sent before 300 ms.
        assertThat(report.latency().p50()).isGreaterThan(Duration.ofMillis(100).toNanos());
    }

    @Test
    void keptConnectionsAreReplacedWhenTheServerClosedThem() throws Exception {
        // The second request on each connection is met by a closed one.
        URI uri = serve(n -> n % 2 == 0 ? OK : null);
        LoadPlan plan = LoadPlan.get(uri, 50, Duration.ofMillis(200)).withKeepAlive();
        plan = new LoadPlan(
                plan.target(),
                "GET",
                50,
                plan.duration(),
                1,
                plan.timeout(),
                plan.headers(),
                true,
                plan.versions(),
                null);
        TrafficReport report = run(plan);
        assertThat(report.requests()).isEqualTo(10);
        assertThat(report.lost()).isZero();
        assertThat(report.reconnects()).isEqualTo(9);
    }

    @Test
    void readsChunksAndTheVersionFromTheBody() throws Exception {
        URI uri = serve(n ->
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nI am v2.\r\n4;x=y\r\n1 ok\r\n0\r\n\r\n");
        TrafficReport report = run(LoadPlan.get(uri, 100, Duration.ofMillis(50))
                .withKeepAlive()
                .withVersions(new VersionRule(List.of(), Pattern.compile("I am (v[0-9.]+ok|v2\\.1 ok)"))));
        assertThat(report.versions()).containsOnlyKeys("v2.1 ok");
    }
}
