package io.kvorum.kubelet.streaming;

import io.kvorum.kubelet.streaming.StreamTargets.PodTarget;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections through the kubelet to ports of a pod. Over SPDY each is a pair of streams, {@code data} and {@code error},
 * of the same {@code requestID}; over the channels of a WebSocket there is one for each port the request names.
 */
final class PortForward {
    static final String PROTOCOL = "portforward.k8s.io";

    private static final Logger LOG = LoggerFactory.getLogger(PortForward.class);
    private static final long PAIR_MILLIS = 30_000;

    private final Vertx vertx;
    private final PodDialer dialer;

    PortForward(Vertx vertx, PodDialer dialer) {
        this.vertx = vertx;
        this.dialer = dialer;
    }

    /** Serves SPDY on a wire until it closes. */
    void spdy(Wire wire, PodTarget pod) {
        new Session(wire, pod);
    }

    /** The streams of connections that are not complete yet. */
    private static final class Pair {
        @Nullable
        ByteStream data;

        @Nullable
        ByteStream error;

        long timer;
    }

    private final class Session {
        private final Wire wire;
        private final PodTarget pod;
        private final Map<String, Pair> pairs = new HashMap<>();
        private final SpdySession spdy;

        Session(Wire wire, PodTarget pod) {
            this.wire = wire;
            this.pod = pod;
            this.spdy = new SpdySession(wire, this::opened);
            wire.onClose(() -> pairs.values().forEach(pair -> vertx.cancelTimer(pair.timer)));
        }

        private void opened(ByteStream stream) {
            String type = stream.header("streamtype");
            int port = port(stream.header("port"));
            if (port < 0 || !type.equals("data") && !type.equals("error")) {
                LOG.info("a stream that is none of port-forward's headers={}", stream.headers());
                spdy.reset(stream);
                return;
            }
            String request = request(stream, type);
            Pair pair = pairs.computeIfAbsent(request, this::newPair);
            if (type.equals("data")) {
                pair.data = stream;
            } else {
                pair.error = stream;
            }
            if (pair.data != null && pair.error != null) {
                pairs.remove(request);
                vertx.cancelTimer(pair.timer);
                connect(port, pair.data, pair.error);
            }
        }

        /** Clients that give no id open the error stream first and the data stream right after it. */
        private String request(ByteStream stream, String type) {
            String id = stream.header("requestid");
            if (!id.isEmpty()) {
                return id;
            }
            return Integer.toString(type.equals("error") ? stream.id() : stream.id() - 2);
        }

        private Pair newPair(String request) {
            Pair pair = new Pair();
            pair.timer = vertx.setTimer(PAIR_MILLIS, t -> {
                pairs.remove(request);
                LOG.info("the other stream of a connection did not come request={}", request);
                for (ByteStream stream : new ByteStream[] {pair.data, pair.error}) {
                    if (stream != null) {
                        spdy.reset(stream);
                    }
                }
            });
            return pair;
        }

        private void connect(int port, ByteStream data, ByteStream error) {
            error.in().discard();
            data.in().pause();
            dialer.dial(wire.context(), pod, port).onComplete(dialed -> {
                if (wire.closed()) {
                    if (dialed.succeeded()) {
                        dialed.result().close();
                    }
                    return;
                }
                if (dialed.failed()) {
                    error.out().write(Buffer.buffer(failure(pod, port, dialed.cause())));
                    error.out().end();
                    data.in().discard();
                    data.out().end();
                    return;
                }
                PodConnection connection = dialed.result();
                wire.onClose(connection::close);
                Flow.join(data.in(), connection, connection::end);
                Flow.join(connection, data.out(), () -> {
                    data.out().end();
                    error.out().end();
                });
            });
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port > 0 && port < 65_536 ? port : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    static String failure(PodTarget pod, int port, Throwable cause) {
        return "error forwarding port " + port + " to pod " + pod.name() + ", uid " + pod.uid()
                + ": failed to connect to " + pod.ip() + ":" + port + ": " + reason(cause);
    }

    private static String reason(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        return cause instanceof ConnectException && text.contains("refused") ? "connection refused" : text;
    }

    /** Channels {@code 2n} (data) and {@code 2n+1} (error) for the n-th port, each beginning with the port's number. */
    void channels(ServerWebSocket socket, Wire wire, SubProtocol protocol, PodTarget pod, List<Integer> ports) {
        ChannelSession session = new ChannelSession(socket, wire, protocol, 2 * ports.size());
        List<ByteStream> open = new ArrayList<>();
        for (int i = 0; i < ports.size(); i++) {
            ByteStream data = session.channel(2 * i);
            ByteStream error = session.channel(2 * i + 1);
            int port = ports.get(i);
            Buffer number = Buffer.buffer().appendUnsignedShortLE(port);
            data.out().write(number);
            error.out().write(number);
            error.in().discard();
            data.in().pause();
            open.add(data);
            Runnable ended = () -> {
                open.remove(data);
                if (open.isEmpty()) {
                    session.close();
                }
            };
            dialer.dial(wire.context(), pod, port).onComplete(dialed -> {
                if (dialed.failed()) {
                    error.out().write(Buffer.buffer(failure(pod, port, dialed.cause())));
                    ended.run();
                    return;
                }
                PodConnection connection = dialed.result();
                wire.onClose(connection::close);
                Flow.join(data.in(), connection, connection::end);
                Flow.join(connection, data.out(), ended);
            });
        }
    }

    /** The ports a request names, {@code ports=80&ports=443,8080}. Errors: {@link IllegalArgumentException}. */
    static List<Integer> ports(List<String> parameters) {
        List<Integer> ports = new ArrayList<>();
        for (String parameter : parameters) {
            for (String text : parameter.split(",", -1)) {
                int port = port(text);
                if (port < 0) {
                    throw new IllegalArgumentException("invalid port \"" + text + "\"");
                }
                ports.add(port);
            }
        }
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("query parameter \"port\" is required");
        }
        return ports;
    }
}
