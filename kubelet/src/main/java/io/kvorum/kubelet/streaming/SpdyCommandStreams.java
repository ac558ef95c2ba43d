package io.kvorum.kubelet.streaming;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the streams a client opens for a command over SPDY, each with a header {@code streamType}. Versions 1 and 2
 * of the protocol know no resize, version 4 has the Status in JSON.
 */
final class SpdyCommandStreams {
    private static final Logger LOG = LoggerFactory.getLogger(SpdyCommandStreams.class);
    /** Newest first; a client that names none speaks the oldest. */
    static final List<String> PROTOCOLS =
            List.of("v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io");

    private static final long CREATION_MILLIS = 30_000;

    private final String protocol;
    private final Wire wire;
    private final CommandStreams.Wanted wanted;
    private final Handler<CommandStreams> complete;
    private final Map<String, ByteStream> streams = new HashMap<>();
    private final SpdySession session;
    private boolean handed;

    /**
     * Serves a wire.
     *
     * @param complete told once, when every stream is there; the wire is closed if that takes too long
     */
    static void serve(
            Vertx vertx, Wire wire, String protocol, CommandStreams.Wanted wanted, Handler<CommandStreams> complete) {
        new SpdyCommandStreams(vertx, wire, protocol, wanted, complete);
    }

    private SpdyCommandStreams(
            Vertx vertx, Wire wire, String protocol, CommandStreams.Wanted wanted, Handler<CommandStreams> complete) {
        this.protocol = protocol;
        this.wire = wire;
        this.wanted = wanted;
        this.complete = complete;
        this.session = new SpdySession(wire, this::opened);
        long timer = vertx.setTimer(CREATION_MILLIS, t -> {
            if (!handed) {
                LOG.info("the client did not open its streams in time");
                session.close();
            }
        });
        wire.onClose(() -> vertx.cancelTimer(timer));
    }

    private boolean resizes() {
        return wanted.tty() && (protocol.startsWith("v3.") || protocol.startsWith("v4."));
    }

    private boolean expected(String type) {
        return switch (type) {
            case "error" -> true;
            case "stdin" -> wanted.stdin();
            case "stdout" -> wanted.stdout();
            case "stderr" -> wanted.separateStderr();
            case "resize" -> resizes();
            default -> false;
        };
    }

    private void opened(ByteStream stream) {
        String type = stream.header("streamtype");
        if (handed || !expected(type) || streams.putIfAbsent(type, stream) != null) {
            LOG.info("the client opened a stream nobody asked for type={}", type);
            session.reset(stream);
            return;
        }
        for (String needed : List.of("error", "stdin", "stdout", "stderr", "resize")) {
            if (expected(needed) && !streams.containsKey(needed)) {
                return;
            }
        }
        handed = true;
        ByteStream error = streams.get("error");
        if (error != null) {
            complete.handle(new CommandStreams(
                    in("stdin"),
                    out("stdout"),
                    out("stderr"),
                    error.out(),
                    in("resize"),
                    protocol.startsWith("v4."),
                    wire,
                    session::close));
        }
    }

    private @Nullable InboundQueue in(String type) {
        ByteStream stream = streams.get(type);
        return stream == null ? null : stream.in();
    }

    private @Nullable Outbound out(String type) {
        ByteStream stream = streams.get(type);
        return stream == null ? null : stream.out();
    }
}
