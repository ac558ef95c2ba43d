package io.kvorum.kubelet.probes;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A client of {@code grpc.health.v1.Health}: one method with a string in it and a number out, over HTTP/2 without TLS, as
 * probes use it. Messages are upstream's.
 */
final class GrpcHealth {
    private static final String METHOD = "/grpc.health.v1.Health/Check";
    /** Of {@code HealthCheckResponse.ServingStatus}, by number. */
    private static final List<String> STATUSES = List.of("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN");

    private static final int SERVING = 1;
    private static final int PREFIX = 5;
    private static final int SERVICE_FIELD = 1 << 3 | 2;
    private static final int STATUS_FIELD = 1 << 3;
    private static final String UNIMPLEMENTED = "12";
    private static final String DEADLINE_EXCEEDED = "4";

    private final HttpClient client;

    GrpcHealth(Vertx vertx, String localAddress) {
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setLocalAddress(localAddress)
                .setKeepAlive(false)
                // A probe finds out what is there now: no connection outlives it for long.
                .setHttp2KeepAliveTimeout(1)
                .setConnectTimeout(10_000));
    }

    Future<Void> close() {
        return client.close();
    }

    /** What went on, for the words of a failure. */
    private static final class Progress {
        boolean connected;
    }

    /** Never fails; the result does. */
    Future<ProbeResult> check(String host, int port, String service, Duration timeout) {
        String address = host + ":" + port;
        Progress progress = new Progress();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(host)
                .setPort(port)
                .setURI(METHOD)
                .setTimeout(timeout.toMillis())
                .putHeader("content-type", "application/grpc")
                .putHeader("te", "trailers")
                .putHeader("user-agent", "kube-probe/1.36");
        return client.request(options)
                .compose(request -> {
                    progress.connected = true;
                    return request.send(message(service));
                })
                .compose(response -> response.body().map(body -> result(response, body)))
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .otherwise(e -> ProbeResult.failure(failure(e, progress, address, timeout)));
    }

    private static String failure(Throwable e, Progress progress, String address, Duration timeout) {
        if (!progress.connected) {
            // gRPC tries to connect until the time is up, whatever keeps it from doing so.
            return "timeout: failed to connect service \"" + address + "\" within " + Prober.seconds(timeout)
                    + ": context deadline exceeded";
        }
        if (e instanceof TimeoutException || String.valueOf(e.getMessage()).contains("timeout")) {
            return "timeout: health rpc did not complete within " + Prober.seconds(timeout);
        }
        return "error: health rpc probe failed: " + e.getMessage();
    }

    /** The request as one frame of gRPC: no compression, the length, the message. */
    private static Buffer message(String service) {
        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        Buffer body = Buffer.buffer();
        if (name.length > 0) {
            body.appendByte((byte) SERVICE_FIELD);
            int rest = name.length;
            while (rest >= 0x80) {
                body.appendByte((byte) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            body.appendByte((byte) rest).appendBytes(name);
        }
        return Buffer.buffer().appendByte((byte) 0).appendInt(body.length()).appendBuffer(body);
    }

    private static ProbeResult result(HttpClientResponse response, Buffer body) {
        String code = said(response, "grpc-status");
        String message = String.valueOf(said(response, "grpc-message"));
        if (UNIMPLEMENTED.equals(code) || response.statusCode() == 404) {
            return ProbeResult.failure(
                    "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): "
                            + message);
        }
        if (DEADLINE_EXCEEDED.equals(code)) {
            return ProbeResult.failure("timeout: health rpc did not complete: " + message);
        }
        if (!"0".equals(code)) {
            return ProbeResult.failure("error: health rpc probe failed: rpc error: code = " + code + " desc = "
                    + (code == null ? "unexpected HTTP status code " + response.statusCode() : message));
        }
        int status = status(body);
        String name = status < STATUSES.size() ? STATUSES.get(status) : Integer.toString(status);
        return status == SERVING
                ? new ProbeResult(true, "service healthy")
                : ProbeResult.failure("service unhealthy (responded with \"" + name + "\")");
    }

    /** A header that may come in the trailers, or in the only headers of an answer without a body. */
    private static @Nullable String said(HttpClientResponse response, String name) {
        String trailer = response.trailers().get(name);
        return trailer == null ? response.getHeader(name) : trailer;
    }

    /** The field {@code status}; unknown where the server left it out, as protobuf does with zeros. */
    private static int status(Buffer body) {
        boolean told = body.length() >= PREFIX + 2 && body.getByte(PREFIX) == STATUS_FIELD;
        return told ? body.getByte(PREFIX + 1) : 0;
    }
}
