package io.kvorum.faults.plan;

import io.kvorum.faults.FaultException;
import io.kvorum.faults.FaultSyntax;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** A duration, or a range of them: {@code 5s} or {@code 5s..15s}, both bounds included. */
record Range(Duration low, Duration high) {
    static Range of(String text) {
        int dots = text.indexOf("..");
        if (dots < 0) {
            Duration value = FaultSyntax.duration(text.strip());
            return new Range(value, value);
        }
        Range range = new Range(
                FaultSyntax.duration(text.substring(0, dots).strip()),
                FaultSyntax.duration(text.substring(dots + 2).strip()));
        if (range.low.compareTo(range.high) > 0) {
            throw new FaultException("\"" + text + "\": the first duration must not be above the second");
        }
        return range;
    }

    Duration draw(RandomGenerator random) {
        return Duration.ofMillis(random.nextLong(low.toMillis(), high.toMillis() + 1));
    }
}
