package io.kvorum.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.gateway.routing.Backend;
import io.kvorum.gateway.routing.Filters;
import io.kvorum.gateway.routing.HeaderChange;
import io.kvorum.gateway.routing.Listener;
import io.kvorum.gateway.routing.Mirror;
import io.kvorum.gateway.routing.PathChange;
import io.kvorum.gateway.routing.Route;
import io.kvorum.gateway.routing.RouteMatch;
import io.kvorum.gateway.routing.RouteTable;
import io.kvorum.gateway.routing.Rule;
import io.kvorum.gateway.routing.ServicePortRef;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.core.net.SocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The data plane between real clients and real servers. */
class DataPlaneComponentTest {
    private static final ServicePortRef WEB = new ServicePortRef("default", "web", 80);
    private static final ServicePortRef OTHER = new ServicePortRef("default", "other", 80);
    private static final String HOST = "127.0.0.1";
    private static final long SECONDS = 20;

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<HttpServer> servers = new ArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Context context = vertx.getOrCreateContext();
    private @Nullable DataPlane plane;
    private int port;

    @BeforeEach
    void open() throws Exception {
        context = vertx.getOrCreateContext();
        port = freePort();
        plane = onContext(
                () -> Future.succeededFuture(new DataPlane(vertx, HOST, new GatewayMetrics(registry), () -> {})));
    }

    @AfterEach
    void close() throws Exception {
        onContext(() -> plane().close());
        await(vertx.close());
    }

    private DataPlane plane() {
        if (plane == null) {
            throw new IllegalStateException();
        }
        return plane;
    }

