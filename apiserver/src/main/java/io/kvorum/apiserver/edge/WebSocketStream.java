package io.kvorum.apiserver.edge;

import io.kvorum.bus.BusStream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.streams.ReadStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream answered over a WebSocket, as clients may ask for watches and logs: a message for every frame, text for JSON
 * and binary for everything else (RFC 6455).
 */
final class WebSocketStream {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketStream.class);
    private static final short INTERNAL_ERROR = 1011;

    private WebSocketStream() {}

    /** Whether a request asks for it; only HTTP/1.1 has this kind of upgrade. */
    static boolean askedFor(HttpServerRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
    }

    /** Upgrades a paused request and sends the stream; the stream is closed when the client goes away. */
    static void send(HttpServerRequest request, ReadStream<Buffer> stream, boolean text) {
        stream.pause();
        request.toWebSocket().onSuccess(socket -> pump(socket, stream, text)).onFailure(cause -> {
            LOG.debug("websocket refused cause={}", cause.toString());
            close(stream);
        });
    }

    private static void pump(ServerWebSocket socket, ReadStream<Buffer> stream, boolean text) {
        socket.closeHandler(closed -> close(stream));
        socket.exceptionHandler(cause -> close(stream));
        socket.drainHandler(drained -> stream.resume());
        stream.exceptionHandler(cause -> socket.close(INTERNAL_ERROR, cause.getMessage()));
        stream.endHandler(end -> socket.close());
        stream.handler(frame -> {
            if (text) {
                socket.writeTextMessage(frame.toString());
            } else {
                socket.writeBinaryMessage(frame);
            }
            if (socket.writeQueueFull()) {
                stream.pause();
            }
        });
        stream.resume();
    }

    private static void close(ReadStream<Buffer> stream) {
        if (stream instanceof BusStream given) {
            given.close();
        }
    }
}
