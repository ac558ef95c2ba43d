package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that pods and services answer, through the API server. */
class ProxyComponentTest {
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private final Vertx vertx = Vertx.vertx();
    private TestApiServer server;
    private Http http;
    private int port;
    private final BlockingQueue<HttpServerRequest> begun = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() throws Exception {
        server = TestApiServer.start(0);
        http = new Http(server);
        HttpServer backend = vertx.createHttpServer()
                .requestHandler(request -> {
                    switch (request.path()) {
                        case "/page" ->
                            request.response()
                                    .putHeader("Content-Type", "text/html; charset=utf-8")
                                    .end("<a class=x href=\"/a?b=c\" data='/d'>é</a><img src=\"e.png\">"
                                            + "<a href=\"http://other/x\">");
                        case "/away" ->
                            request.response()
                                    .setStatusCode(302)
                                    .putHeader("Location", "/there")
                                    .end();
                        case "/begun" ->
                            request.response().setChunked(true).write("begun\n").onSuccess(sent -> begun.add(request));
                        case "/echo" ->
                            request.body()
                                    .onSuccess(body -> request.response()
                                            .putHeader("X-Auth", String.valueOf(request.getHeader("Authorization")))
                                            .setStatusCode(202)
                                            .end(request.method() + " " + request.uri() + " " + body));
                        default -> request.response().end(request.method() + " " + request.uri());
                    }
                })
                .webSocketHandler(socket -> socket.textMessageHandler(text -> socket.writeTextMessage("re: " + text)))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        port = backend.actualPort();
        pod();
        service();
    }

    private void pod() {
        http.post(
                PODS,
                "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"nginx\","
                        + "\"ports\":[{\"containerPort\":" + port + "}]}]}}");
        Http.Answer answer = http.merge(
                PODS + "/p/status", "{\"status\":{\"podIP\":\"127.0.0.1\",\"podIPs\":[{\"ip\":\"127.0.0.1\"}]}}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private void service() {
        http.post(
                SERVICES,
                "{\"metadata\":{\"name\":\"s\"},\"spec\":{\"ports\":[{\"name\":\"web\",\"port\":80},"
                        + "{\"name\":\"idle\",\"port\":81}]}}");
        Http.Answer answer = http.post(
                "/api/v1/namespaces/default/endpoints",
                "{\"metadata\":{\"name\":\"s\"},\"subsets\":[{\"addresses\":[{\"ip\":\"127.0.0.1\"}],"
                        + "\"ports\":[{\"name\":\"web\",\"port\":" + port + "}]}]}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void aRequestReachesThePodWithMethodPathQueryAndBodyButNoCredential() {
        Http.Answer answer = http.send(
                "PUT",
                PODS + "/p:" + port + "/proxy/echo?a=b%20c",
                "hello",
                "Content-Type",
                "text/plain",
                "Authorization",
                "Basic abc");
        assertThat(answer.text()).isEqualTo("PUT /echo?a=b%20c hello");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.headers().firstValue("X-Auth")).contains("null");
    }

    @Test
    void thePortMayBeLeftOutOrNamed() {
        assertThat(http.get(PODS + "/p/proxy/x").text()).isEqualTo("GET /x");
        assertThat(http.get(PODS + "/http:p:" + port + "/proxy/").text()).isEqualTo("GET /");
        assertThat(http.get(SERVICES + "/s:web/proxy/x/y").text()).isEqualTo("GET /x/y");
        assertThat(http.get(SERVICES + "/s:80/proxy/a%2Fb").text()).isEqualTo("GET /a%2Fb");
        assertThat(http.get(SERVICES + "/http:s:web/proxy/").text()).isEqualTo("GET /");
    }

    @Test
    void withoutASlashTheClientIsSentToTheFolder() {
        Http.Answer answer = http.get(PODS + "/p/proxy?x=y");
        assertThat(answer.status()).isEqualTo(301);
        assertThat(answer.headers().firstValue("Location")).contains(PODS + "/p/proxy/?x=y");
    }

    @Test
    void linksToTheRootLeadBackThroughTheProxy() {
        String root = PODS + "/p:" + port + "/proxy";
        assertThat(http.get(root + "/page").text())
                .isEqualTo("<a class=x href=\"" + root + "/a?b=c\" data='" + root + "/d'>é</a><img src=\"e.png\">"
                        + "<a href=\"http://other/x\">");
        assertThat(http.get(root + "/away").headers().firstValue("Location")).contains(root + "/there");
    }

    @Test
    void whatCannotBeReachedIsSaid() {
        Http.Answer malformed = http.get(PODS + "/a:b:c:d/proxy/");
        assertThat(malformed.status()).isEqualTo(400);
        assertThat(malformed.json().path("message").asText()).isEqualTo("invalid pod request \"a:b:c:d\"");
        assertThat(http.get(PODS + "/gone/proxy/").json().path("message").asText())
                .isEqualTo("pods \"gone\" not found");
        Http.Answer idle = http.get(SERVICES + "/s:idle/proxy/");
        assertThat(idle.status()).isEqualTo(503);
        assertThat(idle.json().path("message").asText()).isEqualTo("no endpoints available for service \"s:idle\"");
        assertThat(http.get(SERVICES + "/s:82/proxy/").json().path("message").asText())
                .isEqualTo("no service port 82 found for service \"s\"");
        Http.Answer refused = http.get(PODS + "/p:1/proxy/");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.json().path("message").asText())
                .isEqualTo("error trying to reach service: dial tcp 127.0.0.1:1: connect: connection refused");
    }

