package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.api.ApiException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client over real HTTP on loopback, against a server that answers as a test says. */
@Timeout(30)
class HttpTransportComponentTest {
    private static final String ADDRESS = "127.250.0.40";

    private final Vertx vertx = Vertx.vertx();
    private final Map<String, Consumer<HttpServerRequest>> routes = new ConcurrentHashMap<>();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final HttpServer server = await(vertx.createHttpServer()
            .requestHandler(request -> routes.getOrDefault(
                            request.path(),
                            unknown -> unknown.response().setStatusCode(404).end())
                    .accept(request))
            .listen(0, ADDRESS));
    private final ApiClient client = ApiClients.overHttps(vertx, kubeconfig());

    private Kubeconfig kubeconfig() {
        try {
            return Kubeconfig.parse("""
                    apiVersion: v1
                    kind: Config
                    current-context: here
                    contexts:
                    - name: here
                      context: {cluster: c, user: u}
                    clusters:
                    - name: c
                      cluster: {server: "http://%s:%d"}
                    users:
                    - name: u
                      user: {token: secret}
                    """.formatted(ADDRESS, server.actualPort()), Path.of("/"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private String next() throws InterruptedException {
        return String.valueOf(told.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void requestCarriesTheTokenAndReadsTheAnswer() {
        routes.put("/api/v1/namespaces/ns/pods/a", request -> {
            told.add(String.valueOf(request.getHeader("Authorization")));
            request.response().end("{\"metadata\":{\"name\":\"a\"}}");
        });
        Pod pod = await(client.resources(Pod.class).get("ns", "a"));
        assertThat(pod.getMetadata().getName()).isEqualTo("a");
        assertThat(told).containsExactly("Bearer secret");
    }

    @Test
    void watchIsReadLineByLineHoweverItIsCut() throws Exception {
        routes.put("/api/v1/pods", request -> {
            HttpServerResponse response = request.response().setChunked(true);
            response.write("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"na")
                    .compose(v -> response.write(
                            "me\":\"a\"}}}\n{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"a\"}}}\n"))
                    .compose(v -> response.end());
        });
        await(client.resources(Pod.class).watch(null, ListOptions.ALL, recorder()));
        assertThat(next()).isEqualTo("added a");
        assertThat(next()).isEqualTo("deleted a");
        assertThat(next()).isEqualTo("closed null");
    }

    @Test
    void closedWatchEndsTheRequestAndIsSilent() throws Exception {
        routes.put("/api/v1/pods", request -> {
            HttpServerResponse response = request.response().setChunked(true);
            response.exceptionHandler(cause -> told.add("server saw the end"));
            response.closeHandler(v -> told.add("server saw the end"));
            response.write("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\"}}}\n");
        });
        Watch watch = await(client.resources(Pod.class).watch(null, ListOptions.ALL, recorder()));
        assertThat(next()).isEqualTo("added a");
        vertx.runOnContext(v -> watch.close());
        assertThat(next()).isEqualTo("server saw the end");
        assertThat(told).doesNotContain("closed null");
    }

    @Test
    void watchThatIsRefusedFailsWithItsStatus() {
        routes.put(
                "/api/v1/pods",
                request -> request.response()
                        .setStatusCode(410)
                        .end("{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":\"too old\"}"));
        Future<Watch> watch = client.resources(Pod.class).watch(null, ListOptions.ALL, recorder());
        ApiException e = (ApiException) await(watch.transform(done -> Future.succeededFuture(done.cause())));
        assertThat(e.reason()).isEqualTo("Expired");
    }

    @Test
    void serverThatIsNotThereIsUnavailable() {
        await(server.close());
        Future<?> created = client.resources(Pod.class)
                .create(KubernetesJson.read(
                        Buffer.buffer("{\"metadata\":{\"namespace\":\"ns\",\"name\":\"a\"}}"), Pod.class));
        ApiException e = (ApiException) await(created.transform(done -> Future.succeededFuture(done.cause())));
        assertThat(e.code()).isEqualTo(503);
        assertThat(e.getMessage()).contains(ADDRESS);
    }

    private WatchHandler<Pod> recorder() {
        return new WatchHandler<>() {
            @Override
            public void added(Pod pod) {
                told.add("added " + pod.getMetadata().getName());
            }

            @Override
            public void modified(Pod pod) {
                told.add("modified " + pod.getMetadata().getName());
            }

            @Override
            public void deleted(Pod pod) {
                told.add("deleted " + pod.getMetadata().getName());
            }

            @Override
            public void bookmark(String resourceVersion) {
                told.add("bookmark " + resourceVersion);
            }

            @Override
            public void closed(@Nullable Throwable cause) {
                told.add("closed " + cause);
            }
        };
    }
}
