package io.kvorum.component.fault;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One fault on the links between this process and some peers.
 *
 * @param id names the rule; setting a rule with the same id replaces it
 * @param peers IP addresses or ranges ({@code 127.1.64.0/24}) of the peers it concerns; {@code *} is every peer
 * @param direction which way, seen from this process; for {@link Breaking#REFUSE}: who opens the connection
 * @param cut nothing passes; what is sent waits, as for TCP on a dead network
 * @param delay added to every transmission
 * @param jitter the delay varies by up to this, both ways; order is kept
 * @param rateBytesPerSecond the most that passes; zero: no limit
 * @param lossPercent share of transmissions that meet a loss, which TCP turns into a stall of one retransmission
 *     time-out or more; 0 to 100
 * @param breaking what happens to the connections themselves
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
        Set<Breaking> breaking,
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

    /** What a rule does to connections as such. */
    public enum Breaking {
        /** New ones are refused; those that exist are left alone. */
        REFUSE,
        /** Those that exist and every new one end with a TCP reset. */
        RESET,
        /**
         * Those that exist go on living at this end only: nothing that is sent arrives, nothing comes, not even the
         * peer's closing. New ones work.
         */
        HALF_OPEN
    }

    public FaultRule {
        peers = Set.copyOf(peers);
        breaking = Set.copyOf(breaking);
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

    /** A rule that slows or stops what passes and leaves the connections as such alone. */
    public FaultRule(
            String id,
            Set<String> peers,
            Direction direction,
            boolean cut,
            Duration delay,
            Duration jitter,
            long rateBytesPerSecond,
            double lossPercent,
            @Nullable Duration expiresIn) {
        this(id, peers, direction, cut, delay, jitter, rateBytesPerSecond, lossPercent, Set.of(), expiresIn);
    }

    /** A rule that cuts the links to {@code peers} until it is cleared. */
    public static FaultRule cut(String id, Set<String> peers, Direction direction) {
        return new FaultRule(id, peers, direction, true, Duration.ZERO, Duration.ZERO, 0, 0, null);
    }

    /** A rule that does something to the connections themselves until it is cleared. */
    public static FaultRule breaking(String id, Set<String> peers, Direction direction, Breaking breaking) {
        return new FaultRule(id, peers, direction, false, Duration.ZERO, Duration.ZERO, 0, 0, Set.of(breaking), null);
    }
}
