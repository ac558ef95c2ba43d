package io.kvorum.torture.run;

import java.time.Duration;

/**
 * How long the parts of a torture are, beside the time in which faults come.
 *
 * @param deadline of each call; what has no answer by then is of unknown fate
 * @param calm before the first fault
 * @param faults how long faults, and the pauses between them, are, as a part of what their kinds say; above 0, up to 1
 * @param healthy after all faults have healed, with clients at work
 * @param rest at the end, with watches only: they get what was written last
 */
public record Pace(Duration deadline, Duration calm, double faults, Duration healthy, Duration rest) {
    /** For clusters of processes. */
    public static final Pace FULL =
            new Pace(Duration.ofSeconds(5), Duration.ofSeconds(2), 1, Duration.ofSeconds(15), Duration.ofSeconds(2));

    public Pace {
        if (!(faults > 0 && faults <= 1)) {
            throw new IllegalArgumentException("faults must be above 0 and up to 1, not " + faults);
        }
    }

    Duration of(Duration full) {
        return Duration.ofNanos((long) (full.toNanos() * faults));
    }

    FaultKind.Step of(FaultKind.Step full) {
        return new FaultKind.Step(full.words(), of(full.lasting()), of(full.pause()));
    }
}
