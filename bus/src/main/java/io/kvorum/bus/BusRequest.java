package io.kvorum.bus;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/**
 * A request over the bus: the same verb, path, headers and body that would go over HTTPS.
 *
 * @param method HTTP method in capitals
 * @param uri path with its query, for example {@code /api/v1/pods?limit=500}
 * @param headers case-insensitive names; never null, may be empty
 * @param body empty buffer when there is none
 * @param timeout how long the sender waits for the first answer; it travels with the request as its deadline
 */
public record BusRequest(String method, String uri, MultiMap headers, Buffer body, Duration timeout) {
    public static BusRequest get(String uri, Duration timeout) {
        return new BusRequest("GET", uri, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer(), timeout);
    }

    public static BusRequest post(String uri, Buffer body, Duration timeout) {
        return new BusRequest("POST", uri, MultiMap.caseInsensitiveMultiMap(), body, timeout);
    }
}
