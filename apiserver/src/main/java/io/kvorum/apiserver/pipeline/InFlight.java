package io.kvorum.apiserver.pipeline;

import io.kvorum.api.ApiException;
import java.util.List;
import java.util.Set;

/** Counts requests under way and refuses more than the limits; watches and other long answers are not counted. */
final class InFlight {
    private static final Set<String> READING = Set.of("get", "list", "head", "options");

    private final int mostReading;
    private final int mostMutating;
    private int reading;
    private int mutating;

    /** @param mostReading 0 for no limit; likewise {@code mostMutating} */
    InFlight(int mostReading, int mostMutating) {
        this.mostReading = mostReading;
        this.mostMutating = mostMutating;
    }

    /** Takes a place; fails with 429 when none is free. Give it back by {@link #leave}. */
    void enter(String verb) {
        boolean read = READING.contains(verb);
        int now = read ? reading : mutating;
        int most = read ? mostReading : mostMutating;
        if (most > 0 && now >= most) {
            throw new ApiException(
                    429,
                    "TooManyRequests",
                    "Too many requests, please try again later.",
                    new ApiException.Details("", "", "", "", List.of(), 1));
        }
        if (read) {
            reading++;
        } else {
            mutating++;
        }
    }

    void leave(String verb) {
        if (READING.contains(verb)) {
            reading--;
        } else {
            mutating--;
        }
    }

    int reading() {
        return reading;
    }

    int mutating() {
        return mutating;
    }
}
