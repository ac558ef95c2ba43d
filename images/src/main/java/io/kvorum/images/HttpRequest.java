package io.kvorum.images;

import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request, its body read.
 *
 * @param target as sent, path and query
 * @param headers names in lower case; repeated ones joined by a comma
 */
record HttpRequest(
        String method,
        String target,
        String version,
        Map<String, String> headers,
        byte[] body,
        InetSocketAddress remote) {

    @Nullable
    String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /** The path without query, percent-decoded. */
    String path() {
        int query = target.indexOf('?');
        String raw = query < 0 ? target : target.substring(0, query);
        return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** The parameters of the query; the last of equal names wins. */
    Map<String, String> query() {
        Map<String, String> all = new LinkedHashMap<>();
        int query = target.indexOf('?');
        if (query < 0) {
            return all;
        }
        for (String pair : target.substring(query + 1).split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            all.put(URLDecoder.decode(name, StandardCharsets.UTF_8), URLDecoder.decode(value, StandardCharsets.UTF_8));
        }
        return all;
    }
}
