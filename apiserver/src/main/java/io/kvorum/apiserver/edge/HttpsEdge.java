package io.kvorum.apiserver.edge;

import io.kvorum.api.ApiException;
import io.kvorum.api.StatusJson;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.Credentials;
import io.kvorum.apiserver.request.Query;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.ResponseBody;
import io.prometheus.metrics.core.metrics.Counter;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.streams.ReadStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests over HTTPS, HTTP/1.1 and HTTP/2. */
public final class HttpsEdge {
    private static final Logger LOG = LoggerFactory.getLogger(HttpsEdge.class);
    private static final int MOST_BODY_BYTES = 3 << 20;

    /** As much as a connection holds before it says that its queue is full. */
    private static final int CHUNK_BYTES = 64 << 10;

    private static final int GZIP_FROM_BYTES = 128 << 10;
    private static final Pattern TIMEOUT = Pattern.compile("[?&]timeout=([^&]*)");

    private final Vertx vertx;
    private final Function<ApiRequest, Future<ApiResponse>> pipeline;
    private final UpgradeProxy upgrades;
    private final EdgeOptions options;
    private final GatheredWrites gathered;
    private final Counter handshakeErrors;
    private final Map<HttpConnection, X509Certificate> certificates = new IdentityHashMap<>();

    /** @param upgrades leads requests on that become another protocol */
    public HttpsEdge(
            Vertx vertx,
            Function<ApiRequest, Future<ApiResponse>> pipeline,
            UpgradeProxy upgrades,
            EdgeOptions options,
            Meters meters) {
        this.handshakeErrors = meters.counter(
                "apiserver_tls_handshake_errors_total", "Connections that were given up in their TLS handshake.");
        this.options = options;
        this.vertx = vertx;
        this.pipeline = pipeline;
        this.upgrades = upgrades;
        this.gathered = new GatheredWrites(vertx);
    }

    /** Listens on the context of the caller. */
    public Future<HttpServer> listen(HttpServerOptions options, String host, int port) {
        return vertx.createHttpServer(options)
                .requestHandler(this::receive)
                .connectionHandler(this::connected)
                .exceptionHandler(this::failed)
                .listen(port, host);
    }

    private void failed(Throwable cause) {
        LOG.debug("connection failed cause={}", cause.toString());
        if (cause instanceof SSLException || cause.getCause() instanceof SSLException) {
            handshakeErrors.inc();
        }
    }

    /** Asked once a connection: to be told that there is no certificate is an exception, which costs as much as an answer. */
    private void connected(HttpConnection connection) {
        X509Certificate certificate = certificate(connection);
        if (certificate != null) {
            certificates.put(connection, certificate);
            connection.closeHandler(closed -> certificates.remove(connection));
        }
    }

    private void receive(HttpServerRequest request) {
        boolean bodyIsTold = bodyCanBeTold(request);
        if (!bodyIsTold || isLast(request)) {
            request.response().endHandler(sent -> request.connection().close());
        }
        if (!bodyIsTold) {
            // Where the body ends is not known: what follows must not be taken for another request.
            request.response().putHeader("Connection", "close");
            send(request, unknownCoding());
            return;
        }
        long announced = announced(request);
        if (announced > MOST_BODY_BYTES) {
            request.response().putHeader("Connection", "close");
            send(request, tooLarge());
            return;
        }
        if (isPreflight(request)) {
            send(request, new ApiResponse(204, MultiMap.caseInsensitiveMultiMap(), ResponseBody.EMPTY, null));
            return;
        }
        if (request.version() == HttpVersion.HTTP_2
                && options.goAwayChance() > 0
                && ThreadLocalRandom.current().nextDouble() < options.goAwayChance()) {
            // Its other requests go on; new ones take a new connection, maybe to another server.
            request.connection().goAway(0);
        }
        request.exceptionHandler(cause -> LOG.debug("request broke off cause={}", cause.toString()));
        if (UpgradeProxy.askedFor(request)) {
            // The upgrade takes the request over later, while it has not been read to its end; what comes after its
            // head belongs to the other protocol.
            request.pause();
            answer(request, Buffer.buffer());
            return;
        }
        if (announced == 0) {
            answer(request, Buffer.buffer());
            return;
        }
        gather(request, announced);
    }

