package io.kvorum.component.fault;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A wall clock that is wrong by offsets which are set and cleared while it runs, by name. Offsets add up; one with an
 * expiry ends by itself.
 */
public final class SkewedClock extends Clock {
    private record Offset(Duration by, boolean expires, long until) {}

    private final Clock base;
    private final LongSupplier nanoTime;
    private final Map<String, Offset> offsets = new LinkedHashMap<>();
    private volatile List<Offset> active = List.of();

    public SkewedClock(Clock base) {
        this(base, System::nanoTime);
    }

    SkewedClock(Clock base, LongSupplier nanoTime) {
        this.base = base;
        this.nanoTime = nanoTime;
    }

    /** Adds an offset, in place of the one with the same id; {@code expiresIn} null: until it is cleared. */
    public synchronized void skew(String id, Duration by, @Nullable Duration expiresIn) {
        long until = nanoTime.getAsLong() + (expiresIn == null ? 0 : expiresIn.toNanos());
        offsets.put(id, new Offset(by, expiresIn != null, until));
        active = List.copyOf(offsets.values());
    }

    /** Takes an offset off; false when there is none with this id. */
    public synchronized boolean clear(String id) {
        boolean there = offsets.remove(id) != null;
        active = List.copyOf(offsets.values());
        return there;
    }

    /** How far the clock is off now. */
    public Duration skew() {
        Duration sum = Duration.ZERO;
        for (Offset offset : active) {
            if (!offset.expires || nanoTime.getAsLong() - offset.until < 0) {
                sum = sum.plus(offset.by);
            }
        }
        return sum;
    }

    @Override
    public Instant instant() {
        return active.isEmpty() ? base.instant() : base.instant().plus(skew());
    }

    @Override
    public ZoneId getZone() {
        return base.getZone();
    }

    /** The same moment in another zone; it follows changes of this clock's offsets. */
    @Override
    public Clock withZone(ZoneId zone) {
        SkewedClock outer = this;
        return new Clock() {
            @Override
            public Instant instant() {
                return outer.instant();
            }

            @Override
            public ZoneId getZone() {
                return zone;
            }

            @Override
            public Clock withZone(ZoneId other) {
                return outer.withZone(other);
            }
        };
    }
}
