package io.kvorum.torture.check;

import java.time.Duration;

/**
 * What the promises leave open.
 *
 * @param leaseEnd how long after its time the keys of a lease may still be there, in the healthy phase
 * @param leaseSlack how much earlier than its time a lease may end: the error of the store's clock
 * @param watchDelay how long a watch may lag in the healthy phase
 * @param compactsItself whether the store compacts without being asked
 */
public record Bounds(Duration leaseEnd, Duration leaseSlack, Duration watchDelay, boolean compactsItself) {
    /** 10 s for leases to end, 5 s for watches, an exact clock, no compaction unasked. */
    public static final Bounds DEFAULT =
            new Bounds(Duration.ofSeconds(10), Duration.ZERO, Duration.ofSeconds(5), false);
}