    /** Reads the body, which must be whole when the request's time is over. */
    private void gather(HttpServerRequest request, long announced) {
        Buffer body = Buffer.buffer((int) Math.max(0, Math.min(announced, MOST_BODY_BYTES)));
        boolean[] refused = {false};
        long limit = vertx.setTimer(timeout(request).toMillis(), late -> {
            LOG.debug("body did not come in time uri={}", request.uri());
            if (!refused[0]) {
                refused[0] = true;
                send(request, tooSlow());
            }
            end(request);
        });
        request.exceptionHandler(cause -> {
            LOG.debug("request broke off cause={}", cause.toString());
            vertx.cancelTimer(limit);
        });
        request.handler(chunk -> {
            if (refused[0]) {
                return;
            }
            if (body.length() + chunk.length() > MOST_BODY_BYTES) {
                refused[0] = true;
                send(request, tooLarge());
                return;
            }
            body.appendBuffer(chunk);
        });
        request.endHandler(end -> {
            vertx.cancelTimer(limit);
            if (!refused[0]) {
                answer(request, body);
            }
        });
    }

    /** Takes no more of a request whose answer has been given; over HTTP/2 the connection has others. */
    private static void end(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else {
            request.connection().close();
        }
    }

    /** Whether the client wants the connection closed after it and says more than that; Vert.x sees to {@code close} alone. */
    private static boolean isLast(HttpServerRequest request) {
        String connection = request.version() == HttpVersion.HTTP_2 ? null : request.getHeader("Connection");
        return connection != null
                && connection.indexOf(',') >= 0
                && Arrays.stream(connection.split(","))
                        .anyMatch(token -> token.strip().equalsIgnoreCase("close"));
    }

    /** RFC 9112, section 6.1: a coding that is not known, or not the only one, leaves the body's end open. */
    private static boolean bodyCanBeTold(HttpServerRequest request) {
        if (!request.headers().contains("Transfer-Encoding")) {
            return true;
        }
        List<String> codings = request.headers().getAll("Transfer-Encoding");
        return codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked");
    }

