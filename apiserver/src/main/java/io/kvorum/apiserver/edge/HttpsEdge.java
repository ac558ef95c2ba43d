package io.kvorum.apiserver.edge;

import io.kvorum.api.ApiException;
import io.kvorum.api.StatusJson;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.Credentials;
import io.kvorum.bus.BusStream;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.streams.ReadStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests over HTTPS, HTTP/1.1 and HTTP/2. */
public final class HttpsEdge {
    private static final Logger LOG = LoggerFactory.getLogger(HttpsEdge.class);
    private static final int MOST_BODY_BYTES = 3 << 20;
    private static final int GZIP_FROM_BYTES = 128 << 10;
    private static final Duration MOST_TIME = Duration.ofSeconds(60);

    private final Vertx vertx;
    private final Function<ApiRequest, Future<ApiResponse>> pipeline;
    private final UpgradeProxy upgrades;

    /** @param upgrades leads requests on that become another protocol */
    public HttpsEdge(Vertx vertx, Function<ApiRequest, Future<ApiResponse>> pipeline, UpgradeProxy upgrades) {
        this.vertx = vertx;
        this.pipeline = pipeline;
        this.upgrades = upgrades;
    }

    /** Listens on the context of the caller. */
    public Future<HttpServer> listen(HttpServerOptions options, String host, int port) {
        return vertx.createHttpServer(options)
                .requestHandler(this::receive)
                .exceptionHandler(cause -> LOG.debug("connection failed cause={}", cause.toString()))
                .listen(port, host);
    }

    private void receive(HttpServerRequest request) {
        long announced = announced(request);
        if (announced > MOST_BODY_BYTES) {
            request.response().putHeader("Connection", "close");
            send(request, tooLarge());
            return;
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
        Buffer body = Buffer.buffer((int) Math.max(0, Math.min(announced, MOST_BODY_BYTES)));
        boolean[] refused = {false};
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
            if (!refused[0]) {
                answer(request, body);
            }
        });
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
        Credentials credentials = new Credentials(certificate(request.connection()), null, address(request));
        pipeline.apply(ApiRequest.of(
                        request.method().name(), request.uri(), request.headers(), body, credentials, timeout(request)))
                .onSuccess(response -> send(request, response))
                .onFailure(defect -> {
                    LOG.error("the pipeline failed uri={}", request.uri(), defect);
                    request.response().setStatusCode(500).end();
                });
    }

    private static String address(HttpServerRequest request) {
        SocketAddress remote = request.remoteAddress();
        String host = remote == null ? null : remote.hostAddress();
        return host == null ? "" : host;
    }

    private static Duration timeout(HttpServerRequest request) {
        String text = request.getParam("timeout");
        if (text != null && text.endsWith("s")) {
            try {
                return Duration.ofSeconds(Math.max(1, Long.parseLong(text.substring(0, text.length() - 1))));
            } catch (NumberFormatException e) {
                return MOST_TIME;
            }
        }
        return MOST_TIME;
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
            close(response.stream());
            return;
        }
        if (response.upgrade() != null) {
            if (UpgradeProxy.askedFor(request)) {
                upgrades.lead(request, response.upgrade(), this::send);
            } else {
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
        if (response.stream() != null) {
            stream(out, response.stream());
            return;
        }
        boolean gzip = response.body().length() >= GZIP_FROM_BYTES
                && !response.headers().contains("Content-Encoding")
                && String.valueOf(request.getHeader("Accept-Encoding")).contains("gzip");
        if (!gzip) {
            out.end(response.body());
            return;
        }
        vertx.executeBlocking(() -> compressed(response.body()), false).onSuccess(body -> {
            if (!out.closed()) {
                out.putHeader("Content-Encoding", "gzip").putHeader("Vary", "Accept-Encoding");
                out.end(body);
            }
        });
    }

    private static void stream(HttpServerResponse out, ReadStream<Buffer> stream) {
        out.setChunked(true);
        out.closeHandler(closed -> close(stream));
        out.exceptionHandler(cause -> close(stream));
        // The head must go out before the first event does.
        out.writeHead();
        stream.pipe().endOnFailure(true).to(out).onFailure(cause -> {
            LOG.debug("stream ended cause={}", cause.toString());
            close(stream);
        });
    }

    private static void close(@Nullable ReadStream<Buffer> stream) {
        if (stream instanceof BusStream given) {
            given.close();
        }
    }

    private static Buffer compressed(Buffer body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length() / 6);
        try (GZIPOutputStream out = new GZIPOutputStream(bytes, 1 << 13) {
            {
                def.setLevel(Deflater.BEST_SPEED);
            }
        }) {
            out.write(body.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(bytes.toByteArray());
    }

    private static ApiResponse tooLarge() {
        ApiException refused = new ApiException(
                413, "RequestEntityTooLarge", "Request entity too large: limit is " + MOST_BODY_BYTES, null);
        return ApiResponse.json(413, ObjectJson.encode(StatusJson.of(refused)));
    }
}
