package io.kvorum.kubelet.streaming;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What a request wants to become, and the negotiation of the protocol spoken then. */
final class Upgrades {
    private static final String STREAM_PROTOCOL = "X-Stream-Protocol-Version";

    private Upgrades() {}

    /** An answer instead of an upgrade. */
    record Refusal(int status, String message, Map<String, List<String>> headers) {}

    /** The protocol to be spoken, and the headers of the answer that say so. */
    record Accepted(String protocol, MultiMap headers) {}

    static boolean webSocket(HttpServerRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
    }

    /** The names of a header that lists them, in the client's order. */
    private static List<String> list(@Nullable String header) {
        List<String> names = new ArrayList<>();
        if (header != null) {
            for (String name : header.split(",", -1)) {
                if (!name.isBlank()) {
                    names.add(name.trim());
                }
            }
        }
        return names;
    }

    static boolean offers(@Nullable String offered, String protocol) {
        return list(offered).contains(protocol);
    }

    /** The first of the client's sub-protocols that has channels; null when it offers some, but none of these. */
    static @Nullable SubProtocol channels(@Nullable String offered) {
        List<String> names = list(offered);
        if (names.isEmpty()) {
            return SubProtocol.NONE;
        }
        for (String name : names) {
            SubProtocol protocol = SubProtocol.named(name);
            if (protocol != null) {
                return protocol;
            }
        }
        return null;
    }

    static String unsupported(@Nullable String offered) {
        return "requested protocol(s) are not supported: " + list(offered) + "; supports " + SubProtocol.names();
    }

    /**
     * Negotiates the protocol of a request for SPDY.
     *
     * @param supported newest first; the oldest is taken for a client that names none
     * @param refuse told when there is no upgrade
     * @return null when refused
     */
    static @Nullable Accepted spdy(
            HttpServerRequest request, List<String> supported, BiConsumer<HttpServerRequest, Refusal> refuse) {
        String connection = String.valueOf(request.getHeader("Connection")).toLowerCase(Locale.ROOT);
        String upgrade = String.valueOf(request.getHeader("Upgrade"));
        if (!connection.contains("upgrade") || !upgrade.equalsIgnoreCase("SPDY/3.1")) {
            refuse.accept(request, new Refusal(400, "Upgrade request required", Map.of()));
            return null;
        }
        List<String> offered = new ArrayList<>();
        request.headers().getAll(STREAM_PROTOCOL).forEach(value -> offered.addAll(list(value)));
        String chosen = offered.isEmpty()
                ? supported.get(supported.size() - 1)
                : offered.stream().filter(supported::contains).findFirst().orElse(null);
        if (chosen == null) {
            refuse.accept(
                    request,
                    new Refusal(
                            403,
                            "unable to upgrade: unable to negotiate protocol: client supports " + offered
                                    + ", server accepts " + supported,
                            Map.of("X-Accepted-Stream-Protocol-Versions", supported)));
            return null;
        }
        MultiMap headers =
                MultiMap.caseInsensitiveMultiMap().set("Connection", "Upgrade").set("Upgrade", "SPDY/3.1");
        if (!offered.isEmpty()) {
            headers.set(STREAM_PROTOCOL, chosen);
        }
        return new Accepted(chosen, headers);
    }
}
