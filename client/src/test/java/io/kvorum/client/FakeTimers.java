package io.kvorum.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Time that passes when a test says so: timers and a wall clock that agree. */
final class FakeTimers extends Clock implements Timers {
    private static final Instant BIRTH = Instant.parse("2026-01-01T00:00:00Z");

    private record Pending(long due, long order, Runnable action) {}

    private final PriorityQueue<Pending> pending =
            new PriorityQueue<>(Comparator.comparingLong(Pending::due).thenComparingLong(Pending::order));
    private long now;
    private long order;

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        Pending timer = new Pending(now + Math.max(1_000_000, delay.toNanos()), order++, action);
        pending.add(timer);
        return () -> pending.remove(timer);
    }

    /** Runs what is due within {@code time}, each at its moment. */
    void advance(Duration time) {
        long end = now + time.toNanos();
        @Nullable Pending next = pending.peek();
        while (next != null && next.due <= end) {
            pending.remove(next);
            now = next.due;
            next.action.run();
            next = pending.peek();
        }
        now = end;
    }

    int waiting() {
        return pending.size();
    }

    @Override
    public Instant instant() {
        return BIRTH.plusNanos(now);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
