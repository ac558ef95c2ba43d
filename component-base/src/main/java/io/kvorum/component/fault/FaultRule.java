package io.kvorum.component.fault;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One fault on the links between this process and some peers.
 *
 * @param id names the rule; setting a rule with the same id replaces it
 * @param peers IP addresses of the peers it concerns; {@code *} is every peer
 * @param direction which way, seen from this process
 * @param cut nothing passes; what is sent waits, as for TCP on a dead network
 * @param delay added to every transmission
 * @param jitter the delay varies by up to this, both ways; order is kept
 * @param rateBytesPerSecond the most that passes; zero: no limit
 * @param lossPercent share of transmissions that meet a loss, which TCP turns into a stall of one retransmission
 *     time-out or more; 0 to 100
 * @param expiresIn after this the rule clears itself; null: never
 */
public record FaultRule(
        String id,
        Set<String> peers,
        Direction direction,
        boolean cut,
        Duration delay,
        Duration jitter,
        long rateBytesPerSecond,
        double lossPercent,
        @Nullable Duration expiresIn) {

    /** Which way a rule works, seen from this process. */
    public enum Direction {
        IN,
        OUT,
        BOTH;

        boolean covers(Direction way) {
            return this == BOTH || this == way;
        }
    }

    public FaultRule {
        peers = Set.copyOf(peers);
        if (id.isEmpty()) {
            throw new IllegalArgumentException("a fault rule needs an id");
        }
        if (peers.isEmpty()) {
            throw new IllegalArgumentException("fault rule " + id + " names no peer");
        }
        if (delay.isNegative() || jitter.isNegative() || rateBytesPerSecond < 0) {
            throw new IllegalArgumentException("fault rule " + id + ": delay, jitter and rate must not be negative");
        }
        if (!(lossPercent >= 0 && lossPercent <= 100)) {
            throw new IllegalArgumentException(
                    "fault rule " + id + ": loss must be from 0 to 100 percent, not " + lossPercent);
        }
        if (expiresIn != null && (expiresIn.isNegative() || expiresIn.isZero())) {
            throw new IllegalArgumentException("fault rule " + id + " must expire in the future, not in " + expiresIn);
        }
    }

    /** A rule that cuts the links to {@code peers} until it is cleared. */
    public static FaultRule cut(String id, Set<String> peers, Direction direction) {
        return new FaultRule(id, peers, direction, true, Duration.ZERO, Duration.ZERO, 0, 0, null);
    }
}
