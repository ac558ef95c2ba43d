package io.kvorum.apiserver.request;

import io.kvorum.api.ApiException;
import io.kvorum.api.GoDuration;
import java.time.Duration;

/**
 * How long a request may take: what its parameter {@code timeout} says, in Go's durations, and no longer than the server lets
 * any ({@code --request-timeout}).
 */
public record RequestTimeout(Duration most) {
    /** The most of a server that is told nothing else. */
    public static final RequestTimeout DEFAULT = new RequestTimeout(Duration.ofSeconds(60));

    /** Zero, more than the most and what is no duration mean the most. */
    public Duration of(String text) {
        if (text.isEmpty()) {
            return most;
        }
        try {
            Duration asked = GoDuration.parse(text);
            return asked.isZero() || asked.isNegative() || asked.compareTo(most) > 0 ? most : asked;
        } catch (IllegalArgumentException e) {
            return most;
        }
    }

    /** 400 for what is no duration; requests without an end, such as watches, are not asked. */
    public static void check(String text) {
        if (text.isEmpty()) {
            return;
        }
        try {
            var unused = GoDuration.parse(text);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("invalid timeout specified in the request URL: " + e.getMessage());
        }
    }
}
