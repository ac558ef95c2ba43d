package io.kvorum.apiserver.request;

import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClient;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a request is led on to that becomes another protocol than HTTP (101 Switching Protocols).
 *
 * @param host address of the kubelet
 * @param port of the kubelet
 * @param path begins with a slash, each segment encoded
 * @param query as it goes into the request, without the question mark; may be empty
 * @param via another way than the one to kubelets; null for that one
 * @param ended to be completed by whoever leads it on, when nothing passes any more or it came to nothing
 */
public record Upgrade(
        String host,
        int port,
        String path,
        String query,
        @Nullable Via via,
        Promise<Void> ended) {
    /** The request headers that belong to the protocol to be spoken; all others are the API server's own business. */
    public static final List<String> HEADERS = List.of(
            "Connection",
            "Upgrade",
            "X-Stream-Protocol-Version",
            "Sec-WebSocket-Key",
            "Sec-WebSocket-Version",
            "Sec-WebSocket-Protocol",
            "Sec-WebSocket-Extensions",
            "Origin",
            "User-Agent");

    public Upgrade(String host, int port, String path, String query) {
        this(host, port, path, query, null);
    }

    public Upgrade(String host, int port, String path, String query, @Nullable Via via) {
        this(host, port, path, query, via, Promise.promise());
    }

    /**
     * How a server is reached that is no kubelet.
     *
     * @param headers all that it is sent
     * @param server the address to connect to; null: that of the host
     */
    public record Via(
            HttpClient client,
            boolean tls,
            MultiMap headers,
            @Nullable SocketAddress server) {}

    public String uri() {
        return query.isEmpty() ? path : path + "?" + query;
    }
}
