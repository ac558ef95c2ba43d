package io.kvorum.gateway.routing;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the rules look at of one request. */
public final class RequestView {
    private final String method;
    private final String host;
    private final String path;
    private final String query;
    private final Function<String, @Nullable String> headers;
    private @Nullable Map<String, String> parameters;

    /**
     * @param host value of {@code Host} or {@code :authority}, with or without port
     * @param target path and query as sent
     * @param headers the value of a header by its name in any case, several joined by commas; null for none
     */
    public RequestView(String method, String host, String target, Function<String, @Nullable String> headers) {
        this.method = method;
        this.host = hostname(host);
        int mark = target.indexOf('?');
        this.path = mark < 0 ? target : target.substring(0, mark);
        this.query = mark < 0 ? "" : target.substring(mark + 1);
        this.headers = headers;
    }

    /** The host name without port, in lower case. */
    public static String hostname(String authority) {
        int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
        String name = end > 0 ? authority.substring(0, end) : authority;
        return name.toLowerCase(Locale.ROOT);
    }

    public String method() {
        return method;
    }

    public String host() {
        return host;
    }

    /** As sent, not decoded. */
    public String path() {
        return path;
    }

    /** Without the question mark; empty for none. */
    public String query() {
        return query;
    }

    @Nullable
    String header(String name) {
        return headers.apply(name);
    }

    /** The first value of a parameter of the query, decoded; null when it is not there. */
    @Nullable
    String parameter(String name) {
        if (parameters == null) {
            parameters = parse(query);
        }
        return parameters.get(name);
    }

    private static Map<String, String> parse(String query) {
        Map<String, String> all = new HashMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            all.putIfAbsent(decoded(name), equals < 0 ? "" : decoded(pair.substring(equals + 1)));
        }
        return all;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // A broken escape: what was sent is compared as it is.
            return text;
        }
    }
}
