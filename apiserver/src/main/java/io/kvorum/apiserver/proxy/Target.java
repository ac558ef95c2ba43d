package io.kvorum.apiserver.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClient;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes.
 *
 * @param client speaks TLS the way this server wants it spoken to
 * @param tls whether it is spoken to over TLS
 * @param path begins with a slash or is empty; encoded
 * @param query without the question mark; may be empty
 * @param prefix the path of the API server that stands for the root of the target, where links in its answers are led
 *     back to; null: answers are passed on as they are
 * @param headers that replace those of the request
 * @param server the address to connect to, where it is not that of {@code host}, which its certificate must name
 */
public record Target(
        HttpClient client,
        boolean tls,
        String host,
        int port,
        String path,
        String query,
        @Nullable String prefix,
        MultiMap headers,
        @Nullable SocketAddress server) {
    public Target(
            HttpClient client,
            boolean tls,
            String host,
            int port,
            String path,
            String query,
            @Nullable String prefix,
            MultiMap headers) {
        this(client, tls, host, port, path, query, prefix, headers, null);
    }

    String uri() {
        String target = path.isEmpty() ? "/" : path;
        return query.isEmpty() ? target : target + "?" + query;
    }

    /** As in a URL; default ports are not told. */
    String authority() {
        return port == (tls ? 443 : 80) ? host : host + ":" + port;
    }
}
