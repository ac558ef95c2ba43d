package io.kvorum.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.parsetools.RecordParser;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Requests to one API server over HTTPS, with a client certificate or a bearer token; watches are JSON lines. */
final class HttpTransport implements Transport {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** Longer than any object; a line beyond it breaks the watch instead of filling the memory. */
    private static final int MAX_LINE_BYTES = 16 << 20;

    private final HttpClient client;
    private final Kubeconfig config;
    private final int port;

    HttpTransport(Vertx vertx, Kubeconfig config) {
        this.config = config;
        boolean tls = "https".equals(config.server().getScheme());
        int given = config.server().getPort();
        this.port = given > 0 ? given : tls ? 443 : 80;
        HttpClientOptions options = new HttpClientOptions()
                .setSsl(tls)
                .setConnectTimeout((int) CONNECT.toMillis())
                .setDecompressionSupported(true)
                .setTrustAll(config.insecureSkipTlsVerify())
                .setVerifyHost(!config.insecureSkipTlsVerify());
        if (config.certificateAuthority() != null) {
            options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(config.certificateAuthority())));
        }
        if (config.clientCertificate() != null && config.clientKey() != null) {
            options.setKeyCertOptions(new PemKeyCertOptions()
                    .setCertValue(Buffer.buffer(config.clientCertificate()))
                    .setKeyValue(Buffer.buffer(config.clientKey())));
        }
        this.client = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(64));
    }

    @Override
    public Future<Answer> send(
            String method,
            String uri,
            @Nullable String contentType,
            @Nullable Buffer body,
            Duration timeout,
            @Nullable Frames frames) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.valueOf(method))
                .setHost(config.server().getHost())
                .setPort(port)
                .setURI(basePath() + uri)
                .setConnectTimeout(CONNECT.toMillis())
                .putHeader("Accept", "application/json");
        if (contentType != null) {
            options.putHeader("Content-Type", contentType);
        }
        if (config.token() != null) {
            options.putHeader("Authorization", "Bearer " + config.token());
        }
        // One deadline over connect, headers and body of a whole answer; of a streamed answer, over its headers.
        return client.request(options)
                .recover(cause -> Future.failedFuture(new Unavailable(unreachable(cause), false)))
                .compose(request -> exchange(request, body, timeout, frames));
    }

    private Future<Answer> exchange(
            HttpClientRequest request, @Nullable Buffer body, Duration timeout, @Nullable Frames frames) {
        Future<HttpClientResponse> sent = body == null ? request.send() : request.send(body);
        Future<Answer> answered = sent.compose(response -> answer(request, response, frames));
        return answered.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS).recover(cause -> {
            request.reset();
            return Future.failedFuture(new Unavailable(unreachable(cause), true));
        });
    }

    private static Future<Answer> answer(
            HttpClientRequest request, HttpClientResponse response, @Nullable Frames frames) {
        @Nullable String retryAfter = response.getHeader("Retry-After");
        if (frames == null || response.statusCode() >= 400) {
            return response.body().map(body -> new Answer(response.statusCode(), body, retryAfter, null));
        }
        boolean[] over = new boolean[1];
        RecordParser lines = RecordParser.newDelimited("\n", response).maxRecordSize(MAX_LINE_BYTES);
        lines.exceptionHandler(cause -> {
            if (!over[0]) {
                over[0] = true;
                request.reset();
                frames.end(cause);
            }
        });
        lines.endHandler(end -> {
            if (!over[0]) {
                over[0] = true;
                frames.end(null);
            }
        });
        lines.handler(line -> {
            if (!over[0] && line.length() > 0) {
                frames.frame(line);
            }
        });
        Stream stream = () -> {
            if (!over[0]) {
                over[0] = true;
                request.reset();
            }
        };
        return Future.succeededFuture(new Answer(response.statusCode(), Buffer.buffer(), retryAfter, stream));
    }

    private String basePath() {
        @Nullable String path = config.server().getPath();
        return path == null || path.equals("/") ? "" : path;
    }

    private String unreachable(Throwable cause) {
        return "no answer from " + config.server() + ": " + cause.getMessage();
    }
}
