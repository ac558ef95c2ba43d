package io.kvorum.apiserver.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Requests under way: their limits, and how many there were of late. */
class InFlightTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void thereAreNoMoreThanTheLimit() {
        InFlight inFlight = new InFlight(1, 1);
        inFlight.enter("get", 0);
        inFlight.enter("create", 0);
        assertThatThrownBy(() -> inFlight.enter("list", 0)).hasMessageContaining("Too many requests");
        inFlight.leave("get");
        inFlight.enter("list", 0);
        assertThat(inFlight.mostReading(0)).isEqualTo(1);
    }

    @Test
    void theMostOfTheLastSecondIsTold() {
        InFlight inFlight = new InFlight(0, 0);
        inFlight.enter("get", SECOND);
        inFlight.enter("get", SECOND);
        inFlight.leave("get");
        inFlight.leave("get");
        assertThat(inFlight.mostReading(SECOND)).isEqualTo(2);
        assertThat(inFlight.mostReading(2 * SECOND)).as("a second later").isEqualTo(2);
        assertThat(inFlight.mostReading(3 * SECOND)).as("two seconds later").isZero();
        inFlight.enter("get", 2 * SECOND);
        assertThat(inFlight.mostReading(2 * SECOND)).as("of the second before").isEqualTo(2);
        assertThat(inFlight.mostReading(4 * SECOND))
                .as("one is still under way")
                .isEqualTo(1);
        assertThat(inFlight.mostMutating(2 * SECOND)).isZero();
    }

    /** The clock of the process begins anywhere. */
    @Test
    void theTimeMayBeNegative() {
        InFlight inFlight = new InFlight(0, 0);
        inFlight.enter("delete", -SECOND / 2);
        inFlight.leave("delete");
        assertThat(inFlight.mostMutating(SECOND / 2)).as("a second later").isEqualTo(1);
        assertThat(inFlight.mostMutating(3 * SECOND / 2)).isZero();
    }
}