    private static int freePort() throws Exception {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    private <T> T onContext(Supplier<Future<T>> work) throws Exception {
        Promise<T> done = Promise.promise();
        context.runOnContext(v -> work.get().onComplete(done));
        return await(done.future());
    }

    /** A server whose answers {@code handler} gives; its address. */
    private Address backend(Consumer<HttpServerRequest> handler) throws Exception {
        HttpServer server = vertx.createHttpServer().requestHandler(handler::accept);
        servers.add(server);
        await(server.listen(0, HOST));
        return new Address(HOST, server.actualPort());
    }

    private static Rule rule(Filters filters, Duration request, Duration backend, Backend... backends) {
        return new Rule("default/r", List.of(RouteMatch.ANY), filters, List.of(backends), request, backend);
    }

    private static Rule rule(Filters filters) {
        return rule(filters, Duration.ZERO, Duration.ZERO, new Backend(WEB, 1, Filters.NONE));
    }

    private void serve(Rule rule, Map<ServicePortRef, Endpoints> endpoints) throws Exception {
        serve(rule, endpoints, false, Map.of());
    }

    private void serve(
            Rule rule,
            Map<ServicePortRef, Endpoints> endpoints,
            boolean tls,
            Map<String, List<Certificate>> certificates)
            throws Exception {
        Route route = new Route("default/r", "", List.of(""), List.of(rule));
        RouteTable table = new RouteTable(List.of(new Listener("default/g/http", "", List.of(route))));
        onContext(() -> {
            plane().apply(Map.of(port, new PortPlan(tls, table, certificates)), endpoints);
            return Future.succeededFuture();
        });
        for (int i = 0;
                i < 200
                        && !onContext(() -> Future.succeededFuture(plane().open()))
                                .contains(port);
                i++) {
            assertThat(onContext(() -> Future.succeededFuture(plane().failures())))
                    .isEmpty();
            Thread.sleep(10);
        }
    }

    private static Endpoints at(Address... addresses) {
        return new Endpoints(false, List.of(addresses));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + port + path))
                .timeout(Duration.ofSeconds(SECONDS));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void forwardsWithForwardedHeadersAndWithoutThoseOfTheHop() throws Exception {
        CompletableFuture<HttpServerRequest> seen = new CompletableFuture<>();
        Address web = backend(request -> {
            seen.complete(request);
            request.response()
                    .putHeader("X-Version", "v1")
                    .putHeader("Keep-Alive", "timeout=5")
                    .end("hello " + request.uri());
        });
        serve(rule(Filters.NONE), Map.of(WEB, at(web)));
        HttpResponse<String> answer = client.send(
                request("/a%20b?x=1")
                        .header("X-Forwarded-For", "10.1.1.1")
                        .header("TE", "gzip")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello /a%20b?x=1");
        assertThat(answer.headers().firstValue("x-version")).contains("v1");
        assertThat(answer.headers().firstValue("keep-alive")).isEmpty();
        HttpServerRequest request = seen.get(SECONDS, TimeUnit.SECONDS);
        assertThat(request.getHeader("x-forwarded-for")).isEqualTo("10.1.1.1, 127.0.0.1");
        assertThat(request.getHeader("x-forwarded-proto")).isEqualTo("http");
        assertThat(request.getHeader("x-forwarded-port")).isEqualTo(Integer.toString(port));
        assertThat(request.getHeader("host")).isEqualTo(HOST + ":" + port);
        assertThat(request.getHeader("te")).isNull();
        for (int i = 0; i < 500 && registry.find("gateway.requests").timer() == null; i++) {
            // The client has the last byte a moment before the exchange is over.
            Thread.sleep(10);
        }
        assertThat(registry.get("gateway.requests").tag("code", "200").timer().count())
                .isEqualTo(1);
    }

    @Test
    void saysWhyWithTheCodesOfTheSpecification() throws Exception {
        serve(rule(Filters.NONE), Map.of(WEB, Endpoints.NONE));
        assertThat(get("/").statusCode()).as("no endpoint").isEqualTo(503);
        serve(rule(Filters.NONE, Duration.ZERO, Duration.ZERO, new Backend(null, 1, Filters.NONE)), Map.of());
        assertThat(get("/").statusCode()).as("a backend that does not exist").isEqualTo(500);
        serve(rule(Filters.NONE, Duration.ZERO, Duration.ZERO, new Backend(WEB, 0, Filters.NONE)), Map.of());
        assertThat(get("/").statusCode()).as("no weight").isEqualTo(500);
        onContext(() -> {
            plane().apply(Map.of(port, new PortPlan(false, RouteTable.EMPTY, Map.of())), Map.of());
            return Future.succeededFuture();
        });
        assertThat(get("/").statusCode()).as("no route").isEqualTo(404);
    }

    @Test
    void aDeadEndpointCostsNoRequestWhateverItsMethod() throws Exception {
        Address web = backend(
                request -> request.body().onSuccess(body -> request.response().end("got " + body)));
        Address dead = new Address(HOST, freePort());
        serve(rule(Filters.NONE), Map.of(WEB, at(dead, web)));
        for (int i = 0; i < 6; i++) {
            HttpResponse<String> answer = client.send(
                    request("/")
                            .POST(HttpRequest.BodyPublishers.ofString("n" + i))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).isEqualTo("got n" + i);
        }
        serve(rule(Filters.NONE), Map.of(WEB, at(dead)));
        assertThat(get("/").statusCode()).isEqualTo(502);
    }

    @Test
    void whatIsIdempotentIsTriedAgainAfterAResetAndWhatIsNotIsNot() throws Exception {
        AtomicInteger resets = new AtomicInteger();
        Address resetting = backend(request -> {
            resets.incrementAndGet();
            request.connection().close();
        });
        Address web = backend(request -> request.response().end("fine"));
        serve(rule(Filters.NONE), Map.of(WEB, at(resetting, web)));
        for (int i = 0; i < 4; i++) {
            assertThat(get("/").body()).isEqualTo("fine");
        }
        assertThat(resets.get()).isPositive();
        List<Integer> codes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            codes.add(client.send(
                            request("/")
                                    .POST(HttpRequest.BodyPublishers.ofString("once"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .statusCode());
        }
        assertThat(codes).contains(502, 200);
    }

    @Test
    void aLargeBodyGoesThroughBothWaysUnchanged() throws Exception {
        Address web = backend(request -> {
            request.response().setChunked(true);
            request.pipeTo(request.response());
        });
        serve(rule(Filters.NONE), Map.of(WEB, at(web)));
        byte[] body = new byte[8 * 1024 * 1024];
        new Random(7).nextBytes(body);
        HttpResponse<byte[]> answer = client.send(
                request("/").POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.body()).isEqualTo(body);
    }

    @Test
    void timeOutsAnswer504() throws Exception {
        Address slow = backend(request -> {});
        serve(
                rule(Filters.NONE, Duration.ofMillis(200), Duration.ZERO, new Backend(WEB, 1, Filters.NONE)),
                Map.of(WEB, at(slow)));
        assertThat(get("/").statusCode()).isEqualTo(504);
        serve(
                rule(Filters.NONE, Duration.ZERO, Duration.ofMillis(200), new Backend(WEB, 1, Filters.NONE)),
                Map.of(WEB, at(slow)));
        assertThat(get("/").statusCode()).isEqualTo(504);
    }

    @Test
    void filtersChangeHeadersHostAndPath() throws Exception {
        CompletableFuture<HttpServerRequest> seen = new CompletableFuture<>();
        Address web = backend(request -> {
            seen.complete(request);
            request.response().putHeader("Server", "secret").end();
        });
        HeaderChange in = new HeaderChange(List.of(Map.entry("X-Set", "1")), List.of(), List.of("X-Gone"));
        HeaderChange out = new HeaderChange(List.of(), List.of(Map.entry("X-Add", "2")), List.of("Server"));
        Filters filters = new Filters(
                List.of(in), List.of(out), List.of(), null, "other.example", new PathChange(true, "/new"), false);
        serve(rule(filters), Map.of(WEB, at(web)));
        HttpResponse<String> answer =
                client.send(request("/a?b=c").header("X-Gone", "x").build(), HttpResponse.BodyHandlers.ofString());
        HttpServerRequest request = seen.get(SECONDS, TimeUnit.SECONDS);
        assertThat(request.uri()).isEqualTo("/new/a?b=c");
        assertThat(request.getHeader("host")).isEqualTo("other.example");
        assertThat(request.getHeader("x-set")).isEqualTo("1");
        assertThat(request.getHeader("x-gone")).isNull();
        assertThat(answer.headers().firstValue("x-add")).contains("2");
        assertThat(answer.headers().firstValue("server")).isEmpty();
    }

    @Test
    void aMirrorGetsACopyAndItsAnswerNeverCounts() throws Exception {
        List<String> copies = new CopyOnWriteArrayList<>();
        CountDownLatch all = new CountDownLatch(10);
        Address web = backend(
                request -> request.body().onSuccess(body -> request.response().end("web " + body)));
        Address shadow = backend(request -> request.body().onSuccess(body -> {
            copies.add(request.method() + " " + request.uri() + " " + body + " " + request.getHeader("x-a"));
            all.countDown();
            request.response().setStatusCode(500).end("wrong");
        }));
        Filters filters =
                new Filters(List.of(), List.of(), List.of(new Mirror(OTHER, 100, 100)), null, null, null, false);
        serve(rule(filters), Map.of(WEB, at(web), OTHER, at(shadow)));
        for (int i = 0; i < 10; i++) {
            HttpResponse<String> answer = client.send(
                    request("/" + i)
                            .header("X-A", "b")
                            .POST(HttpRequest.BodyPublishers.ofString("body" + i))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("web body" + i);
        }
        assertThat(all.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(copies).contains("POST /0 body0 b", "POST /9 body9 b").hasSize(10);
    }

    @Test
    void aMirrorThatNeverAnswersHoldsNothingUp() throws Exception {
        Address web = backend(request -> request.response().end("web"));
        Address hanging = backend(request -> {});
        Filters filters =
                new Filters(List.of(), List.of(), List.of(new Mirror(OTHER, 100, 100)), null, null, null, false);
        serve(rule(filters), Map.of(WEB, at(web), OTHER, at(hanging)));
        for (int i = 0; i < 400; i++) {
            assertThat(get("/").body()).isEqualTo("web");
        }
        assertThat(registry.get("gateway.mirrored")
                        .tag("outcome", "dropped")
                        .counter()
                        .count())
                .as("more than are kept under way")
                .isPositive();
    }

    @Test
    void anEndpointThatGoesEndsWhatItHasBegun() throws Exception {
        CompletableFuture<HttpServerRequest> begun = new CompletableFuture<>();
        Address old = backend(begun::complete);
        Address fresh = backend(request -> request.response().end("new"));
        serve(rule(Filters.NONE), Map.of(WEB, at(old)));
        CompletableFuture<HttpResponse<String>> underWay =
                client.sendAsync(request("/").build(), HttpResponse.BodyHandlers.ofString());
        HttpServerRequest held = begun.get(SECONDS, TimeUnit.SECONDS);
        onContext(() -> {
            plane().endpoints(Map.of(WEB, at(fresh)));
            return Future.succeededFuture();
        });
        for (int i = 0; i < 5; i++) {
            assertThat(get("/").body()).isEqualTo("new");
        }
        held.response().end("old");
        assertThat(underWay.get(SECONDS, TimeUnit.SECONDS).body()).isEqualTo("old");
    }

    @Test
    void aListenerThatGoesEndsWhatItHasBegun() throws Exception {
        CompletableFuture<HttpServerRequest> begun = new CompletableFuture<>();
        Address web = backend(begun::complete);
        serve(rule(Filters.NONE), Map.of(WEB, at(web)));
        CompletableFuture<HttpResponse<String>> underWay =
                client.sendAsync(request("/").build(), HttpResponse.BodyHandlers.ofString());
        HttpServerRequest held = begun.get(SECONDS, TimeUnit.SECONDS);
        onContext(() -> {
            plane().apply(Map.of(), Map.of(WEB, at(web)));
            return Future.succeededFuture();
        });
        held.response().end("late");
        assertThat(underWay.get(SECONDS, TimeUnit.SECONDS).body()).isEqualTo("late");
    }

    @Test
    void speaksHttp2WithoutTlsOnBothSides() throws Exception {
        Address web = backend(request -> request.response().end(request.version() + " " + request.authority()));
        serve(rule(Filters.NONE), Map.of(WEB, new Endpoints(true, List.of(web))));
        var h2 = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        String body = await(h2.request(HttpMethod.GET, port, HOST, "/")
                .compose(request -> request.send())
                .compose(response -> {
                    assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
                    return response.body();
                })
                .map(Buffer::toString));
        assertThat(body).isEqualTo("HTTP_2 " + HOST + ":" + port);
        await(h2.close());
    }

    @Test
    void webSocketsPassThrough() throws Exception {
        HttpServer server = vertx.createHttpServer()
                .webSocketHandler(socket -> socket.textMessageHandler(text -> socket.writeTextMessage("echo " + text)));
        servers.add(server);
        await(server.listen(0, HOST));
        serve(rule(Filters.NONE), Map.of(WEB, at(new Address(HOST, server.actualPort()))));
        var sockets = vertx.createWebSocketClient();
        Promise<String> answer = Promise.promise();
        var socket = await(sockets.connect(
                new WebSocketConnectOptions().setHost(HOST).setPort(port).setURI("/chat")));
        socket.textMessageHandler(answer::tryComplete);
        await(socket.writeTextMessage("hello"));
        assertThat(await(answer.future())).isEqualTo("echo hello");
        await(socket.close());
        await(sockets.close());
    }

    @Test
    void tlsEndsHereByNameAndNewCertificatesCountAtOnce() throws Exception {
        Address web = backend(request -> request.response().end(request.getHeader("x-forwarded-proto")));
        Certificate first = certificate("first.example");
        Certificate other = certificate("other.example");
        Rule rule = rule(Filters.NONE);
        serve(rule, Map.of(WEB, at(web)), true, Map.of("a.example", List.of(first), "", List.of(other)));
        assertThat(peer("a.example")).isEqualTo("first.example");
        assertThat(peer("b.example")).isEqualTo("other.example");
        Certificate renewed = certificate("renewed.example");
        serve(rule, Map.of(WEB, at(web)), true, Map.of("a.example", List.of(renewed), "", List.of(other)));
        assertThat(peer("a.example")).isEqualTo("renewed.example");
    }

    private Certificate certificate(String name) throws Exception {
        SelfSignedCertificate made = SelfSignedCertificate.create(name);
        return Certificate.parse(
                vertx,
                Files.readString(Path.of(made.certificatePath())),
                Files.readString(Path.of(made.privateKeyPath())));
    }

    /** The common name of the certificate that answers for {@code serverName}, over HTTP/2. */
    private String peer(String serverName) throws Exception {
        var h2 = vertx.createHttpClient(new HttpClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setForceSni(true)
                .setUseAlpn(true)
                .setProtocolVersion(HttpVersion.HTTP_2));
        try {
            return await(h2.request(new RequestOptions()
                            .setServer(SocketAddress.inetSocketAddress(port, HOST))
                            .setHost(serverName)
                            .setPort(port)
                            .setURI("/"))
                    .compose(request -> request.send())
                    .compose(response -> {
                        assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
                        String subject = ((X509Certificate) peerCertificate(response))
                                .getSubjectX500Principal()
                                .getName();
                        return response.body().map(body -> {
                            assertThat(body.toString()).isEqualTo("https");
                            return subject.replaceAll(".*CN=([^,]+).*", "$1");
                        });
                    }));
        } finally {
            await(h2.close());
        }
    }

    private static java.security.cert.Certificate peerCertificate(HttpClientResponse response) {
        try {
            return response.request().connection().peerCertificates().get(0);
        } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
            throw new IllegalStateException(e);
        }
    }
}
