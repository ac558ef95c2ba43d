package io.kvorum.apiserver.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.GoDuration;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.proxy.ClientConnections;
import io.kvorum.apiserver.webhook.HookFailure;
import io.kvorum.apiserver.webhook.WholeBody;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Posts reviews to one webhook and reads its answers. Asks again, a little later each time, where upstream does: after a
 * connection that broke, {@code 429}, {@code 500}, {@code 504} and whatever says {@code Retry-After}. Belongs to the event loop.
 */
public final class ReviewClient {
    /** As long as a webhook may take that nothing else is said about. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final double PAUSE_GROWTH = 1.5;
    private static final double PAUSE_JITTER = 0.2;
    private static final int MOST_ATTEMPTS = 5;
    private static final int MOST_BYTES = 1 << 20;

    /** What an answer hangs on: {@code "false"} in quotes must not be taken for anything. */
    private static final List<String> FLAGS = List.of("allowed", "denied", "authenticated");

    /** How one attempt came out. */
    enum Result {
        SUCCESS,
        TIMEOUT,
        ERROR;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Is told of every attempt. */
    @FunctionalInterface
    interface Attempts {
        void ended(Result result, long nanos);
    }

    private final Vertx vertx;
    private final WebhookService service;
    private final Duration timeout;
    private final Duration most;
    private final Duration firstPause;
    private final HttpClient client;
    private final RequestOptions place;
    private final String url;

    /**
     * @param timeout of one attempt
     * @param most after which there is no other
     */
    public ReviewClient(
            Vertx vertx, ClientConnections connections, WebhookService service, Duration timeout, Duration most) {
        this(vertx, connections, service, timeout, most, FIRST_PAUSE);
    }

