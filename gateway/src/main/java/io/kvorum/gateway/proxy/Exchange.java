package io.kvorum.gateway.proxy;

import io.kvorum.gateway.routing.Backend;
import io.kvorum.gateway.routing.Filters;
import io.kvorum.gateway.routing.HeaderChange;
import io.kvorum.gateway.routing.RequestView;
import io.kvorum.gateway.routing.RouteTable;
import io.kvorum.gateway.routing.Rule;
import io.kvorum.gateway.routing.RuleState;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way: from the client to an endpoint and the answer back. A try that ended before anything of its
 * answer was there is made again at another endpoint, when no connection was had (then nothing was sent) or when the
 * request may be sent twice: its method is idempotent and it has no body, which would have been used up.
 */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final int MAX_TRIES = 4;
    /** How long an endpoint may be silent before its answer begins, where the rule says nothing. */
    private static final Duration DEFAULT_HEAD = Duration.ofSeconds(60);

    private static final Set<HttpMethod> IDEMPOTENT = Set.of(
            HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE, HttpMethod.PUT, HttpMethod.DELETE);
    private static final Set<HttpMethod> BODILESS =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE, HttpMethod.DELETE);

    private final DataPlane plane;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final boolean tls;
    private final int port;
    private final RequestView view;
    private final boolean hasBody;
    private final long began = System.nanoTime();
    private final Set<Address> tried = new HashSet<>();

    private String route = "";
    private long requestTimer = -1;
    private long tryTimer = -1;
    private boolean bodyTaken;
    private boolean mirrored;
    private boolean done;
    private @Nullable HttpClientRequest upstream;

    Exchange(DataPlane plane, HttpServerRequest request, boolean tls, int port) {
        this.plane = plane;
        this.request = request;
        this.response = request.response();
        this.tls = tls;
        this.port = port;
        this.view = new RequestView(
                request.method().name(), authority(), target(), name -> Headers.joined(request.headers(), name));
        this.hasBody = hasBody();
    }

    private String authority() {
        return request.authority() == null
                ? String.valueOf(request.getHeader("host"))
                : request.authority().toString();
    }

    /** The path and query, also of a request that names the whole URL. */
    private String target() {
        String uri = request.uri();
        if (uri.startsWith("/") || uri.equals("*")) {
            return uri;
        }
        String path = request.path() == null || request.path().isEmpty() ? "/" : request.path();
        return request.query() == null ? path : path + "?" + request.query();
    }

    private boolean hasBody() {
        @Nullable String length = request.getHeader("content-length");
        if (length != null) {
            return !length.equals("0");
        }
        return request.version() == HttpVersion.HTTP_2
                ? !BODILESS.contains(request.method())
                : request.headers().contains("transfer-encoding");
    }

    void start(RouteTable routes) {
        request.pause();
        request.exceptionHandler(this::clientFailed);
        response.exceptionHandler(this::clientFailed);
        response.closeHandler(closed -> clientFailed(null));
        RouteTable.@Nullable Found found = routes.find(view);
        if (found == null) {
            refuse(404, "no route for this host and path");
            return;
        }
        Rule rule = found.rule().rule();
        route = rule.route();
        if (rule.filters().broken()) {
            refuse(500, "the route has a filter that is not known");
        } else if (rule.filters().redirect() != null) {
            redirect(rule.filters(), found);
        } else {
            forward(found);
        }
    }

    private void redirect(Filters filters, RouteTable.Found found) {
        if (filters.redirect() != null) {
            response.setStatusCode(filters.redirect().statusCode());
            response.putHeader(
                    "location", filters.redirect().location(view, found.match().path(), tls ? "https" : "http", port));
            Headers.change(filters.response(), response.headers());
            finish(filters.redirect().statusCode());
            response.end();
        }
    }

    private void forward(RouteTable.Found found) {
        Rule rule = found.rule().rule();
        RuleState.@Nullable Turn turn = found.rule().next();
        if (turn == null
                || turn.backend().service() == null
                || turn.backend().filters().broken()) {
            refuse(500, "the route has no backend that may be used");
            return;
        }
        if (!rule.requestTimeout().isZero()) {
            requestTimer =
                    plane.vertx().setTimer(Math.max(1, rule.requestTimeout().toMillis()), id -> timedOut());
        }
        attempt(new Plan(found, turn));
    }

    /** What was decided about the request, for all tries. */
    private final class Plan {
        private final RouteTable.Found found;
        private final RuleState.Turn turn;
        private final List<HeaderChange> requestChanges = new ArrayList<>();
        private final List<HeaderChange> responseChanges = new ArrayList<>();
        private final String uri;
        private final @Nullable String host;

        Plan(RouteTable.Found found, RuleState.Turn turn) {
            this.found = found;
            this.turn = turn;
            String path = view.path();
            @Nullable String newHost = null;
            for (Filters filters : List.of(rule().filters(), turn.backend().filters())) {
                requestChanges.addAll(filters.request());
                responseChanges.addAll(filters.response());
                newHost = filters.rewriteHost() == null ? newHost : filters.rewriteHost();
                path = filters.rewritePath() == null
                        ? path
                        : filters.rewritePath().apply(found.match().path(), path);
            }
            this.uri = view.query().isEmpty() ? path : path + "?" + view.query();
            this.host = newHost;
        }

        Rule rule() {
            return found.rule().rule();
        }

        Backend backend() {
            return turn.backend();
        }
    }

    private void attempt(Plan plan) {
        if (done || plan.backend().service() == null) {
            return;
        }
        @Nullable
        EndpointPool pool = tried.size() >= MAX_TRIES
                ? null
                : plane.backends().next(plan.backend().service(), tried);
        if (pool == null) {
            if (tried.isEmpty()) {
                refuse(503, "the backend " + plan.backend().service() + " has no ready endpoint");
            } else {
                refuse(502, "no endpoint of " + plan.backend().service() + " answered");
            }
            return;
        }
        tried.add(pool.address());
        startTryTimer(plan.rule().backendTimeout());
        pool.request(new RequestOptions().setMethod(request.method()).setURI(plan.uri))
                .onComplete(connected -> {
                    if (connected.failed()) {
                        // Nothing was sent: whatever the request is, another endpoint may have it.
                        LOG.debug(
                                "no connection endpoint={} cause={}",
                                pool.address(),
                                connected.cause().getMessage());
                        pool.refused(System.nanoTime());
                        plane.metrics().retried();
                        attempt(plan);
                    } else if (done) {
                        connected.result().reset();
                    } else {
                        send(plan, pool, connected.result());
                    }
                });
    }

    private void send(Plan plan, EndpointPool pool, HttpClientRequest to) {
        upstream = to;
        // What goes wrong is told by the future of the answer.
        to.exceptionHandler(
                cause -> LOG.debug("request failed endpoint={} cause={}", pool.address(), cause.toString()));
        Headers.copy(request.headers(), to.headers());
        Headers.forwarded(
                to.headers(),
                request.remoteAddress().hostAddress(),
                tls ? "https" : "http",
                request.getHeader("host") == null ? view.host() : request.getHeader("host"),
                port);
        // Vert.x writes the host of the connection where nothing else is said; backends expect the client's.
        String host = plan.host == null ? authority() : plan.host;
        to.authority(HostAndPort.parseAuthority(host, -1));
        to.headers().remove("host");
        Headers.change(plan.requestChanges, to.headers());
        boolean upgrade = request.version() == HttpVersion.HTTP_1_1 && Headers.upgrade(request.headers());
        if (upgrade) {
            to.putHeader("connection", "Upgrade");
            to.putHeader("upgrade", request.getHeader("upgrade"));
            to.connect().onComplete(answer -> {
                if (answer.failed()) {
                    tryFailed(plan, pool, to, answer.cause());
                } else if (answer.result().statusCode() == 101) {
                    tunnel(plan, answer.result());
                } else {
                    relay(plan, to, answer.result());
                }
            });
            return;
        }
        to.response().onComplete(answer -> {
            if (answer.failed()) {
                tryFailed(plan, pool, to, answer.cause());
            } else {
                relay(plan, to, answer.result());
            }
        });
        @Nullable MirrorCopies copies = mirror(plan, to);
        if (hasBody) {
            bodyTaken = true;
            if (!to.headers().contains("content-length")) {
                to.setChunked(true);
            }
            Streams.pump(copies == null ? request : copies.watching(request), to, () -> {
                if (copies != null) {
                    copies.end();
                }
                to.end();
            });
        } else {
            request.resume();
            to.end();
        }
    }

    /** Begins the copies, once; the copies are of what the backend gets, without its own filters. */
    private @Nullable MirrorCopies mirror(Plan plan, HttpClientRequest to) {
        if (mirrored || plan.turn.mirrors().isEmpty()) {
            return null;
        }
        mirrored = true;
        return plane.mirrors()
                .begin(plan.turn.mirrors(), request.method(), plan.uri, to.authority(), to.headers(), hasBody);
    }

    private void tryFailed(Plan plan, EndpointPool pool, HttpClientRequest to, Throwable cause) {
        if (done || upstream != to) {
            return;
        }
        LOG.debug("no answer endpoint={} cause={}", pool.address(), cause.toString());
        boolean again = !bodyTaken && IDEMPOTENT.contains(request.method());
        if (again) {
            plane.metrics().retried();
            attempt(plan);
        } else {
            refuse(502, "the endpoint ended the connection without an answer");
        }
    }

    private void relay(Plan plan, HttpClientRequest from, HttpClientResponse answer) {
        if (done || upstream != from) {
            return;
        }
        answer.pause();
        if (plan.rule().backendTimeout().isZero()) {
            // Without a limit of the rule's own only silence before the answer counts.
            cancelTryTimer();
        }
        response.setStatusCode(answer.statusCode());
        if (request.version() != HttpVersion.HTTP_2 && answer.statusMessage() != null) {
            response.setStatusMessage(answer.statusMessage());
        }
        Headers.copy(answer.headers(), response.headers());
        Headers.change(plan.responseChanges, response.headers());
        boolean bodyless =
                request.method() == HttpMethod.HEAD || answer.statusCode() == 204 || answer.statusCode() == 304;
        if (!bodyless
                && request.version() != HttpVersion.HTTP_2
                && !response.headers().contains("content-length")) {
            response.setChunked(true);
        }
        answer.exceptionHandler(cause -> {
            if (!done) {
                // Part of the answer is out: only a broken connection tells the client that it is not whole.
                LOG.debug("the answer broke off route={} cause={}", route, cause.toString());
                finish(answer.statusCode());
                response.reset();
            }
        });
        Streams.pump(answer, response, () -> {
            if (!done) {
                answer.trailers().forEach(trailer -> response.putTrailer(trailer.getKey(), trailer.getValue()));
                finish(answer.statusCode());
                response.end();
            }
        });
    }

    /** After the protocol was changed: bytes both ways until one side ends. */
    private void tunnel(Plan plan, HttpClientResponse answer) {
        cancelTimers();
        response.setStatusCode(101);
        Headers.copy(answer.headers(), response.headers());
        response.putHeader("connection", "Upgrade");
        response.putHeader("upgrade", answer.getHeader("upgrade") == null ? "websocket" : answer.getHeader("upgrade"));
        Headers.change(plan.responseChanges, response.headers());
        plane.metrics().upgraded();
        finish(101);
        NetSocket far = answer.netSocket();
        far.pause();
        request.toNetSocket().onComplete(upgraded -> {
            if (upgraded.failed()) {
                far.close();
                return;
            }
            NetSocket near = upgraded.result();
            near.pipeTo(far);
            far.pipeTo(near);
        });
    }

    private void startTryTimer(Duration limit) {
        cancelTryTimer();
        long millis = (limit.isZero() ? DEFAULT_HEAD : limit).toMillis();
        tryTimer = plane.vertx().setTimer(Math.max(1, millis), id -> timedOut());
    }

    private void cancelTryTimer() {
        if (tryTimer >= 0) {
            plane.vertx().cancelTimer(tryTimer);
            tryTimer = -1;
        }
    }

    private void cancelTimers() {
        cancelTryTimer();
        if (requestTimer >= 0) {
            plane.vertx().cancelTimer(requestTimer);
            requestTimer = -1;
        }
    }

    private void timedOut() {
        if (done) {
            return;
        }
        if (response.headWritten()) {
            finish(504);
            resetUpstream();
            response.reset();
        } else {
            // First the answer: the reset fails the try, which must not be taken for the endpoint's doing.
            refuse(504, "no whole answer in time");
            resetUpstream();
        }
    }

    private void clientFailed(@Nullable Throwable cause) {
        if (!done) {
            finish(0);
            resetUpstream();
        }
    }

    private void resetUpstream() {
        if (upstream != null) {
            upstream.reset();
        }
    }

    /** Answers on behalf of the gateway itself. */
    private void refuse(int status, String why) {
        if (done) {
            return;
        }
        finish(status);
        if (hasBody && !bodyTaken) {
            // What is left of the body is read and dropped, so that the client gets to read the answer.
            request.handler(buffer -> {});
            request.resume();
        }
        response.setStatusCode(status);
        response.headers().clear();
        response.putHeader("content-type", "text/plain; charset=utf-8");
        response.end(status + " " + response.getStatusMessage() + ": " + why + "\n");
    }

    private void finish(int status) {
        done = true;
        cancelTimers();
        plane.metrics().answered(route, status, System.nanoTime() - began);
    }
}