    @Test
    void aWebSocketPassesThrough() throws Exception {
        CompletableFuture<String> said = new CompletableFuture<>();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + server.port() + PODS + "/p:" + port + "/proxy/ws"),
                        new WebSocket.Listener() {
                            @Override
                            public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                                said.complete(text.toString());
                                return CompletableFuture.completedStage(null);
                            }
                        })
                .get(10, TimeUnit.SECONDS);
        socket.request(1);
        socket.sendText("hello", true);
        assertThat(said.get(10, TimeUnit.SECONDS)).isEqualTo("re: hello");
        assertThat(open("proxy")).isEqualTo(1);
        assertThat(over("proxy")).isZero();
        socket.abort();
        awaitOver("proxy", 1);
    }

    /** Requests that go on now. */
    private double open(String subresource) {
        return Samples.of(http).of("apiserver_longrunning_requests", labels(subresource));
    }

    /** Requests that have ended. */
    private double over(String subresource) {
        return Samples.of(http).of("apiserver_request_duration_seconds_count", labels(subresource, "dry_run="));
    }

    private static String[] labels(String subresource, String... more) {
        return Stream.concat(
                        Stream.of(
                                "verb=CONNECT",
                                "scope=resource",
                                "component=apiserver",
                                "group=",
                                "version=v1",
                                "resource=pods",
                                "subresource=" + subresource),
                        Arrays.stream(more))
                .toArray(String[]::new);
    }

    private void awaitOver(String subresource, int count) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (over(subresource) < count && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(over(subresource)).isEqualTo(count);
        assertThat(open(subresource)).isZero();
    }

    @Test
    void whatIsStreamedIsOpenUntilItsEndOrUntilTheClientGoes() throws Exception {
        for (int ended = 0; ended < 2; ended++) {
            try (var answer = http.stream(PODS + "/p:" + port + "/proxy/begun")) {
                assertThat(answer.readLine()).isEqualTo("begun");
                HttpServerRequest asked = begun.poll(10, TimeUnit.SECONDS);
                assertThat(open("proxy")).isEqualTo(1);
                assertThat(over("proxy")).isEqualTo(ended);
                if (ended == 0) {
                    asked.response().end("over\n");
                    assertThat(answer.readLine()).isEqualTo("over");
                    assertThat(answer.readLine()).isNull();
                }
            }
            awaitOver("proxy", ended + 1);
        }
    }

    @Test
    void anUpgradeThatComesToNothingIsOver() throws Exception {
        var refused = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + server.port() + PODS + "/p:1/proxy/ws"),
                        new WebSocket.Listener() {});
        assertThat(refused).failsWithin(10, TimeUnit.SECONDS);
        awaitOver("proxy", 1);
        assertThat(http.post("/api/v1/nodes", "{\"metadata\":{\"name\":\"n\"}}").status())
                .isEqualTo(201);
        http.merge(
                "/api/v1/nodes/n/status",
                "{\"status\":{\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"127.0.0.1\"}],"
                        + "\"daemonEndpoints\":{\"kubeletEndpoint\":{\"Port\":1}}}}");
        http.post(
                PODS,
                "{\"metadata\":{\"name\":\"there\"},\"spec\":{\"nodeName\":\"n\",\"containers\":[{\"name\":\"c\","
                        + "\"image\":\"nginx\"}]}}");
        Http.Answer plain = http.post(PODS + "/there/exec?command=ls&stdout=1", "");
        assertThat(plain.json().path("message").asText()).isEqualTo("Upgrade request required");
        awaitOver("exec", 1);
    }
}
