package io.kvorum.apiserver.request;

import io.kvorum.api.ApiException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** The escapes {@code %41} of paths and queries. */
final class Escapes {
    private Escapes() {}

    /** A segment of a path; 400 when an escape is none. */
    static String inPath(String text) {
        return text.indexOf('%') < 0 ? text : decode(text, text.replace("+", "%2B"));
    }

    /** A name or a value of a query, in which a plus stands for a space; 400 when an escape is none. */
    static String inQuery(String text) {
        return text.indexOf('%') < 0 && text.indexOf('+') < 0 ? text : decode(text, text);
    }

    private static String decode(String given, String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("invalid URL escape in \"" + given + "\"");
        }
    }
}
