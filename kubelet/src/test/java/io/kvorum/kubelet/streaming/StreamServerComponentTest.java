package io.kvorum.kubelet.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.kubelet.logs.ContainerLog;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerLaunch;
import io.kvorum.kubelet.runtime.ProcessRuntime;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.PfxOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The port for streams over TLS with client certificates, with real processes behind it. */
class StreamServerComponentTest {
    private static final ContainerId BOX = new ContainerId("uid-1", "box", 0);
    private static final ContainerId TERMINAL = new ContainerId("uid-1", "terminal", 0);
    private static final ContainerId SLOW_LOG = new ContainerId("uid-1", "slow-log", 0);
    private static final ContainerId ENDED = new ContainerId("uid-1", "ended", 0);
    private static final char[] PASSWORD = "x".toCharArray();
    private static final int LIMIT_SECONDS = 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path root;

    @SuppressWarnings("NullAway.Init")
    private static Vertx vertx;

    @SuppressWarnings("NullAway.Init")
    private static ProcessRuntime runtime;

    private static final List<StreamServer> SERVERS = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private static SSLContext tls;

    private static int port;
    /** Of a server that closes idle sessions soon. */
    private static int impatientPort;

    @BeforeAll
    static void up() throws Exception {
        KeyStore identity = selfSigned();
        try (var file = Files.newOutputStream(root.resolve("identity.p12"))) {
            identity.store(file, PASSWORD);
        }
        tls = context(identity);
        runtime = new ProcessRuntime(
                root.resolve("data"), null, Clock.systemUTC(), 1 << 20, 3, (id, exit) -> {}, problem -> {});
        runtime.start(launch(BOX, false, false, "sleep 100000"));
        runtime.start(launch(TERMINAL, true, true, "while read line; do echo \"got $line\"; done"));
        runtime.start(launch(SLOW_LOG, true, false, "while read line; do echo \"got $line\"; done"));
        runtime.start(launch(ENDED, false, false, "echo all it had to say"));
        vertx = Vertx.vertx();
        port = serve(Duration.ofSeconds(LIMIT_SECONDS));
        impatientPort = serve(Duration.ofSeconds(3));
    }

    private static int serve(Duration idleTimeout) throws Exception {
        StreamServer streams = new StreamServer(
                vertx,
                runtime,
                new Targets(),
                vertx.createSharedWorkerExecutor("logs"),
                new StreamServer.Settings("127.0.0.1", 0, idleTimeout, 8),
                certificate -> certificate != null
                        && certificate.getSubjectX500Principal().getName().equals("CN=test"));
        SERVERS.add(streams);
        PfxOptions store = new PfxOptions()
                .setPath(root.resolve("identity.p12").toString())
                .setPassword("x");
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setClientAuth(ClientAuth.REQUEST)
                .setKeyCertOptions(store)
                .setTrustOptions(store);
        Context context = vertx.getOrCreateContext();
        CompletableFuture<Integer> listening = new CompletableFuture<>();
        context.runOnContext(v -> streams.listen(options)
                .map(HttpServer::actualPort)
                .onSuccess(listening::complete)
                .onFailure(listening::completeExceptionally));
        return listening.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    @AfterAll
    static void down() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        SERVERS.forEach(StreamServer::close);
        runtime.removePod(BOX.podUid());
        runtime.close();
    }

    private static ContainerLaunch launch(ContainerId id, boolean stdin, boolean tty, String script) {
        return new ContainerLaunch(
                id, List.of("sh", "-c", script), Map.of(), "", List.of(), List.of(), Map.of(), stdin, tty);
    }

    private static final class Targets implements StreamTargets {
        @Override
        public Future<ContainerTarget> container(String namespace, String pod, String container) {
            return switch (container) {
                case "slow-log" -> Future.succeededFuture(new ContainerTarget(SLOW_LOG, true, false, false));
                // Known as running, as it is until the node has heard of its end.
                case "ended" -> Future.succeededFuture(new ContainerTarget(ENDED, false, false, false));
                case "box" -> Future.succeededFuture(new ContainerTarget(BOX, false, false, false));
                case "terminal" -> Future.succeededFuture(new ContainerTarget(TERMINAL, true, false, true));
                default ->
                    Future.failedFuture(new NoTargetException(500, "container not found (\"" + container + "\")"));
            };
        }

