package io.kvorum.component.fault;

import java.util.random.RandomGenerator;

/** When each transmission of one direction of one link may pass: in order, never earlier than the one before it. */
final class LinkSchedule {
    private final RandomGenerator random;
    private long lastDue = Long.MIN_VALUE;
    private long free = Long.MIN_VALUE;

    LinkSchedule(RandomGenerator random) {
        this.random = random;
    }

    /** The time in nanoseconds at which {@code bytes} handed over at {@code now} may pass. */
    long due(LinkFault fault, long now, int bytes) {
        long due = now + fault.latency(random);
        if (fault.rate() > 0) {
            free = Math.max(free, due) + (long) (bytes * 1e9 / fault.rate());
            due = free;
        }
        lastDue = Math.max(lastDue, due);
        return lastDue;
    }

    /** Forgets the past when nothing waits any more. */
    void drained() {
        lastDue = Long.MIN_VALUE;
        free = Long.MIN_VALUE;
    }
}
