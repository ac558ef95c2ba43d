package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExpectationsTest {
    private final FakeTimers time = new FakeTimers();
    private final Expectations<String> expectations = new Expectations<>(time);

    @Test
    void creationsAreOpenUntilAllAreObserved() {
        assertThat(expectations.satisfied("rs")).isTrue();
        expectations.expectCreations("rs", 2);
        expectations.creationObserved("rs");
        assertThat(expectations.satisfied("rs")).isFalse();
        expectations.creationObserved("rs");
        assertThat(expectations.satisfied("rs")).isTrue();
    }

    @Test
    void aDeletionIsMetByThatVeryObjectOnly() {
        expectations.expectDeletion("rs", "uid-1");
        expectations.deletionObserved("rs", "uid-2");
        assertThat(expectations.satisfied("rs")).isFalse();
        expectations.deletionObserved("rs", "uid-1");
        expectations.deletionObserved("rs", "uid-1");
        assertThat(expectations.satisfied("rs")).isTrue();
    }

    @Test
    void anEventThatNeverComesDoesNotBlockForGood() {
        expectations.expectCreations("rs", 1);
        time.advance(Expectations.LAPSE.minusMillis(1));
        assertThat(expectations.satisfied("rs")).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(expectations.satisfied("rs")).isTrue();
    }

    @Test
    void moreObservationsThanExpectedLeaveNoDebt() {
        expectations.expectCreations("rs", 1);
        expectations.creationObserved("rs");
        expectations.creationObserved("rs");
        expectations.expectCreations("rs", 1);
        assertThat(expectations.satisfied("rs")).isFalse();
    }
}
