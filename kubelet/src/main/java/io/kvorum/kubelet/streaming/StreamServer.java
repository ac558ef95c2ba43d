package io.kvorum.kubelet.streaming;

import io.kvorum.component.http.ProtocolSwitch;
import io.kvorum.kubelet.runtime.ContainerStreams;
import io.kvorum.kubelet.streaming.StreamTargets.NoTargetException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kubelet's port for streams, {@code 10250} as upstream's:
 *
 * <pre>
 * /exec/NAMESPACE/POD[/UID]/CONTAINER?command=..&amp;command=..&amp;input=1&amp;output=1&amp;error=1&amp;tty=1
 * /attach/NAMESPACE/POD[/UID]/CONTAINER?input=1&amp;output=1&amp;error=1&amp;tty=1
 * /portForward/NAMESPACE/POD[/UID][?ports=80]
 * </pre>
 *
 * each upgraded to SPDY/3.1 ({@code POST}) or to a WebSocket ({@code GET}). Errors before the upgrade are plain text.
 */
public final class StreamServer {
    private static final Logger LOG = LoggerFactory.getLogger(StreamServer.class);
    private static final int MAX_FRAME = 4 << 20;
    private static final Duration DIAL = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final StreamTargets targets;
    private final Settings settings;
    private final Predicate<@Nullable X509Certificate> trusted;
    private final Pipes pipes = new Pipes();
    private final RemoteCommand commands;
    private final PortForward forwards;
    private final NetClient client;
    private int sessions;

    /**
     * What the server is told.
     *
     * @param address of this component, to listen on and to dial from
     * @param idle after how long a session on which nothing comes or goes is closed
     * @param maxSessions how many there may be at a time
     */
    public record Settings(String address, int port, Duration idle, int maxSessions) {}

    /** @param trusted decides by a verified client certificate, null for none, whether its owner may use the server */
    public StreamServer(
            Vertx vertx,
            ContainerStreams containers,
            StreamTargets targets,
            WorkerExecutor logReaders,
            Settings settings,
            Predicate<@Nullable X509Certificate> trusted) {
        this.vertx = vertx;
        this.targets = targets;
        this.settings = settings;
        this.trusted = trusted;
        this.commands = new RemoteCommand(vertx, containers, targets, pipes, logReaders);
        this.client = vertx.createNetClient(new NetClientOptions()
                .setLocalAddress(settings.address())
                .setConnectTimeout((int) DIAL.toMillis())
                .setTcpNoDelay(true));
        this.forwards = new PortForward(vertx, new PodDialer(client, pipes));
    }

