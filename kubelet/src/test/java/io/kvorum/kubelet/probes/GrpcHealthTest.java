package io.kvorum.kubelet.probes;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** gRPC health probes, against a server that answers as gRPC servers do. */
class GrpcHealthTest {
    private final Vertx vertx = Vertx.vertx();
    private final GrpcHealth health = new GrpcHealth(vertx, "127.0.0.1");

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private int serve(Handler<HttpServerRequest> handler) throws Exception {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(true))
                .requestHandler(handler);
        return server.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .actualPort();
    }

    private ProbeResult check(int port, String service, Duration timeout) throws Exception {
        return health.check("127.0.0.1", port, service, timeout)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private ProbeResult check(int port, String service) throws Exception {
        return check(port, service, Duration.ofSeconds(5));
    }

    private static void answer(HttpServerRequest request, int... message) {
        Buffer body = Buffer.buffer().appendByte((byte) 0).appendInt(message.length);
        for (int one : message) {
            body.appendByte((byte) one);
        }
        request.response().putHeader("content-type", "application/grpc");
        request.response().putTrailer("grpc-status", "0");
        request.response().end(body);
    }

    @Test
    void aServerThatServesIsWellAndIsAskedAsGrpcAsks() throws Exception {
        CompletableFuture<String> asked = new CompletableFuture<>();
        int port = serve(request -> request.body().onSuccess(body -> {
            asked.complete(request.version() + " " + request.method() + " " + request.uri() + " "
                    + request.getHeader("content-type") + " " + body.getInt(1) + " "
                    + body.getString(7, body.length(), StandardCharsets.UTF_8.name()));
            answer(request, 8, 1);
        }));
        assertThat(check(port, "db")).isEqualTo(new ProbeResult(true, "service healthy"));
        assertThat(asked.get(1, TimeUnit.SECONDS))
                .isEqualTo(HttpVersion.HTTP_2 + " POST /grpc.health.v1.Health/Check application/grpc 4 db");
    }

    @Test
    void aServiceThatDoesNotServeIsToldByItsStatus() throws Exception {
        int port = serve(request -> request.body().onSuccess(body -> answer(request, 8, 2)));
        assertThat(check(port, ""))
                .isEqualTo(ProbeResult.failure("service unhealthy (responded with \"NOT_SERVING\")"));
        int silent = serve(request -> request.body().onSuccess(body -> answer(request)));
        assertThat(check(silent, "")).isEqualTo(ProbeResult.failure("service unhealthy (responded with \"UNKNOWN\")"));
    }

    @Test
    void aServerWithoutTheServiceIsToldSo() throws Exception {
        int port = serve(request -> request.response()
                .putHeader("content-type", "application/grpc")
                .putHeader("grpc-status", "12")
                .putHeader("grpc-message", "unknown service grpc.health.v1.Health")
                .end());
        assertThat(check(port, ""))
                .isEqualTo(ProbeResult.failure("error: this server does not implement the grpc health protocol"
                        + " (grpc.health.v1.Health): unknown service grpc.health.v1.Health"));
    }

    @Test
    void whatIsNotThereOrDoesNotAnswerFailsInTime() throws Exception {
        int port = serve(request -> {});
        assertThat(check(port, "", Duration.ofSeconds(1)))
                .isEqualTo(ProbeResult.failure("timeout: health rpc did not complete within 1s"));
        assertThat(check(1, ""))
                .isEqualTo(ProbeResult.failure(
                        "timeout: failed to connect service \"127.0.0.1:1\" within 5s: context deadline exceeded"));
    }
}
