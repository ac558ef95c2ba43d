package io.kvorum.component.fault;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/** A wall clock that is wrong by an offset which may be set while it runs. */
public final class SkewedClock extends Clock {
    private final Clock base;
    private volatile Duration skew = Duration.ZERO;

    public SkewedClock(Clock base) {
        this.base = base;
    }

    public void skew(Duration skew) {
        this.skew = skew;
    }

    public Duration skew() {
        return skew;
    }

    @Override
    public Instant instant() {
        return base.instant().plus(skew);
    }

    @Override
    public ZoneId getZone() {
        return base.getZone();
    }

    /** The same moment in another zone; it follows changes of this clock's offset. */
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
