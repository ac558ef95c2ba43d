package io.kvorum.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;

/** A client of the API over HTTPS with a fixed number of keep-alive HTTP/1.1 connections, one request at a time on each. */
final class ApiLoad implements AutoCloseable {
    private static final Duration WINDOW = Duration.ofSeconds(6);
    private static final int LISTED = 500;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final Vertx vertx;
    private final HttpClient client;
    private final int connections;

    private ApiLoad(Vertx vertx, HttpClient client, int connections) {
        this.vertx = vertx;
        this.client = client;
        this.connections = connections;
    }

    /** @param server {@code host:port} */
    static ApiLoad connect(Path folder, String server, int connections) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        int colon = server.lastIndexOf(':');
        HttpClientOptions options = new HttpClientOptions()
                .setDefaultHost(server.substring(0, colon))
                .setDefaultPort(Integer.parseInt(server.substring(colon + 1)))
                .setSsl(true)
                .setConnectTimeout(2_000)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(folder.resolve("pki/admin.crt").toString())
                        .setKeyPath(folder.resolve("pki/admin.key").toString()))
                .setTrustOptions(new PemTrustOptions()
                        .addCertPath(folder.resolve("pki/ca.crt").toString()));
        HttpClient client = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(connections));
        return new ApiLoad(vertx, client, connections);
    }

    /** The body of a successful GET; empty when it failed, for whatever reason. */
    Optional<String> get(String path) {
        try {
            return Optional.of(send(HttpMethod.GET, path, Buffer.buffer())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS)
                    .toString());
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    void post(String path, String body) throws ExecutionException, InterruptedException, TimeoutException {
        send(HttpMethod.POST, path, Buffer.buffer(body))
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private Future<Buffer> send(HttpMethod method, String path, Buffer body) {
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setURI(path)
                .setTimeout(30_000)
                .putHeader("Content-Type", "application/json");
        return client.request(options)
                .compose(request -> method == HttpMethod.GET ? request.send() : request.send(body))
                .compose(response -> checked(method, path, response));
    }

    private static Future<Buffer> checked(HttpMethod method, String path, HttpClientResponse response) {
        return response.body()
                .compose(body -> response.statusCode() < 300
                        ? Future.succeededFuture(body)
                        : Future.failedFuture(method + " " + path + ": " + response.statusCode() + " " + body));
    }

    /** Creates, gets and lists a second. */
    String measureAll() {
        String maps = "/api/v1/namespaces/default/configmaps";
        double creates = rate(i -> {
            String name = "bench-" + NAMES.incrementAndGet();
            return send(
                    HttpMethod.POST,
                    maps,
                    Buffer.buffer("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                            + "\"},\"data\":{\"key\":\"" + "v".repeat(200) + "\"}}"));
        });
        double gets = rate(i -> send(HttpMethod.GET, maps + "/bench-1", Buffer.buffer()));
        double lists = rate(i -> send(HttpMethod.GET, maps + "?limit=" + LISTED, Buffer.buffer()));
        return String.format("%.0f creates/s, %.0f gets/s, %.0f lists of %d/s", creates, gets, lists, LISTED);
    }

    /** Requests a second, each connection busy all the time for the window; a failed request is an error. */
    private double rate(IntFunction<Future<Buffer>> request) {
        AtomicLong done = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(connections);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        long deadline = System.nanoTime() + WINDOW.toNanos();
        long started = System.nanoTime();
        for (int i = 0; i < connections; i++) {
            int connection = i;
            vertx.runOnContext(go -> next(request, connection, deadline, done, ended, failure));
        }
        try {
            if (!ended.await(WINDOW.toSeconds() + 40, TimeUnit.SECONDS)) {
                throw new IllegalStateException("requests hang");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("a request failed: " + cause.getMessage(), cause);
        }
        return done.get() / ((System.nanoTime() - started) / 1e9);
    }

    private void next(
            IntFunction<Future<Buffer>> request,
            int connection,
            long deadline,
            AtomicLong done,
            CountDownLatch ended,
            AtomicReference<Throwable> failure) {
        if (System.nanoTime() > deadline) {
            ended.countDown();
            return;
        }
        request.apply(connection).onComplete(result -> {
            if (result.failed()) {
                failure.compareAndSet(null, result.cause());
                ended.countDown();
                return;
            }
            done.incrementAndGet();
            next(request, connection, deadline, done, ended, failure);
        });
    }

    @Override
    public void close() {
        try {
            // Closes the client with it; a connection that will not say goodbye is not waited for.
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            System.err.println("the load's client did not close orderly: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
