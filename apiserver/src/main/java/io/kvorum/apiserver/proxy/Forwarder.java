package io.kvorum.apiserver.proxy;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.ResponseBody;
import io.kvorum.apiserver.request.Upgrade;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Sends a request on to a target and gives back what it answers. */
public final class Forwarder {
    private static final long ANSWER_SECONDS = 60;
    private static final long CHECK_SECONDS = 5;
    private static final int MOST_BYTES = 4 << 20;

    /** Headers between two neighbours only (RFC 9110, 7.6.1). */
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "proxy-connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private static final Set<String> CROSS_ORIGIN = Set.of(
            "access-control-allow-origin",
            "access-control-allow-methods",
            "access-control-allow-headers",
            "access-control-allow-credentials",
            "access-control-expose-headers",
            "access-control-max-age");

    private Forwarder() {}

    /** Whether a request wants to become another protocol. */
    static boolean upgrades(ApiRequest request) {
        return !request.header("Upgrade").isEmpty()
                && request.header("Connection").toLowerCase(Locale.ROOT).contains("upgrade");
    }

    /**
     * Fails with 503 when the target is not reached, 504 when it does not begin to answer in time.
     *
     * <p>An upgrade is left to the edge, which holds the connection.
     */
    public static Future<ApiResponse> forward(ApiRequest request, Target target) {
        if (upgrades(request)) {
            MultiMap headers = headers(request, target);
            for (String name : List.of("Connection", "Upgrade")) {
                headers.set(name, request.header(name));
            }
            return Future.succeededFuture(ApiResponse.upgrade(new Upgrade(
                    target.host(),
                    target.port(),
                    target.path().isEmpty() ? "/" : target.path(),
                    target.query(),
                    new Upgrade.Via(target.client(), target.tls(), headers, target.server()))));
        }
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.valueOf(request.method()))
                .setHost(target.host())
                .setPort(target.port())
                .setSsl(target.tls())
                .setURI(target.uri())
                .setHeaders(headers(request, target));
        if (target.server() != null) {
            options.setServer(target.server());
        }
        return target.client()
                .request(options)
                .compose(asked -> {
                    Future<HttpClientResponse> answer = (request.body().length() == 0
                                    ? asked.send()
                                    : asked.send(request.body()))
                            .map(response -> {
                                response.pause();
                                return response;
                            });
                    return answer.timeout(ANSWER_SECONDS, TimeUnit.SECONDS).onFailure(late -> asked.reset());
                })
                .recover(cause -> Future.failedFuture(unreachable(target, cause)))
                .compose(answer -> answered(request, target, answer));
    }

    /** Status and body by which a target answers a GET; fails when it does not answer within seconds. */
    public record Answer(int status, Buffer body) {}

    public static Future<Answer> get(Target target) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(target.host())
                .setPort(target.port())
                .setSsl(target.tls())
                .setURI(target.uri())
                .setHeaders(target.headers());
        if (target.server() != null) {
            options.setServer(target.server());
        }
        return target.client()
                .request(options)
                .compose(asked -> asked.send()
                        .compose(answer -> {
                            Promise<Answer> whole = Promise.promise();
                            Buffer body = Buffer.buffer();
                            answer.exceptionHandler(whole::tryFail);
                            answer.endHandler(end -> whole.tryComplete(new Answer(answer.statusCode(), body)));
                            answer.handler(chunk -> {
                                if (body.length() + chunk.length() > MOST_BYTES) {
                                    asked.reset();
                                    whole.tryFail("answer of more than " + MOST_BYTES + " bytes");
                                } else {
                                    body.appendBuffer(chunk);
                                }
                            });
                            return whole.future();
                        })
                        .timeout(CHECK_SECONDS, TimeUnit.SECONDS)
                        .onFailure(late -> asked.reset()));
    }

    private static MultiMap headers(ApiRequest request, Target target) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        request.headers().forEach(header -> {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            // Credentials are for the API server; what it found out goes on in headers of its own.
            boolean own = name.equals("authorization")
                    || name.startsWith("impersonate-")
                    || name.startsWith("x-remote-")
                    || name.startsWith("sec-websocket-protocol")
                            && header.getValue().contains("base64url.bearer");
            boolean length = name.equals("content-length");
            if (!own && !length && !HOP_BY_HOP.contains(name) && !name.startsWith(":")) {
                headers.add(header.getKey(), header.getValue());
            }
        });
        if (!request.credentials().address().isEmpty()) {
            headers.add("X-Forwarded-For", request.credentials().address());
        }
        if (target.prefix() != null) {
            headers.set("X-Forwarded-Uri", target.prefix() + target.path());
            headers.set("X-Forwarded-Host", request.header("Host"));
            headers.set("X-Forwarded-Proto", "https");
            // Links in pages are changed on the way, so they must come as they are.
            headers.remove("Accept-Encoding");
        }
        for (String name : target.headers().names()) {
            headers.remove(name);
            headers.add(name, target.headers().getAll(name));
        }
        return headers;
    }

    private static ApiException unreachable(Target target, Throwable cause) {
        String what = cause instanceof ConnectException
                ? "dial tcp " + target.host() + ":" + target.port() + ": connect: connection refused"
                : String.valueOf(cause.getMessage());
        return new ApiException(503, "ServiceUnavailable", "error trying to reach service: " + what, null);
    }

    private static Future<ApiResponse> answered(ApiRequest request, Target target, HttpClientResponse answer) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        answer.headers().forEach(header -> {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            boolean dropped = HOP_BY_HOP.contains(name)
                    || name.equals("content-length")
                    || target.prefix() != null && CROSS_ORIGIN.contains(name);
            if (!dropped) {
                headers.add(header.getKey(), header.getValue());
            }
        });
        String prefix = target.prefix();
        if (prefix != null) {
            for (String name : List.of("Location", "Content-Location")) {
                String value = headers.get(name);
                if (value != null) {
                    headers.set(name, Links.led(value, target.authority(), prefix));
                }
            }
            String type = String.valueOf(headers.get("Content-Type")).toLowerCase(Locale.ROOT);
            if (type.startsWith("text/html") && !headers.contains("Content-Encoding")) {
                return Links.page(answer, target.authority(), prefix)
                        .map(page ->
                                new ApiResponse(answer.statusCode(), headers, ResponseBody.of(page.getBytes()), null));
            }
        }
        boolean none = request.method().equals("HEAD") || answer.statusCode() == 204 || answer.statusCode() == 304;
        if (none) {
            answer.resume();
            return Future.succeededFuture(new ApiResponse(answer.statusCode(), headers, ResponseBody.EMPTY, null));
        }
        return Future.succeededFuture(
                new ApiResponse(answer.statusCode(), headers, ResponseBody.EMPTY, new ProxiedBody(answer)));
    }
}