    ReviewClient(
            Vertx vertx,
            ClientConnections connections,
            WebhookService service,
            Duration timeout,
            Duration most,
            Duration firstPause) {
        this.vertx = vertx;
        this.service = service;
        this.timeout = timeout;
        this.most = most;
        this.firstPause = firstPause;
        HttpClientOptions options = ClientConnections.tls();
        if (service.unverified()) {
            options.setTrustAll(true).setVerifyHost(false);
        } else if (!service.authorities().isEmpty()) {
            options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(service.authorities())));
        }
        if (!service.certificate().isEmpty()) {
            options.setKeyCertOptions(new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(service.certificate()))
                    .addKeyValue(Buffer.buffer(service.key())));
        }
        URI server = service.server();
        client = connections.open(options, server.getHost());
        String path = server.getRawPath() == null || server.getRawPath().isEmpty() ? "/" : server.getRawPath();
        String given = server.getRawQuery() == null ? "" : server.getRawQuery() + "&";
        String target = path + "?" + given + "timeout=" + GoDuration.format(timeout);
        int port = server.getPort() < 0 ? 443 : server.getPort();
        url = "https://" + server.getRawAuthority() + target;
        place = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setSsl(true)
                .setHost(service.serverName() == null ? server.getHost() : service.serverName())
                .setPort(port)
                .setURI(target)
                .setConnectTimeout(timeout.toMillis());
        if (service.serverName() != null) {
            place.setServer(SocketAddress.inetSocketAddress(port, server.getHost()));
        }
    }

    /**
     * The answer, which is a review of the same kind and version. Fails with {@link ReviewFailure}.
     *
     * @param review with its kind and version
     */
    Future<JsonNode> post(ObjectNode review, Attempts attempts) {
        Buffer body = Buffer.buffer(ObjectJson.encode(review));
        return attempt(review, body, 1, firstPause.toMillis(), System.nanoTime(), attempts);
    }

    /** Nobody will ask again; what is under way may end. */
    public void release() {
        vertx.setTimer(Math.max(1, most.toMillis()), over -> client.close());
    }

    private Future<JsonNode> once(ObjectNode review, Buffer body, Attempts attempts) {
        long began = System.nanoTime();
        return asked(body).compose(answer -> read(review, answer)).onComplete(done -> {
            Result result = done.succeeded()
                    ? Result.SUCCESS
                    : done.cause() instanceof ReviewFailure failure ? failure.result() : Result.ERROR;
            attempts.ended(result, System.nanoTime() - began);
        });
    }

    private Future<JsonNode> attempt(
            ObjectNode review, Buffer body, int number, double pause, long began, Attempts attempts) {
        return once(review, body, attempts).recover(cause -> {
            long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            boolean again = cause instanceof ReviewFailure failure
                    && failure.isTransitory()
                    && number < MOST_ATTEMPTS
                    && passed + pause < most.toMillis();
            return again
                    ? after(pause)
                            .compose(over -> attempt(review, body, number + 1, pause * PAUSE_GROWTH, began, attempts))
                    : Future.failedFuture(cause);
        });
    }

    private Future<Void> after(double millis) {
        Promise<Void> over = Promise.promise();
        double jitter = 1 + ThreadLocalRandom.current().nextDouble() * PAUSE_JITTER;
        vertx.setTimer(Math.max(1, Math.round(millis * jitter)), id -> over.complete());
        return over.future();
    }

    private Future<Buffer> asked(Buffer body) {
        long began = System.nanoTime();
        return client.request(new RequestOptions(place))
                .compose(request -> {
                    long left = timeout.toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
                    return exchange(request, body)
                            .timeout(Math.max(1, left), TimeUnit.MILLISECONDS)
                            .onFailure(cause -> request.reset());
                })
                .recover(cause -> Future.failedFuture(failure(cause)));
    }

    private ReviewFailure failure(Throwable cause) {
        if (cause instanceof ReviewFailure known) {
            return known;
        }
        boolean broken = cause instanceof HttpClosedException
                || cause instanceof SocketException
                        && String.valueOf(cause.getMessage()).contains("reset");
        HookFailure told = HookFailure.of(url, cause);
        return new ReviewFailure(String.valueOf(told.getMessage()), broken, told.isLate());
    }

    private Future<Buffer> exchange(HttpClientRequest request, Buffer body) {
        request.putHeader("Host", service.server().getRawAuthority())
                .putHeader("Content-Type", "application/json")
                .putHeader("Accept", "application/json, */*")
                .putHeader("User-Agent", "kube-apiserver");
        if (!service.authorization().isEmpty()) {
            request.putHeader("Authorization", service.authorization());
        }
        return request.send(body)
                .compose(response -> WholeBody.of(response, MOST_BYTES)
                        .compose(answer -> response.statusCode() / 100 == 2
                                ? Future.succeededFuture(answer)
                                : Future.failedFuture(refused(response, answer))));
    }

    private static ReviewFailure refused(HttpClientResponse response, Buffer body) {
        int status = response.statusCode();
        boolean transitory =
                status == 429 || status >= 500 && status != 503 || response.getHeader("Retry-After") != null;
        return new ReviewFailure(
                String.valueOf(HookFailure.answered(status, body).getMessage()), transitory, status == 504);
    }

    /** What calls itself something else is no answer; what has no name is taken for one, as upstream does. */
    private static Future<JsonNode> read(ObjectNode review, Buffer body) {
        JsonNode answer = ObjectJson.parseAny(body.toString(StandardCharsets.UTF_8));
        for (String field : new String[] {"kind", "apiVersion"}) {
            String said = Tree.text(answer, field);
            if (!answer.isObject() || !said.isEmpty() && !said.equals(Tree.text(review, field))) {
                return Future.failedFuture(new ReviewFailure(
                        "expected an answer of " + Tree.text(review, "apiVersion") + ", Kind="
                                + Tree.text(review, "kind"),
                        false,
                        false));
            }
        }
        JsonNode status = answer.path("status");
        for (String field : FLAGS) {
            if (status.hasNonNull(field) && !status.path(field).isBoolean()) {
                return Future.failedFuture(
                        new ReviewFailure("status." + field + " is neither true nor false", false, false));
            }
        }
        return Future.succeededFuture(status);
    }
}