        @Override
        public Future<PodTarget> pod(String namespace, String pod) {
            return Future.succeededFuture(new PodTarget("uid-1", pod, namespace, "127.0.0.1"));
        }

        @Override
        public Future<Document> document(String path) {
            return path.equals("/pods")
                    ? Future.succeededFuture(new Document("application/json", Buffer.buffer("{\"items\":[]}")))
                    : StreamTargets.super.document(path);
        }

        @Override
        public ContainerLog log(ContainerId id) throws IOException {
            ContainerLog log = runtime.log(id);
            if (id.equals(SLOW_LOG)) {
                // Time enough for an input that does not wait to be answered.
                long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
                while (log.tail(1, 100).isEmpty() && System.nanoTime() < until) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                }
            }
            return log;
        }
    }

    private static KeyStore selfSigned() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        X500Name name = new X500Name("CN=test");
        Instant now = Instant.now();
        X509Certificate certificate = new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                name,
                                BigInteger.ONE,
                                Date.from(now.minusSeconds(60)),
                                Date.from(now.plusSeconds(3600)),
                                name,
                                pair.getPublic())
                        .addExtension(
                                Extension.subjectAlternativeName,
                                false,
                                new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")))
                        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", pair.getPrivate(), PASSWORD, new Certificate[] {certificate});
        store.setCertificateEntry("ca", certificate);
        return store;
    }

    private static SSLContext context(KeyStore store) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
        return context;
    }

    private static SpdyTestClient spdy(String uri, String... protocols) throws Exception {
        return spdy(port, uri, protocols);
    }

    private static SpdyTestClient spdy(int port, String uri, String... protocols) throws Exception {
        return new SpdyTestClient(tls.getSocketFactory().createSocket("127.0.0.1", port), uri, protocols);
    }

    private static void eventually(String what, Callable<Boolean> condition) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(until);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static boolean runs(String command) {
        return ProcessHandle.allProcesses()
                .anyMatch(process -> process.info().commandLine().orElse("").matches("(\\S*/)?" + command));
    }

    /** A WebSocket's messages as they come, and how it closed. */
    private static final class Messages implements WebSocket.Listener {
        final BlockingQueue<byte[]> all = new LinkedBlockingQueue<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final ByteArrayOutputStream part = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            return add(socket, bytes, last);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            return add(socket, data.toString().getBytes(StandardCharsets.US_ASCII), last);
        }

        private CompletionStage<?> add(WebSocket socket, byte[] bytes, boolean last) {
            part.writeBytes(bytes);
            if (last) {
                all.add(part.toByteArray());
                part.reset();
            }
            socket.request(1);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return CompletableFuture.completedFuture(null);
        }

        /** Everything that came on a channel until the connection closed. */
        String channel(int number) throws Exception {
            closed.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            StringBuilder text = new StringBuilder();
            for (byte[] message : all) {
                if (message[0] == number) {
                    text.append(new String(message, 1, message.length - 1, StandardCharsets.UTF_8));
                } else if (message[0] == '0' + number) {
                    text.append(new String(
                            Base64.getDecoder().decode(Arrays.copyOfRange(message, 1, message.length)),
                            StandardCharsets.UTF_8));
                }
            }
            return text.toString();
        }
    }

    private static WebSocket webSocket(Messages messages, String uri, String protocol) throws Exception {
        HttpClient client = HttpClient.newBuilder().sslContext(tls).build();
        return client.newWebSocketBuilder()
                .subprotocols(protocol)
                .buildAsync(URI.create("wss://127.0.0.1:" + port + uri), messages)
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static ByteBuffer message(int channel, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(bytes.length + 1)
                .put((byte) channel)
                .put(bytes)
                .flip();
    }

    @Test
    void execOverSpdy() throws Exception {
        try (SpdyTestClient client = spdy(
                "/exec/default/pod/box?command=sh&command=-c&command=cat%3Becho+err%3E%262%3Bexit+7&input=1&output=1&error=1",
                "v4.channel.k8s.io", "v3.channel.k8s.io")) {
            assertThat(client.head)
                    .startsWith("HTTP/1.1 101 ")
                    .containsIgnoringCase("Upgrade: SPDY/3.1")
                    .containsIgnoringCase("X-Stream-Protocol-Version: v4.channel.k8s.io");
            int error = client.open("error");
            int stdin = client.open("stdin");
            int stdout = client.open("stdout");
            int stderr = client.open("stderr");
            client.ping();
            client.data(stdin, "typed\n");
            client.data(stdin, new byte[0], true);
            assertThat(client.readUntil(() -> client.ended(error))).isTrue();
            assertThat(client.text(stdout)).isEqualTo("typed\n");
            assertThat(client.text(stderr)).isEqualTo("err\n");
            assertThat(client.text(error))
                    .contains("\"reason\":\"NonZeroExitCode\"")
                    .contains("\"reason\":\"ExitCode\"")
                    .contains("\"message\":\"7\"");
            assertThat(client.pongs()).isEqualTo(1);
        }
    }

    @Test
    void anOldClientGetsItsErrorAsText() throws Exception {
        try (SpdyTestClient client = spdy("/exec/default/pod/box?command=false&output=1", "v2.channel.k8s.io")) {
            int error = client.open("error");
            client.open("stdout");
            assertThat(client.readUntil(() -> client.ended(error))).isTrue();
            assertThat(client.text(error)).isEqualTo("command terminated with non-zero exit code: exit status 1");
        }
    }

    @Test
    void whatCannotBeIsRefusedBeforeTheUpgrade() throws Exception {
        try (SpdyTestClient client = spdy("/exec/default/pod/box?command=true&output=1", "v9.channel.k8s.io")) {
            assertThat(client.head).startsWith("HTTP/1.1 403 ").contains("v4.channel.k8s.io");
        }
        try (SpdyTestClient client = spdy("/exec/default/pod/none?command=true&output=1")) {
            assertThat(client.head).startsWith("HTTP/1.1 500 ");
        }
        try (SpdyTestClient client = spdy("/exec/default/pod/box?command=true")) {
            assertThat(client.head).startsWith("HTTP/1.1 400 ");
        }
        try (SpdyTestClient client = spdy("/elsewhere")) {
            assertThat(client.head).startsWith("HTTP/1.1 404 ");
        }
    }

    /** Whatever comes after an upgrade ends its own connection at most; commands it started end with it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void framesThatMeanNothingHurtNobodyElse(long seed) throws Exception {
        HostileFrames frames = new HostileFrames(seed);
        String exec = "/exec/default/pod/box?command=sleep&command=9090" + seed + "&input=1&output=1&error=1";
        for (int connection = 0; connection < 40; connection++) {
            String uri = connection % 3 == 0 ? "/portForward/default/pod" : exec;
            boolean spdy = connection % 2 == 0;
            byte[] upgrade = frames.upgrade(uri, spdy);
            eventually("there is room for a session", () -> {
                try (Socket socket = tls.getSocketFactory().createSocket("127.0.0.1", port)) {
                    socket.setSoTimeout(LIMIT_SECONDS * 1000);
                    boolean granted = HostileFrames.isGranted(socket, upgrade);
                    if (granted) {
                        frames.send(socket, spdy, !uri.equals(exec));
                    }
                    return granted;
                }
            });
        }
        eventually("no command is left over", () -> !runs("sleep 9090" + seed));
        try (SpdyTestClient client =
                spdy("/exec/default/pod/box?command=echo&command=well&output=1", "v4.channel.k8s.io")) {
            int error = client.open("error");
            int stdout = client.open("stdout");
            assertThat(client.readUntil(() -> client.ended(error))).isTrue();
            assertThat(client.text(stdout)).isEqualTo("well\n");
        }
    }

    @Test
    void documentsAboutTheNodeAreShown() throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(tls)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        String base = "https://127.0.0.1:" + port;
        for (String[] expected : new String[][] {
            {"/healthz", "200 ok"}, {"/pods", "200 {\"items\":[]}"}, {"/stats/x", "404 404 page not found\n"}
        }) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(base + expected[0])).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode() + " " + answer.body()).isEqualTo(expected[1]);
        }
    }

    @Test
    void withoutAClientCertificateNobodyComesIn() throws Exception {
        KeyStore trusting = KeyStore.getInstance("PKCS12");
        trusting.load(null, null);
        try (InputStream in = Files.newInputStream(root.resolve("identity.p12"))) {
            KeyStore all = KeyStore.getInstance("PKCS12");
            all.load(in, PASSWORD);
            trusting.setCertificateEntry("ca", all.getCertificate("ca"));
        }
        Socket socket = context(trusting).getSocketFactory().createSocket("127.0.0.1", port);
        try (SpdyTestClient client = new SpdyTestClient(socket, "/exec/default/pod/box?command=true&output=1")) {
            assertThat(client.head).startsWith("HTTP/1.1 401 ");
        }
    }

    @Test
    void aClientThatDoesNotReadHoldsTheCommandUpAndItsEndEndsTheCommand() throws Exception {
        try (SpdyTestClient client = spdy(
                "/exec/default/pod/box?command=sh&command=-c&command="
                        + "yes+0123456789abcdef+|+head+-c+200000000;+sleep+70707"
                                .replace("|", "%7C")
                                .replace(";", "%3B")
                        + "&output=1",
                "v4.channel.k8s.io")) {
            client.open("error");
            int stdout = client.open("stdout");
            client.readUntil(() -> client.bytes(stdout).length > 0);
            TimeUnit.MILLISECONDS.sleep(500);
            // Were it not held up, the command would be through and asleep.
            assertThat(runs("sleep 70707")).isFalse();
            assertThat(runs("head -c 200000000")).isTrue();
        }
        eventually("the command is gone", () -> !runs("head -c 200000000"));
    }

    @Test
    void bytesOfAnyKindComeBackAsTheyWere() throws Exception {
        byte[] bytes = new byte[3_000_000];
        new Random(42).nextBytes(bytes);
        try (SpdyTestClient client = spdy("/exec/default/pod/box?command=cat&input=1&output=1", "v4.channel.k8s.io")) {
            int error = client.open("error");
            int stdin = client.open("stdin");
            int stdout = client.open("stdout");
            Thread writer = new Thread(() -> {
                try {
                    for (int at = 0; at < bytes.length; at += 30_000) {
                        client.data(stdin, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 30_000)), false);
                    }
                    client.data(stdin, new byte[0], true);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            writer.start();
            assertThat(client.readUntil(() -> client.ended(error))).isTrue();
            writer.join();
            assertThat(client.bytes(stdout)).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v5.channel.k8s.io", "v4.channel.k8s.io", "channel.k8s.io", "v4.base64.channel.k8s.io"})
    void execOverAWebSocket(String protocol) throws Exception {
        Messages messages = new Messages();
        WebSocket socket = webSocket(
                messages,
                "/exec/default/pod/box?command=sh&command=-c&command=read+x%3Becho+got+%24x%3Bexit+3&input=1&output=1&error=1",
                protocol);
        assertThat(socket.getSubprotocol()).isEqualTo(protocol);
        if (protocol.contains("base64")) {
            socket.sendText("0" + Base64.getEncoder().encodeToString("it\n".getBytes(StandardCharsets.US_ASCII)), true);
        } else {
            // In two frames, of which only the first has the channel's number.
            socket.sendBinary(message(0, "i"), false).get(LIMIT_SECONDS, TimeUnit.SECONDS);
            socket.sendBinary(ByteBuffer.wrap("t\n".getBytes(StandardCharsets.US_ASCII)), true);
        }
        assertThat(messages.channel(1)).isEqualTo("got it\n");
        assertThat(messages.channel(3))
                .contains(protocol.equals("channel.k8s.io") ? "exit status 3" : "\"message\":\"3\"");
        assertThat(messages.closed.get()).isEqualTo(1000);
    }

    @Test
    void version5ClosesTheInputAlone() throws Exception {
        Messages messages = new Messages();
        WebSocket socket =
                webSocket(messages, "/exec/default/pod/box?command=cat&input=1&output=1", "v5.channel.k8s.io");
        socket.sendBinary(message(0, "all of it"), true).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        socket.sendBinary(ByteBuffer.wrap(new byte[] {(byte) 255, 0}), true);
        assertThat(messages.channel(1)).isEqualTo("all of it");
        assertThat(messages.channel(3)).contains("\"status\":\"Success\"");
    }

    /** What is written before the output is followed would be answered before it is followed, and the answer lost. */
    @Test
    void attachFollowsTheOutputBeforeItHandsOnTheInput() throws Exception {
        try (SpdyTestClient client = spdy("/attach/default/pod/slow-log?input=1&output=1", "v4.channel.k8s.io")) {
            client.open("error");
            int stdin = client.open("stdin");
            int stdout = client.open("stdout");
            client.data(stdin, "a question\n");
            assertThat(client.readUntil(() -> client.text(stdout).contains("got a question\n")))
                    .isTrue();
        }
    }

    /** Of which there is nothing to follow: the client is to read its log instead, as kubectl does. */
    @Test
    void attachToWhatHasEndedIsAnError() throws Exception {
        eventually("it has ended", () -> !runtime.runs(ENDED));
        try (SpdyTestClient client = spdy("/attach/default/pod/ended?output=1", "v4.channel.k8s.io")) {
            int error = client.open("error");
            client.open("stdout");
            assertThat(client.readUntil(() -> client.ended(error))).isTrue();
            assertThat(client.text(error)).contains("Failure").contains("container uid-1/ended/0 is not running");
        }
    }

    @Test
    void attachToATerminal() throws Exception {
        try (SpdyTestClient client = spdy("/attach/default/pod/terminal?input=1&output=1&tty=1", "v4.channel.k8s.io")) {
            client.open("error");
            int stdin = client.open("stdin");
            int stdout = client.open("stdout");
            client.open("resize");
            client.data(stdin, "something\n");
            assertThat(client.readUntil(() -> client.text(stdout).contains("got something\r\n")))
                    .isTrue();
        }
    }

    @Test
    void anIdleSessionIsClosed() throws Exception {
        try (SpdyTestClient client = spdy(
                impatientPort, "/exec/default/pod/box?command=sleep&command=70709&output=1", "v4.channel.k8s.io")) {
            client.open("error");
            client.open("stdout");
            assertThat(client.readUntil(() -> false)).isFalse();
        }
        eventually("its command is gone", () -> !runs("sleep 70709"));
    }

    /** Answers every connection with what it read, in capitals, once the client has ended its side. */
    private static ServerSocket upperCaseServer() throws IOException {
        ServerSocket server = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
        Thread thread = new Thread(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    new Thread(() -> {
                                try (socket) {
                                    byte[] all = socket.getInputStream().readAllBytes();
                                    socket.getOutputStream()
                                            .write(new String(all, StandardCharsets.US_ASCII)
                                                    .toUpperCase(Locale.ROOT)
                                                    .getBytes(StandardCharsets.US_ASCII));
                                } catch (IOException e) {
                                    // The client sees it.
                                }
                            })
                            .start();
                } catch (IOException closed) {
                    return;
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private static int[] forward(SpdyTestClient client, int to, int request) throws Exception {
        String id = Integer.toString(request);
        String port = Integer.toString(to);
        int error = client.open(Map.of("streamtype", "error", "port", port, "requestid", id));
        int data = client.open(Map.of("streamtype", "data", "port", port, "requestid", id));
        return new int[] {error, data};
    }

    @Test
    void portForwardOfManyConnectionsWithHalfClose() throws Exception {
        try (ServerSocket server = upperCaseServer();
                SpdyTestClient client = spdy("/portForward/default/pod", "portforward.k8s.io")) {
            assertThat(client.head).contains("101").contains("portforward.k8s.io");
            List<int[]> connections = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                int[] streams = forward(client, server.getLocalPort(), i);
                client.data(streams[1], "connection " + i);
                client.data(streams[1], new byte[0], true);
                connections.add(streams);
            }
            assertThat(client.readUntil(
                            () -> connections.stream().allMatch(c -> client.ended(c[0]) && client.ended(c[1]))))
                    .isTrue();
            for (int i = 0; i < 100; i++) {
                assertThat(client.text(connections.get(i)[1])).isEqualTo("CONNECTION " + i);
                assertThat(client.text(connections.get(i)[0])).isEmpty();
            }
        }
    }

    @Test
    void portForwardSaysWhatIsWrong() throws Exception {
        int closed;
        try (ServerSocket server = upperCaseServer()) {
            closed = server.getLocalPort();
        }
        try (SpdyTestClient client = spdy("/portForward/default/pod", "portforward.k8s.io")) {
            int[] streams = forward(client, closed, 1);
            assertThat(client.readUntil(() -> client.ended(streams[0]))).isTrue();
            assertThat(client.text(streams[0]))
                    .startsWith("error forwarding port " + closed + " to pod pod, uid uid-1: failed to connect to")
                    .contains("refused");
        }
    }

    @Test
    void portForwardTunnelledInAWebSocket() throws Exception {
        PfxOptions store = new PfxOptions()
                .setPath(root.resolve("identity.p12").toString())
                .setPassword("x");
        WebSocketClient client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setSsl(true)
                .setKeyCertOptions(store)
                .setTrustOptions(store));
        WebSocketConnectOptions options = new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI("/portForward/default/pod")
                .addSubProtocol("SPDY/3.1+portforward.k8s.io");
        CompletableFuture<String> answer = new CompletableFuture<>();
        try (ServerSocket server = upperCaseServer();
                SpdyFrames frames = new SpdyFrames()) {
            Buffer request = Buffer.buffer();
            for (String type : List.of("error", "data")) {
                var open = new DefaultSpdySynStreamFrame(type.equals("error") ? 1 : 3, 0, (byte) 0);
                open.headers()
                        .add("streamtype", type)
                        .add("port", Integer.toString(server.getLocalPort()))
                        .add("requestid", "0");
                request.appendBuffer(frames.encode(open));
            }
            request.appendBuffer(frames.encode(
                    new DefaultSpdyDataFrame(3, Unpooled.copiedBuffer("tunnelled", StandardCharsets.US_ASCII))
                            .setLast(true)));
            client.connect(options).onFailure(answer::completeExceptionally).onSuccess(socket -> {
                Buffer all = Buffer.buffer();
                socket.handler(bytes -> {
                    all.appendBuffer(bytes);
                    if (all.toString(StandardCharsets.ISO_8859_1).contains("TUNNELLED")) {
                        answer.complete(String.valueOf(socket.subProtocol()));
                        socket.close();
                    }
                });
                // Messages need not be whole frames.
                socket.writeBinaryMessage(request.getBuffer(0, 10));
                socket.writeBinaryMessage(request.getBuffer(10, request.length()));
            });
            assertThat(answer.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("SPDY/3.1+portforward.k8s.io");
        } finally {
            client.close();
        }
    }

    @Test
    void portForwardOverChannels() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Messages messages = new Messages();
            WebSocket socket =
                    webSocket(messages, "/portForward/default/pod?ports=" + server.getLocalPort(), "v4.channel.k8s.io");
            try (Socket accepted = server.accept()) {
                socket.sendBinary(message(0, "hello"), true);
                assertThat(accepted.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes());
                accepted.getOutputStream().write("world".getBytes(StandardCharsets.US_ASCII));
            }
            String number = new String(
                    new byte[] {(byte) server.getLocalPort(), (byte) (server.getLocalPort() >> 8)},
                    StandardCharsets.UTF_8);
            assertThat(messages.channel(0)).isEqualTo(number + "world");
        }
    }
}
