package io.kvorum.cluster;

import io.kvorum.cli.pki.ClientTls;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One client's connections to several API servers: each request goes to the next of them, as a balancer that knows nothing
 * would send it. Gives up on an answer after a few seconds, and waits longer from failure to failure.
 */
final class Balanced {
    private static final Duration REQUEST = Duration.ofSeconds(3);
    private static final long FIRST_PAUSE_MILLIS = 30;
    private static final long MOST_PAUSE_MILLIS = 1_000;
    private static final int MOST_DOUBLINGS = 6;

    private final HttpClient http;
    private final List<Server> servers;
    private final Random random;
    private int turn;
    private int failures;

    /** @param url as in {@code https://127.1.0.40:6443} */
    record Server(String name, String url) {}

    private Balanced(HttpClient http, List<Server> servers, Random random) {
        this.http = http;
        this.servers = servers;
        this.random = random;
        this.turn = random.nextInt(servers.size());
    }

    static Balanced of(TestCluster cluster, List<Server> servers, long seed) throws IOException {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(ClientTls.context(cluster.folder().resolve("pki"), "admin"))
                .connectTimeout(REQUEST)
                .build();
        return new Balanced(http, servers, new Random(seed));
    }

    Random random() {
        return random;
    }

    /** Whose turn it is. */
    Server next() {
        return servers.get(turn++ % servers.size());
    }

    static HttpRequest.Builder request(Server server, String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(REQUEST);
    }

    /** There was no connection, so nothing was sent. */
    static final class NotSentException extends IOException {
        private static final long serialVersionUID = 1L;

        private NotSentException(Throwable cause) {
            super(cause);
        }
    }

    /** Sends it once; fails when there is no whole answer in time. */
    HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request, BodyHandlers.ofByteArray());
        try {
            return answer.get(REQUEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw cause instanceof ConnectException ? new NotSentException(cause) : new IOException(cause);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException("no answer from " + request.uri(), e);
        }
    }

    /** Opens a stream; whoever reads it must see to its end. */
    HttpResponse<InputStream> open(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, BodyHandlers.ofInputStream());
    }

    void succeeded() {
        failures = 0;
    }

    /** Waits, longer each time until something succeeds. */
    void failed() throws InterruptedException {
        long most = Math.min(MOST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(MOST_DOUBLINGS, failures++));
        Thread.sleep(most / 2 + random.nextLong(most / 2 + 1));
    }
}
