package io.kvorum.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.remote.WebhookService;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A webhook over HTTPS that answers reviews of those who show a certificate of its authority. */
final class ReviewServer implements AutoCloseable {
    /** What is answered; of status 0 nothing is. */
    record Reply(int status, String body) {
        static Reply json(String body) {
            return new Reply(200, body.replace('\'', '"'));
        }
    }

    /** Every review that was asked, and the requests they came by. */
    final List<JsonNode> asked = new CopyOnWriteArrayList<>();

    final List<String> targets = new CopyOnWriteArrayList<>();
    final List<String> credentials = new CopyOnWriteArrayList<>();

    private final TestAuthority authority = new TestAuthority("CN=reviews");
    private final Vertx vertx = Vertx.vertx();
    private final Path folder;
    private final HttpServer server;
    private volatile Function<JsonNode, Reply> answers = review -> Reply.json("{}");

    ReviewServer(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        ApiServerConfig.Tls tls = authority.serving(folder);
        write("client", authority.issue("CN=api-server"));
        server = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setClientAuth(ClientAuth.REQUIRED)
                        .setTrustOptions(
                                new PemTrustOptions().addCertPath(tls.clientCa().toString()))
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertPath(tls.certificate().toString())
                                .setKeyPath(tls.key().toString())))
                .requestHandler(this::answer)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private void write(String name, TestAuthority.Identity identity) throws Exception {
        TestAuthority.pem(
                folder, name + ".crt", "CERTIFICATE", identity.certificate().getEncoded());
        TestAuthority.pem(
                folder,
                name + ".key",
                "PRIVATE KEY",
                identity.keys().getPrivate().getEncoded());
    }

    private void answer(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            JsonNode review = ObjectJson.parse(body.getBytes());
            targets.add(request.method() + " " + request.uri());
            credentials.add(String.valueOf(request.getHeader("Authorization")));
            asked.add(review);
            Reply reply = answers.apply(review);
            if (reply.status() == 301) {
                request.response().putHeader("Location", "https://127.0.0.1:" + port() + "/elsewhere");
            }
            if (reply.status() > 0) {
                request.response().setStatusCode(reply.status()).end(Buffer.buffer(reply.body()));
            }
        });
    }

    int port() {
        return server.actualPort();
    }

    /** From now on. */
    void answers(Function<JsonNode, Reply> how) {
        answers = how;
        asked.clear();
        targets.clear();
        credentials.clear();
    }

    /** The path of a file that leads here, with a client certificate. */
    Path file() throws Exception {
        return file("client-certificate: client.crt, client-key: client.key", "certificate-authority: ca.crt", port());
    }

    Path file(String user, String trust, int port) throws Exception {
        return Files.writeString(
                folder.resolve("webhook-" + System.nanoTime() + ".yaml"), """
                apiVersion: v1
                kind: Config
                clusters:
                - {name: reviews, cluster: {server: "https://127.0.0.1:%d/ask?by=file", %s}}
                - {name: other, cluster: {server: "https://127.0.0.1:1"}}
                users:
                - {name: api-server, user: {%s}}
                contexts:
                - {name: webhook, context: {cluster: reviews, user: api-server}}
                current-context: webhook
                """.formatted(port, trust, user));
    }

    WebhookService service() throws Exception {
        return WebhookService.read(file());
    }

    /** Nobody listens there. */
    WebhookService unreachable() throws Exception {
        return WebhookService.read(file("token: x", "certificate-authority: ca.crt", 1));
    }

    @Override
    public void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
