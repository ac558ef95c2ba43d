package io.kvorum.gateway.proxy;

import io.kvorum.gateway.routing.HeaderChange;
import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which headers go on to the other side (RFC 9110 section 7.6.1), and what a proxy adds to them. */
final class Headers {
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    private Headers() {}

    /** Copies what is meant for the other end, not what is meant for this hop. */
    static void copy(MultiMap from, MultiMap to) {
        Set<String> named = named(from);
        for (Map.Entry<String, String> header : from) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !named.contains(name) && !name.startsWith(":")) {
                to.add(header.getKey(), header.getValue());
            }
        }
        // gRPC asks for trailers, and a hop that passes them on may say so.
        if (from.contains("te", "trailers", true)) {
            to.set("te", "trailers");
        }
    }

    /** The headers that {@code Connection} declares to be of this hop. */
    private static Set<String> named(MultiMap headers) {
        Set<String> named = new HashSet<>();
        for (String value : headers.getAll("connection")) {
            for (String name : value.split(",")) {
                named.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return named;
    }

    static void forwarded(MultiMap headers, String client, String scheme, @Nullable String host, int port) {
        @Nullable String before = joined(headers, "x-forwarded-for");
        headers.set("x-forwarded-for", before == null ? client : before + ", " + client);
        headers.set("x-forwarded-proto", scheme);
        headers.set("x-forwarded-port", Integer.toString(port));
        if (host != null && !headers.contains("x-forwarded-host")) {
            headers.set("x-forwarded-host", host);
        }
    }

    /** All values of a header joined by commas; cookies, which HTTP/2 may split, by semicolons; null for none. */
    static @Nullable String joined(MultiMap headers, String name) {
        List<String> all = headers.getAll(name);
        if (all.isEmpty()) {
            return null;
        }
        return all.size() == 1 ? all.get(0) : String.join(name.equalsIgnoreCase("cookie") ? "; " : ",", all);
    }

    static void change(List<HeaderChange> changes, MultiMap headers) {
        HeaderChange.Target target = new HeaderChange.Target() {
            @Override
            public void set(String name, String value) {
                headers.set(name, value);
            }

            @Override
            public void add(String name, String value) {
                headers.add(name, value);
            }

            @Override
            public void remove(String name) {
                headers.remove(name);
            }
        };
        changes.forEach(change -> change.apply(target));
    }

    static boolean upgrade(MultiMap headers) {
        return headers.contains("upgrade") && named(headers).contains("upgrade");
    }
}
