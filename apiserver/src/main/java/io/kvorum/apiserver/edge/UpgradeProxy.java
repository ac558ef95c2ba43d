package io.kvorum.apiserver.edge;

import io.kvorum.api.ApiException;
import io.kvorum.api.StatusJson;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.ResponseBody;
import io.kvorum.apiserver.request.Upgrade;
import io.kvorum.component.http.ProtocolSwitch;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads requests that become another protocol on to a kubelet: asks it for the same upgrade, hands its answer back, and
 * from then on only passes bytes both ways. A full connection on one side stops the reading on the other; the end of one
 * ends the other.
 */
public final class UpgradeProxy {
    private static final Logger LOG = LoggerFactory.getLogger(UpgradeProxy.class);
    /** Upgraded connections to one kubelet; the kubelet has a limit of its own. */
    private static final int MOST_CONNECTIONS = 1024;

    private static final int CONNECT_MILLIS = 10_000;
    private static final int ANSWER_MILLIS = 30_000;

    private final HttpClient client;

    /** @param options how kubelets are spoken to: certificates, and the address to dial from */
    public UpgradeProxy(Vertx vertx, HttpClientOptions options) {
        this.client = vertx.createHttpClient(
                new HttpClientOptions(options)
                        .setConnectTimeout(CONNECT_MILLIS)
                        .setTcpNoDelay(true)
                        .setMaxHeaderSize(64 << 10)
                        .setMaxInitialLineLength(64 << 10),
                new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS).setMaxWaitQueueSize(0));
    }

    /** Whether a request wants to become one of the protocols that lead into a pod. */
    static boolean askedFor(HttpServerRequest request) {
        String upgrade = request.getHeader("Upgrade");
        return upgrade != null && (upgrade.equalsIgnoreCase("websocket") || upgrade.equalsIgnoreCase("SPDY/3.1"));
    }

    /**
     * Takes a paused request over.
     *
     * @param refuse answers instead, when there is no upgrade
     */
    void lead(HttpServerRequest request, Upgrade to, BiConsumer<HttpServerRequest, ApiResponse> refuse) {
        dial(request, to, (asked, refusal) -> {
            to.ended().tryComplete();
            refuse.accept(asked, refusal);
        });
    }

    private void dial(HttpServerRequest request, Upgrade to, BiConsumer<HttpServerRequest, ApiResponse> refuse) {
        RequestOptions options = new RequestOptions()
                // Whatever the client's method was: this HTTP client upgrades GET only, and the kubelet takes both.
                .setMethod(HttpMethod.GET)
                .setHost(to.host())
                .setPort(to.port())
                .setURI(to.uri())
                .setConnectTimeout(CONNECT_MILLIS);
        HttpClient through = client;
        if (to.via() != null) {
            options.setHeaders(to.via().headers()).setSsl(to.via().tls());
            through = to.via().client();
            if (to.via().server() != null) {
                options.setServer(to.via().server());
            }
        } else {
            MultiMap headers = MultiMap.caseInsensitiveMultiMap();
            Upgrade.HEADERS.forEach(name -> headers.add(name, request.headers().getAll(name)));
            options.setHeaders(headers);
        }
        through.request(options)
                // What happens to the connection later is told by its socket.
                .compose(asked -> asked.exceptionHandler(
                                cause -> LOG.debug("kubelet connection ended cause={}", cause.toString()))
                        .connect()
                        .timeout(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
                        .onFailure(late -> asked.reset()))
                .onSuccess(answer -> answered(request, to, answer, refuse))
                .onFailure(cause -> {
                    LOG.info("kubelet not reached kubelet={}:{} cause={}", to.host(), to.port(), cause.getMessage());
                    refuse.accept(
                            request,
                            failure(
                                    500,
                                    "InternalError",
                                    "error dialing backend: dial tcp " + to.host() + ":" + to.port() + ": "
                                            + cause.getMessage()));
                });
    }

    /** What a plain request for what needs an upgrade is answered, in upstream's words. */
    static ApiResponse required() {
        return failure(400, "BadRequest", "Upgrade request required");
    }

    private static ApiResponse failure(int code, String reason, String message) {
        return ApiResponse.json(code, ObjectJson.encode(StatusJson.of(new ApiException(code, reason, message, null))));
    }

    private static void answered(
            HttpServerRequest request,
            Upgrade to,
            HttpClientResponse answer,
            BiConsumer<HttpServerRequest, ApiResponse> refuse) {
        if (answer.statusCode() != 101) {
            refused(request, answer, refuse);
            return;
        }
        NetSocket kubelet = answer.netSocket();
        kubelet.pause();
        HttpServerResponse response = request.response();
        if (response.closed()) {
            to.ended().tryComplete();
            kubelet.close();
            return;
        }
        ProtocolSwitch.accept(request, answer.headers())
                .onSuccess(client -> join(client, kubelet, to))
                .onFailure(cause -> {
                    LOG.info("upgrade failed cause={}", cause.toString());
                    kubelet.close();
                    refuse.accept(request, required());
                });
    }

    private static void join(NetSocket client, NetSocket kubelet, Upgrade to) {
        one(client, kubelet, to);
        one(kubelet, client, to);
        client.resume();
        kubelet.resume();
    }

    private static void one(NetSocket from, NetSocket to, Upgrade led) {
        to.drainHandler(v -> from.resume());
        from.exceptionHandler(cause -> LOG.debug("stream broke off cause={}", cause.toString()));
        from.closeHandler(closed -> {
            led.ended().tryComplete();
            to.close();
        });
        from.handler(bytes -> {
            to.write(bytes);
            if (to.writeQueueFull()) {
                from.pause();
            }
        });
    }

    /** The kubelet's word is handed on: it says what is wrong with the pod. */
    private static void refused(
            HttpServerRequest request, HttpClientResponse answer, BiConsumer<HttpServerRequest, ApiResponse> refuse) {
        answer.body()
                .timeout(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
                .onSuccess(body -> {
                    ApiResponse response = ApiResponse.of(
                            answer.statusCode(), "text/plain; charset=utf-8", ResponseBody.of(body.getBytes()));
                    for (String header :
                            new String[] {"X-Accepted-Stream-Protocol-Versions", "Sec-WebSocket-Version"}) {
                        if (answer.headers().contains(header)) {
                            response.headers().set(header, answer.headers().getAll(header));
                        }
                    }
                    refuse.accept(request, response);
                })
                .onFailure(cause -> {
                    answer.request().reset();
                    refuse.accept(
                            request,
                            failure(500, "InternalError", "error reading the kubelet's answer: " + cause.getMessage()));
                });
    }
}
