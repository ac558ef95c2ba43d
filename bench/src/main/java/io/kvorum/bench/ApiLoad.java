package io.kvorum.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** A client of the API over HTTPS with a fixed number of keep-alive HTTP/1.1 connections, one request at a time on each. */
final class ApiLoad implements AutoCloseable {
    private static final Duration WINDOW = Duration.ofSeconds(6);
    private static final int LISTED = 500;
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
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
        // As the servers do, where it is there: the JDK's own ciphers would be what is measured.
        if (OpenSSLEngineOptions.isAvailable()) {
            options.setSslEngineOptions(new OpenSSLEngineOptions());
        }
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

    /** Sends a PUT; completes exceptionally when it fails. */
    CompletableFuture<Void> put(String path, String body) {
        return send(HttpMethod.PUT, path, Buffer.buffer(body))
                .<Void>mapEmpty()
                .toCompletionStage()
                .toCompletableFuture();
    }

    /**
     * Opens an answer that goes on.
     *
     * @param reader gets its parts, on the client's event loop
     * @param failed gets why it could not be opened, or why it ended
     */
    void stream(String path, Consumer<Buffer> reader, Consumer<Throwable> failed) {
        client.request(new RequestOptions().setMethod(HttpMethod.GET).setURI(path))
                .compose(HttpClientRequest::send)
                .onSuccess(response -> {
                    if (response.statusCode() != 200) {
                        failed.accept(new IOException(path + ": " + response.statusCode()));
                        return;
                    }
                    response.handler(reader::accept);
                    response.exceptionHandler(failed::accept);
                    response.endHandler(end -> failed.accept(new IOException(path + " ended")));
                })
                .onFailure(failed::accept);
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
        double creates = rate(i -> {
            String name = "bench-" + NAMES.incrementAndGet();
            return send(
                    HttpMethod.POST,
                    MAPS,
                    Buffer.buffer("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                            + "\"},\"data\":{\"key\":\"" + "v".repeat(200) + "\"}}"));
        });
        double gets = rate(i -> send(HttpMethod.GET, MAPS + "/bench-1", Buffer.buffer()));
        double lists = rate(i -> send(HttpMethod.GET, MAPS + "?limit=" + LISTED, Buffer.buffer()));
        return String.format("%.0f creates/s, %.0f gets/s, %.0f lists of %d/s", creates, gets, lists, LISTED);
    }

    /** Creates ConfigMaps, as many at a time as there are connections. */
    void fill(int count, int bytes) {
        String data = "v".repeat(bytes);
        AtomicInteger next = new AtomicInteger();
        eachConnection(Duration.ofMinutes(10), connection -> {
            int i = next.getAndIncrement();
            return i >= count
                    ? Optional.empty()
                    : Optional.of(send(
                            HttpMethod.POST,
                            MAPS,
                            Buffer.buffer("{\"metadata\":{\"name\":\"fill-" + i + "\"},\"data\":{\"key\":\"" + data
                                    + "\"}}")));
        });
    }

    /** Reads all ConfigMaps, page by page as kubectl does; returns how many there are. */
    int listAll() throws IOException {
        int seen = 0;
        String from = "";
        do {
            JsonNode page = new ObjectMapper()
                    .readTree(get(MAPS + "?limit=" + LISTED + from)
                            .orElseThrow(() -> new IOException("a page could not be listed")));
            seen += page.path("items").size();
            String token = page.path("metadata").path("continue").asText();
            from = token.isEmpty() ? "" : "&continue=" + token;
        } while (!from.isEmpty());
        return seen;
    }

    /** Requests a second, each connection busy all the time for the window; a failed request is an error. */
    private double rate(IntFunction<Future<Buffer>> request) {
        long started = System.nanoTime();
        long deadline = started + WINDOW.toNanos();
        long done = eachConnection(
                WINDOW.plusSeconds(40),
                connection -> System.nanoTime() > deadline ? Optional.empty() : Optional.of(request.apply(connection)));
        return done / ((System.nanoTime() - started) / 1e9);
    }

    /**
     * Sends one request after another on each connection until there is none; returns how many.
     *
     * @throws IllegalStateException if one failed, or they were not through within the limit
     */
    private long eachConnection(Duration limit, IntFunction<Optional<Future<Buffer>>> requests) {
        AtomicLong done = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(connections);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < connections; i++) {
            int connection = i;
            vertx.runOnContext(go -> next(requests, connection, done, ended, failure));
        }
        try {
            if (!ended.await(limit.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("requests hang");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("a request failed: " + cause.getMessage(), cause);
        }
        return done.get();
    }

    private void next(
            IntFunction<Optional<Future<Buffer>>> requests,
            int connection,
            AtomicLong done,
            CountDownLatch ended,
            AtomicReference<Throwable> failure) {
        Optional<Future<Buffer>> request = requests.apply(connection);
        if (request.isEmpty() || failure.get() != null) {
            ended.countDown();
            return;
        }
        request.get().onComplete(result -> {
            if (result.failed()) {
                failure.compareAndSet(null, result.cause());
                ended.countDown();
                return;
            }
            done.incrementAndGet();
            next(requests, connection, done, ended, failure);
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
