package io.kvorum.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff with full jitter: the n-th delay is drawn evenly from zero to {@code min(cap, base * factor^n)}.
 * One instance belongs to one retried thing; not thread-safe.
 */
public final class Backoff {
    private final double baseNanos;
    private final double factor;
    private final double capNanos;
    private final RandomGenerator random;
    private int failures;

    /**
     * @param base upper end of the first delay, positive
     * @param factor growth from one failure to the next, at least 1
     * @param cap what no delay exceeds, at least {@code base}
     */
    public Backoff(Duration base, double factor, Duration cap, RandomGenerator random) {
        if (base.isZero() || base.isNegative()) {
            throw new IllegalArgumentException("base must be positive, is " + base);
        }
        if (!(factor >= 1)) {
            throw new IllegalArgumentException("factor must be at least 1, is " + factor);
        }
        if (cap.compareTo(base) < 0) {
            throw new IllegalArgumentException("cap " + cap + " must not be less than base " + base);
        }
        this.baseNanos = base.toNanos();
        this.factor = factor;
        this.capNanos = cap.toNanos();
        this.random = random;
    }

    /** The delay before the next try; counts a failure. */
    public Duration next() {
        double ceiling = Math.min(capNanos, baseNanos * Math.pow(factor, failures));
        if (ceiling < capNanos) {
            failures++;
        }
        return Duration.ofNanos((long) (random.nextDouble() * ceiling));
    }

    /** Forgets the failures: the next delay is of the first size again. */
    public void reset() {
        failures = 0;
    }
}
