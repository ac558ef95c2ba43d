package io.kvorum.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpServerTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path root;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private @Nullable HttpServer server;

    private HttpServer serve(HttpServer.Handler handler) throws IOException {
        HttpServer started = new HttpServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "test",
                handler,
                (request, status, bytes) -> log.add(request.method() + " " + request.target() + " " + status));
        started.start();
        server = started;
        return started;
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    /** A connection on which requests are written raw. */
    private record Client(Socket socket) implements AutoCloseable {
        static Client to(HttpServer server) throws IOException {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
            socket.setSoTimeout(5000);
            return new Client(socket);
        }

        void send(String request) throws IOException {
            socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }

        /** One answer: head and, unless {@code head}, the body of its length. */
        String receive(boolean head) throws IOException {
            InputStream in = socket.getInputStream();
            StringBuilder text = new StringBuilder();
            while (!text.toString().endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    return text.toString();
                }
                text.append((char) next);
            }
            int at = text.indexOf("Content-Length: ");
            if (!head && at >= 0) {
                int length = Integer.parseInt(text.substring(at + 16, text.indexOf("\r", at)));
                text.append(new String(in.readNBytes(length), StandardCharsets.UTF_8));
            }
            return text.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private String get(HttpServer server, String target, String headers) throws IOException {
        try (Client client = Client.to(server)) {
            client.send("GET " + target + " HTTP/1.1\nHost: x\n" + headers + "\n");
            return client.receive(false);
        }
    }

    @Test
    void servesFilesWithTypesAndIndex() throws IOException {
        Files.writeString(root.resolve("index.html"), "<h1>hi</h1>");
        Files.createDirectories(root.resolve("sub"));
        Files.writeString(root.resolve("sub/a.css"), "a{}");
        HttpServer files = serve(new StaticFiles(root, "nginx", "welcome"));
        assertThat(get(files, "/", ""))
                .startsWith("HTTP/1.1 200 OK")
                .contains("text/html")
                .endsWith("<h1>hi</h1>");
        assertThat(get(files, "/sub/a.css", "")).contains("text/css").endsWith("a{}");
        assertThat(get(files, "/sub", "")).startsWith("HTTP/1.1 301").contains("Location: /sub/");
        assertThat(get(files, "/sub/", "")).startsWith("HTTP/1.1 403");
        assertThat(get(files, "/none", "")).startsWith("HTTP/1.1 404");
        assertThat(get(files, "/../secret", "")).startsWith("HTTP/1.1 400");
        assertThat(get(files, "/%2e%2e/secret", "")).startsWith("HTTP/1.1 400");
        assertThat(log).contains("GET / 200", "GET /none 404");
    }

    @Test
    void anEmptyRootShowsTheWelcomePage() throws IOException {
        HttpServer files = serve(new StaticFiles(root.resolve("absent"), "nginx", "welcome"));
        assertThat(get(files, "/", "")).startsWith("HTTP/1.1 200").endsWith("welcome");
        assertThat(get(files, "/x", "")).startsWith("HTTP/1.1 404");
    }

    @Test
    void rangesAndConditions() throws IOException {
        Files.writeString(root.resolve("a.txt"), "0123456789");
        HttpServer files = serve(new StaticFiles(root, "nginx", null));
        assertThat(get(files, "/a.txt", "Range: bytes=2-4\n"))
                .startsWith("HTTP/1.1 206")
                .contains("Content-Range: bytes 2-4/10")
                .endsWith("\r\n\r\n234");
        assertThat(get(files, "/a.txt", "Range: bytes=-3\n")).endsWith("\r\n\r\n789");
        assertThat(get(files, "/a.txt", "Range: bytes=20-\n")).startsWith("HTTP/1.1 416");
        String first = get(files, "/a.txt", "");
        String tag = first.substring(first.indexOf("ETag: ") + 6, first.indexOf("\r", first.indexOf("ETag: ")));
        assertThat(get(files, "/a.txt", "If-None-Match: " + tag + "\n")).startsWith("HTTP/1.1 304");
    }

    @Test
    void keepsConnectionsOpenAndAnswersHead() throws IOException {
        HttpServer echo = serve(request -> HttpResponse.text(
                200, "text/plain", request.method() + new String(request.body(), StandardCharsets.UTF_8)));
        try (Client client = Client.to(echo)) {
            client.send("POST /a HTTP/1.1\nContent-Length: 3\n\nabc");
            assertThat(client.receive(false)).contains("Connection: keep-alive").endsWith("POSTabc");
            client.send("POST /b HTTP/1.1\nTransfer-Encoding: chunked\n\n2\nhi\n0\n\n");
            assertThat(client.receive(false)).endsWith("POSThi");
            client.send("HEAD /c HTTP/1.1\n\nGET /d HTTP/1.1\nConnection: close\n\n");
            assertThat(client.receive(true)).contains("Content-Length: 4").endsWith("\r\n\r\n");
            assertThat(client.receive(false)).contains("Connection: close").endsWith("GET");
            assertThat(client.receive(false)).isEmpty();
        }
    }

    @Test
    void badRequestsAreRefused() throws IOException {
        HttpServer any = serve(request -> HttpResponse.text(200, "text/plain", ""));
        for (String request : List.of("nonsense\n\n", "GET x HTTP/1.1\n\n", "GET / HTTP/1.1\nno colon\n\n")) {
            try (Client client = Client.to(any)) {
                client.send(request);
                assertThat(client.receive(false)).startsWith("HTTP/1.1 400");
            }
        }
        try (Client client = Client.to(any)) {
            client.send("POST / HTTP/1.1\nContent-Length: 99999999\n\n");
            assertThat(client.receive(false)).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void drainingAnswersWhatIsThereAndThenCloses() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        HttpServer slow = serve(request -> {
            if (request.path().equals("/slow")) {
                entered.countDown();
                await(release);
            }
            return HttpResponse.text(200, "text/plain", "done");
        });
        try (Client inFlight = Client.to(slow);
                Client idle = Client.to(slow)) {
            idle.send("GET /first HTTP/1.1\n\n");
            assertThat(idle.receive(false)).contains("keep-alive");
            inFlight.send("GET /slow HTTP/1.1\n\n");
            assertThat(entered.await(5, TimeUnit.SECONDS)).isTrue();
            AtomicReference<Duration> took = new AtomicReference<>(Duration.ZERO);
            long begun = System.nanoTime();
            Thread draining = new Thread(() -> {
                try {
                    slow.drain(300, 10_000);
                    took.set(Duration.ofNanos(System.nanoTime() - begun));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            draining.start();
            // Accepted while draining, and told to go.
            String late = "";
            while (!late.contains("Connection: close")) {
                late = get(slow, "/late", "");
            }
            assertThat(late).endsWith("done");
            idle.send("GET /second HTTP/1.1\n\n");
            assertThat(idle.receive(false)).contains("Connection: close").endsWith("done");
            release.countDown();
            assertThat(inFlight.receive(false)).contains("Connection: close").endsWith("done");
            draining.join(10_000);
            assertThat(took.get()).isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
            assertThatThrownBy(() -> Client.to(slow)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void aRequestThatComesLateOnANewConnectionIsAnsweredWhileDraining() throws Exception {
        HttpServer draining = serve(request -> HttpResponse.text(200, "text/plain", "done"));
        try (Client late = Client.to(draining)) {
            Thread drain = new Thread(() -> {
                try {
                    draining.drain(50, 10_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            drain.start();
            late.socket().setSoTimeout(1000);
            assertThatThrownBy(() -> late.receive(false))
                    .as("a connection that brought nothing yet is not closed")
                    .isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(() -> Client.to(draining)).isInstanceOf(ConnectException.class);
            late.socket().setSoTimeout(5000);
            late.send("GET /late HTTP/1.1\n\n");
            assertThat(late.receive(false)).contains("Connection: close").endsWith("done");
            drain.join(10_000);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void netexecAnswersAsAgnhostDoes() throws IOException {
        HttpServer netexec = serve(Agnhost.netexec(Duration.ZERO));
        assertThat(get(netexec, "/echo?msg=a%20b&code=201", ""))
                .startsWith("HTTP/1.1 201")
                .endsWith("a b");
        assertThat(get(netexec, "/clientip", "")).contains("127.0.0.1:");
        assertThat(get(netexec, "/healthz", "")).startsWith("HTTP/1.1 200");
        assertThat(get(netexec, "/nothing", "")).startsWith("HTTP/1.1 404");
    }

    @Test
    void flagsAsGoTakesThem() {
        GoFlags flags = GoFlags.parse(new String[] {"-text=a b", "--listen", ":80", "-v", "rest"});
        assertThat(flags.value("text", "")).isEqualTo("a b");
        assertThat(flags.value("listen", "")).isEqualTo(":80");
        assertThat(flags.value("absent", "x")).isEqualTo("x");
    }
}