    /** Listens on the context of the caller, where all sessions then live. */
    public Future<HttpServer> listen(HttpServerOptions options) {
        options.setAlpnVersions(List.of(HttpVersion.HTTP_1_1))
                .setWebSocketSubProtocols(SubProtocol.names())
                .setMaxWebSocketFrameSize(MAX_FRAME)
                .setMaxWebSocketMessageSize(MAX_FRAME)
                .setMaxInitialLineLength(64 << 10)
                .setTcpNoDelay(true)
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false);
        return vertx.createHttpServer(options)
                .requestHandler(this::receive)
                .exceptionHandler(cause -> LOG.debug("connection failed cause={}", cause.toString()))
                .listen(settings.port(), settings.address());
    }

    public void close() {
        client.close();
        pipes.close();
    }

    private void receive(HttpServerRequest request) {
        request.exceptionHandler(cause -> LOG.debug("request broke off cause={}", cause.toString()));
        // Its first bytes after the head belong to what it is upgraded to.
        request.pause();
        X509Certificate certificate = certificate(request);
        if (!trusted.test(certificate)) {
            refuse(
                    request,
                    certificate == null ? 401 : 403,
                    certificate == null
                            ? "Unauthorized"
                            : "Forbidden (user=" + certificate.getSubjectX500Principal()
                                    + ", resource=nodes, subresource=proxy)");
            return;
        }
        List<String> parts = Arrays.stream(request.path().substring(1).split("/", -1))
                .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        switch (parts.get(0)) {
            case "exec", "attach" -> {
                if (parts.size() == 4 || parts.size() == 5) {
                    command(request, parts);
                    return;
                }
            }
            case "portForward" -> {
                if (parts.size() == 3 || parts.size() == 4) {
                    portForward(request, parts.get(1), parts.get(2));
                    return;
                }
            }
            case "healthz" -> {
                request.resume();
                request.response()
                        .putHeader("Content-Type", "text/plain; charset=utf-8")
                        .end("ok");
                return;
            }
            case "pods", "stats", "metrics" -> {
                document(request);
                return;
            }
            default -> {}
        }
        refuse(request, 404, "404 page not found");
    }

    private void document(HttpServerRequest request) {
        if (!request.method().name().equals("GET")) {
            refuse(request, 405, "Method Not Allowed");
            return;
        }
        String path = request.path().endsWith("/")
                ? request.path().substring(0, request.path().length() - 1)
                : request.path();
        here(targets.document(path))
                .onSuccess(document -> {
                    request.resume();
                    request.response()
                            .putHeader("Content-Type", document.type())
                            .end(document.body());
                })
                .onFailure(cause -> refuse(request, cause));
    }

    private static @Nullable X509Certificate certificate(HttpServerRequest request) {
        if (!request.isSSL()) {
            return null;
        }
        try {
            return (X509Certificate) request.connection().peerCertificates().get(0);
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
    }

    private static void refuse(HttpServerRequest request, int status, String message) {
        request.resume();
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "text/plain; charset=utf-8")
                .putHeader("Connection", "close")
                .end(message + "\n");
    }

    private static void refuse(HttpServerRequest request, Throwable cause) {
        if (cause instanceof NoTargetException none) {
            refuse(request, none.status(), String.valueOf(none.getMessage()));
        } else {
            LOG.warn("a stream was not opened uri={} cause={}", request.uri(), cause.toString());
            refuse(request, 500, String.valueOf(cause.getMessage()));
        }
    }

    /** Counts a session as long as its wire is open; false, after an answer, when there are too many. */
    private boolean tooMany(HttpServerRequest request) {
        if (sessions < settings.maxSessions()) {
            return false;
        }
        refuse(request, 429, "too many streaming sessions on this node, limit is " + settings.maxSessions());
        return true;
    }

    private void count(Wire wire) {
        sessions++;
        wire.onClose(() -> sessions--);
    }

    /** Every answer of the kubelet's own context comes back to the request's. */
    private <T> Future<T> here(Future<T> elsewhere) {
        var context = Objects.requireNonNull(Vertx.currentContext());
        Promise<T> promise = Promise.promise();
        elsewhere.onComplete(done -> context.runOnContext(v -> promise.handle(done)));
        return promise.future();
    }

    private void command(HttpServerRequest request, List<String> parts) {
        boolean exec = parts.get(0).equals("exec");
        String container = parts.get(parts.size() - 1);
        MultiMap query = request.params();
        boolean tty = flag(query, "tty");
        CommandStreams.Wanted wanted =
                new CommandStreams.Wanted(flag(query, "input"), flag(query, "output"), flag(query, "error"), tty);
        List<String> command = query.getAll("command");
        if (wanted.nothing()) {
            refuse(request, 400, "you must specify at least 1 of stdin, stdout, stderr");
            return;
        }
        if (exec && command.isEmpty()) {
            refuse(request, 400, "you must specify a command");
            return;
        }
        here(targets.container(parts.get(1), parts.get(2), container))
                .onFailure(cause -> refuse(request, cause))
                .onSuccess(target -> {
                    if (tooMany(request)) {
                        return;
                    }
                    commandStreams(request, wanted, streams -> {
                        if (exec) {
                            commands.exec(target, command, tty, streams);
                        } else {
                            commands.attach(target, streams);
                        }
                    });
                });
    }

    private void commandStreams(
            HttpServerRequest request, CommandStreams.Wanted wanted, Handler<CommandStreams> ready) {
        if (Upgrades.webSocket(request)) {
            String offered = request.getHeader("Sec-WebSocket-Protocol");
            SubProtocol protocol = Upgrades.channels(offered);
            if (protocol == null) {
                refuse(request, 403, Upgrades.unsupported(offered));
                return;
            }
            request.toWebSocket()
                    .onFailure(cause -> LOG.info("websocket refused cause={}", cause.toString()))
                    .onSuccess(socket -> {
                        Wire wire = Wire.of(vertx, settings.idle(), socket);
                        count(wire);
                        ChannelSession session = new ChannelSession(socket, wire, protocol, 5);
                        ready.handle(CommandStreams.of(session, wire, protocol, wanted));
                    });
            return;
        }
        Upgrades.Accepted accepted = Upgrades.spdy(request, SpdyCommandStreams.PROTOCOLS, this::refuse);
        if (accepted != null) {
            switchTo(
                    request,
                    accepted,
                    wire -> SpdyCommandStreams.serve(vertx, wire, accepted.protocol(), wanted, ready));
        }
    }

    private void switchTo(HttpServerRequest request, Upgrades.Accepted accepted, Handler<Wire> ready) {
        ProtocolSwitch.accept(request, accepted.headers())
                .onFailure(cause -> LOG.info("upgrade failed cause={}", cause.toString()))
                .onSuccess(socket -> {
                    Wire wire = Wire.of(vertx, settings.idle(), socket);
                    count(wire);
                    ready.handle(wire);
                });
    }

    private void portForward(HttpServerRequest request, String namespace, String name) {
        here(targets.pod(namespace, name))
                .onFailure(cause -> refuse(request, cause))
                .onSuccess(pod -> {
                    if (tooMany(request)) {
                        return;
                    }
                    if (Upgrades.webSocket(request)) {
                        forwardWebSocket(request, pod);
                        return;
                    }
                    Upgrades.Accepted accepted = Upgrades.spdy(request, List.of(PortForward.PROTOCOL), this::refuse);
                    if (accepted != null) {
                        switchTo(request, accepted, wire -> forwards.spdy(wire, pod));
                    }
                });
    }

    private void forwardWebSocket(HttpServerRequest request, StreamTargets.PodTarget pod) {
        String offered = request.getHeader("Sec-WebSocket-Protocol");
        boolean tunnel = Upgrades.offers(offered, SubProtocol.TUNNEL);
        SubProtocol protocol = tunnel ? null : Upgrades.channels(offered);
        List<Integer> ports;
        try {
            ports = tunnel ? List.of() : PortForward.ports(request.params().getAll("ports"));
        } catch (IllegalArgumentException e) {
            refuse(request, 400, String.valueOf(e.getMessage()));
            return;
        }
        if (!tunnel && protocol == null) {
            refuse(request, 403, Upgrades.unsupported(offered));
            return;
        }
        request.toWebSocket()
                .onFailure(cause -> LOG.info("websocket refused cause={}", cause.toString()))
                .onSuccess(socket -> {
                    Wire wire = Wire.of(vertx, settings.idle(), socket);
                    count(wire);
                    if (protocol == null) {
                        forwards.spdy(wire, pod);
                    } else {
                        forwards.channels(socket, wire, protocol, pod, ports);
                    }
                });
    }

    private void refuse(HttpServerRequest request, Upgrades.Refusal refusal) {
        refusal.headers().forEach((name, values) -> request.response().putHeader(name, values));
        refuse(request, refusal.status(), refusal.message());
    }

    private static boolean flag(MultiMap query, String name) {
        String value = query.get(name);
        return value != null && (value.equals("1") || value.equals("true"));
    }
}
