package io.kvorum.apiserver.pipeline;

import io.kvorum.api.ApiException;
import java.util.List;
import java.util.Set;

/** Counts requests under way and refuses more than the limits; watches and other long answers are not counted. */
public final class InFlight {
    private static final Set<String> READING = Set.of("get", "list", "head", "options");

    private final Kind reading;
    private final Kind mutating;

    /** @param mostReading 0 for no limit; likewise {@code mostMutating} */
    public InFlight(int mostReading, int mostMutating) {
        reading = new Kind(mostReading);
        mutating = new Kind(mostMutating);
    }

    /**
     * Takes a place; fails with 429 when none is free. Give it back by {@link #leave}.
     *
     * @param nanos the time
     */
    void enter(String verb, long nanos) {
        kind(verb).enter(nanos);
    }

    void leave(String verb) {
        kind(verb).count--;
    }

    private Kind kind(String verb) {
        return READING.contains(verb) ? reading : mutating;
    }

    /** The most at once in the last second; asked by any thread. */
    public int mostReading(long nanos) {
        return reading.most(nanos);
    }

    /** The most at once in the last second; asked by any thread. */
    public int mostMutating(long nanos) {
        return mutating.most(nanos);
    }

    /** Requests of one kind. Only the event loop writes. */
    private static final class Kind {
        private static final long SECOND = 1_000_000_000;

        private final int limit;
        private volatile int count;

        /** Of this second and of the one before. */
        private volatile Peaks peaks = new Peaks(0, 0, 0);

        private record Peaks(long second, int most, int before) {}

        Kind(int limit) {
            this.limit = limit;
        }

        void enter(long nanos) {
            if (limit > 0 && count >= limit) {
                throw new ApiException(
                        429,
                        "TooManyRequests",
                        "Too many requests, please try again later.",
                        new ApiException.Details("", "", "", "", List.of(), 1));
            }
            int now = count + 1;
            count = now;
            Peaks last = peaks;
            long second = Math.floorDiv(nanos, SECOND);
            if (second != last.second) {
                peaks = new Peaks(second, now, second == last.second + 1 ? last.most : now - 1);
            } else if (now > last.most) {
                peaks = new Peaks(second, now, last.before);
            }
        }

        int most(long nanos) {
            Peaks last = peaks;
            long second = Math.floorDiv(nanos, SECOND);
            if (second == last.second) {
                return Math.max(last.most, last.before);
            }
            return second == last.second + 1 ? last.most : count;
        }
    }
}
