package io.kvorum.apiserver.request;

import io.kvorum.api.ApiException;
import io.kvorum.api.GoDuration;
import java.time.Duration;

/** How long a request may take: what its parameter {@code timeout} says, in Go's durations, and 60 seconds at most. */
public final class RequestTimeout {
    private static final Duration MOST = Duration.ofSeconds(60);

    private RequestTimeout() {}

    /** Zero, more than the most and what is no duration mean the most. */
    public static Duration of(String text) {
        try {
            Duration asked = parse(text);
            return asked.isZero() || asked.isNegative() || asked.compareTo(MOST) > 0 ? MOST : asked;
        } catch (IllegalArgumentException e) {
            return MOST;
        }
    }

    /** 400 for what is no duration; requests without an end, such as watches, are not asked. */
    public static void check(String text) {
        try {
            parse(text);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("invalid timeout specified in the request URL: " + e.getMessage());
        }
    }

    private static Duration parse(String text) {
        return text.isEmpty() ? MOST : GoDuration.parse(text);
    }
}
