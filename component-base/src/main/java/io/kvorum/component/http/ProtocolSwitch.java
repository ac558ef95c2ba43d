package io.kvorum.component.http;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.http1.Http1ServerConnection;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;

/**
 * Answers a request of HTTP/1.1 with {@code 101 Switching Protocols} and hands out the connection below it. Vert.x does it
 * for {@code GET} only; SPDY clients of Kubernetes ask by {@code POST}.
 */
public final class ProtocolSwitch {
    private ProtocolSwitch() {}

    /**
     * Switches. The request must have been paused when it came, and must not have been answered.
     *
     * @param headers of the answer, {@code Connection} and {@code Upgrade} among them
     * @return the connection, whose handlers are to be set at once; fails when it is not HTTP/1.1 or is closed
     */
    public static Future<NetSocket> accept(HttpServerRequest request, MultiMap headers) {
        if (request.method().equals(HttpMethod.GET)) {
            request.response().headers().addAll(headers);
            return request.toNetSocket();
        }
        if (!(request.connection() instanceof Http1ServerConnection connection)) {
            return Future.failedFuture("only HTTP/1.1 can become another protocol");
        }
        StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        Buffer bytes = Buffer.buffer(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        return connection.netSocket().onSuccess(socket -> socket.write(bytes));
    }
}
