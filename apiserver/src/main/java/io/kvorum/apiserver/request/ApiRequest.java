package io.kvorum.apiserver.request;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/**
 * One request, whatever it came over.
 *
 * @param method HTTP method in capitals
 * @param uri path and query as they came
 * @param path decoded per segment later; starts with a slash, no query
 * @param query the parsed query
 * @param headers case-insensitive names
 * @param timeout how long the sender waits at most
 * @param notes taken on the way
 */
public record ApiRequest(
        String method,
        String uri,
        String path,
        Query query,
        MultiMap headers,
        Buffer body,
        Credentials credentials,
        Duration timeout,
        Notes notes) {

    /** Splits {@code uri} at its question mark. */
    public static ApiRequest of(
            String method, String uri, MultiMap headers, Buffer body, Credentials credentials, Duration timeout) {
        int mark = uri.indexOf('?');
        String path = mark < 0 ? uri : uri.substring(0, mark);
        Query query = mark < 0 ? Query.EMPTY : Query.parse(uri.substring(mark + 1));
        return new ApiRequest(method, uri, path, query, headers, body, credentials, timeout, new Notes());
    }

    /** The header's value, empty when absent. */
    public String header(String name) {
        String value = headers.get(name);
        return value == null ? "" : value;
    }
}
