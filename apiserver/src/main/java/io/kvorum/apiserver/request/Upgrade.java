package io.kvorum.apiserver.request;

import java.util.List;

/**
 * Where a request is led on to that becomes another protocol than HTTP (101 Switching Protocols).
 *
 * @param host address of the kubelet
 * @param port of the kubelet
 * @param path begins with a slash, each segment encoded
 * @param query as it goes into the request, without the question mark; may be empty
 */
public record Upgrade(String host, int port, String path, String query) {
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

    public String uri() {
        return query.isEmpty() ? path : path + "?" + query;
    }
}
