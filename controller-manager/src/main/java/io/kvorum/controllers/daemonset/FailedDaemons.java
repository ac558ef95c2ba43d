package io.kvorum.controllers.daemonset;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Slows down the replacement of daemons that fail again and again: one second after the first, doubling up to 15 minutes,
 * forgotten after twice that time without a failure.
 */
final class FailedDaemons {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final int REMEMBERED = 10_000;

    private record Wait(Duration delay, Instant since) {}

    private final Map<String, Wait> waits = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Wait> eldest) {
            return size() > REMEMBERED;
        }
    };

    /**
     * Whether a failed pod may be replaced now; when it may, the next one on the same place waits longer.
     *
     * @param place the DaemonSet's uid and generation, and the node
     * @return how long to wait still; null when it may be replaced now
     */
    @Nullable
    Duration hold(String place, Instant now) {
        @Nullable Wait wait = waits.get(place);
        if (wait != null && Duration.between(wait.since, now).compareTo(LONGEST.multipliedBy(2)) > 0) {
            wait = null;
        }
        if (wait != null && now.isBefore(wait.since.plus(wait.delay))) {
            return Duration.between(now, wait.since.plus(wait.delay));
        }
        Duration next = wait == null ? FIRST : wait.delay.multipliedBy(2);
        waits.put(place, new Wait(next.compareTo(LONGEST) > 0 ? LONGEST : next, now));
        return null;
    }
}
