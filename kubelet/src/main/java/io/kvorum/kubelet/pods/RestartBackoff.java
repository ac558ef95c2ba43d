package io.kvorum.kubelet.pods;

import java.time.Duration;
import java.time.Instant;

/**
 * The delay before a restart, as client-go's flowcontrol.Backoff keeps it: none the first time, then {@code base}
 * doubling up to {@code cap}, forgotten after twice the cap without a failure. Immutable.
 *
 * @param delay zero when there was no failure yet
 * @param last when the delay last grew
 */
public record RestartBackoff(Duration base, Duration cap, Duration delay, Instant last) {
    public static RestartBackoff none(Duration base, Duration cap) {
        return new RestartBackoff(base, cap, Duration.ZERO, Instant.EPOCH);
    }

    /** The instant from which a restart after a failure at {@code failedAt} is allowed. */
    public Instant until(Instant failedAt) {
        return expired(failedAt) ? failedAt : failedAt.plus(delay);
    }

    /** The state after a restart at {@code now}. */
    public RestartBackoff next(Instant now) {
        Duration grown = expired(now) || delay.isZero() ? base : delay.multipliedBy(2);
        return new RestartBackoff(base, cap, grown.compareTo(cap) > 0 ? cap : grown, now);
    }

    /** As Go prints durations: {@code 10s}, {@code 1m20s}, {@code 5m0s}. */
    static String goDuration(Duration time) {
        long seconds = time.toSeconds();
        if (seconds == 0 && !time.isZero()) {
            return time.toMillis() + "ms";
        }
        return seconds >= 60 ? seconds / 60 + "m" + seconds % 60 + "s" : seconds + "s";
    }

    private boolean expired(Instant now) {
        return Duration.between(last, now).compareTo(cap.multipliedBy(2)) > 0;
    }
}