    /** The body's length in bytes, 0 when there is none, -1 when it is not told. */
    private static long announced(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        if (length == null) {
            String method = request.method().name();
            boolean none = method.equals("GET") || method.equals("HEAD");
            return none ? 0 : -1;
        }
        try {
            return Long.parseLong(length);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private void answer(HttpServerRequest request, Buffer body) {
        Credentials credentials = new Credentials(certificates.get(request.connection()), null, address(request));
        ApiRequest asked;
        try {
            asked = ApiRequest.of(
                    request.method().name(), request.uri(), request.headers(), body, credentials, timeout(request));
        } catch (ApiException unreadable) {
            send(request, refusal(unreadable));
            return;
        }
        pipeline.apply(asked).onSuccess(response -> send(request, response)).onFailure(defect -> {
            LOG.error("the pipeline failed uri={}", request.uri(), defect);
            request.response().setStatusCode(500).end();
        });
    }

    private static String address(HttpServerRequest request) {
        SocketAddress remote = request.remoteAddress();
        String host = remote == null ? null : remote.hostAddress();
        return host == null ? "" : host;
    }

    /** What the client waits, at most as long as the server lets it. Read before the query as a whole is, which may be no query. */
    private Duration timeout(HttpServerRequest request) {
        Matcher asked = request.uri().contains("timeout=") ? TIMEOUT.matcher(request.uri()) : null;
        return asked == null || !asked.find() || isLongRunning(request)
                ? options.timeout().most()
                : options.timeout().of(asked.group(1));
    }

    /** Of a watch the parameter says nothing; of a request that is led on it is for somebody else. */
    private static boolean isLongRunning(HttpServerRequest request) {
        String uri = request.uri();
        int mark = uri.indexOf('?');
        if (mark < 0) {
            return false;
        }
        try {
            Query query = Query.parse(uri.substring(mark + 1));
            return RequestInfo.parse(request.method().name(), uri.substring(0, mark), query)
                    .longRunning();
        } catch (ApiException unreadable) {
            return false;
        }
    }

    /** What a browser asks before it lets a page ask; answered to whoever may, before anybody is named. */
    private boolean isPreflight(HttpServerRequest request) {
        return request.method().equals(HttpMethod.OPTIONS) && options.origins().allowed(request.headers()) != null;
    }

    private static @Nullable X509Certificate certificate(HttpConnection connection) {
        if (!connection.isSsl()) {
            return null;
        }
        try {
            List<Certificate> chain = connection.peerCertificates();
            return chain.isEmpty() ? null : (X509Certificate) chain.get(0);
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
    }

    private void send(HttpServerRequest request, ApiResponse response) {
        HttpServerResponse out = request.response();
        if (out.closed()) {
            response.abandon();
            return;
        }
        if (response.upgrade() != null) {
            if (UpgradeProxy.askedFor(request)) {
                upgrades.lead(request, response.upgrade(), this::send);
            } else {
                response.abandon();
                send(request, UpgradeProxy.required());
            }
            return;
        }
        if (response.stream() != null && WebSocketStream.askedFor(request)) {
            String type = String.valueOf(response.headers().get("Content-Type"));
            WebSocketStream.send(request, response.stream(), type.contains("json"));
            return;
        }
        if (UpgradeProxy.askedFor(request)) {
            // No upgrade after all: what was paused for it goes on. Only that: over HTTP/2 a request that has been read
            // to its end takes no more orders.
            request.resume();
        }
        out.setStatusCode(response.status());
        out.headers().addAll(response.headers());
        if (!options.transportSecurity().isEmpty()) {
            out.putHeader("Strict-Transport-Security", options.transportSecurity());
        }
        String origin = options.origins().allowed(request.headers());
        if (origin != null) {
            CrossOrigin.tell(origin, out.headers());
        }
        if (response.stream() != null) {
            stream(out, response, response.stream());
            return;
        }
        boolean gzip = response.body().length() >= GZIP_FROM_BYTES
                && !response.headers().contains("Content-Encoding")
                && String.valueOf(request.getHeader("Accept-Encoding")).contains("gzip");
        if (!gzip) {
            whole(request, out, response.body());
            return;
        }
        vertx.executeBlocking(() -> compressed(response.body()), false).onSuccess(body -> {
            if (!out.closed()) {
                out.putHeader("Content-Encoding", "gzip").putHeader("Vary", "Accept-Encoding");
                out.end(body);
            }
        });
    }

    private static void whole(HttpServerRequest request, HttpServerResponse out, ResponseBody body) {
        if (body.length() <= CHUNK_BYTES || request.method().equals(HttpMethod.HEAD)) {
            out.end(body.whole());
            return;
        }
        out.putHeader("Content-Length", Long.toString(body.length()));
        write(out, body.chunks(CHUNK_BYTES));
    }

    /** Goes on when the client has read what it was sent; a client that leaves is not written to any more. */
    private static void write(HttpServerResponse out, Iterator<Buffer> chunks) {
        while (!out.closed()) {
            Buffer chunk = chunks.next();
            if (!chunks.hasNext()) {
                out.end(chunk);
                return;
            }
            out.write(chunk);
            if (out.writeQueueFull()) {
                out.drainHandler(drained -> {
                    out.drainHandler(null);
                    write(out, chunks);
                });
                return;
            }
        }
    }

    private void stream(HttpServerResponse out, ApiResponse response, ReadStream<Buffer> stream) {
        out.setChunked(true);
        out.closeHandler(closed -> response.abandon());
        out.exceptionHandler(cause -> response.abandon());
        // The head must go out before the first event does.
        out.writeHead();
        stream.pipe().endOnFailure(true).to(gathered.to(out)).onFailure(cause -> {
            LOG.debug("stream ended cause={}", cause.toString());
            response.abandon();
        });
    }

    private static Buffer compressed(ResponseBody body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) Math.min(body.length() / 6, MOST_BODY_BYTES));
        try (GZIPOutputStream out = new GZIPOutputStream(bytes, 1 << 13) {
            {
                def.setLevel(Deflater.BEST_SPEED);
            }
        }) {
            body.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(bytes.toByteArray());
    }

    private static ApiResponse tooLarge() {
        return refusal(new ApiException(
                413, "RequestEntityTooLarge", "Request entity too large: limit is " + MOST_BODY_BYTES, null));
    }

    private static ApiResponse unknownCoding() {
        return refusal(new ApiException(501, "", "unsupported transfer encoding", null));
    }

    private static ApiResponse tooSlow() {
        return refusal(ApiException.timeout("Timeout: request did not complete within the allotted timeout"));
    }

    private static ApiResponse refusal(ApiException why) {
        return ApiResponse.json(why.code(), ObjectJson.encode(StatusJson.of(why)));
    }
}
