package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff =
            new Backoff(Duration.ofMillis(100), 2, Duration.ofSeconds(1), new SplittableRandom(7));

    @Test
    void delaysStayBelowADoublingCeilingAndTheCap() {
        long[] ceilings = {100, 200, 400, 800, 1000, 1000, 1000};
        for (long ceiling : ceilings) {
            assertThat(backoff.next()).isBetween(Duration.ZERO, Duration.ofMillis(ceiling));
        }
    }

    @Test
    void delaysFillTheirRange() {
        long longest = 0;
        for (int i = 0; i < 200; i++) {
            longest = Math.max(longest, backoff.next().toMillis());
        }
        assertThat(longest).isGreaterThan(900);
    }

    @Test
    void resetBeginsSmallAgain() {
        for (int i = 0; i < 20; i++) {
            backoff.next();
        }
        backoff.reset();
        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(100));
    }

    @Test
    void impossibleSettingsAreRefused() {
        SplittableRandom random = new SplittableRandom(1);
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, 2, Duration.ofSeconds(1), random))
                .hasMessageContaining("base must be positive");
        assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(1), 0.5, Duration.ofSeconds(1), random))
                .hasMessageContaining("factor");
        assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), 2, Duration.ofSeconds(1), random))
                .hasMessageContaining("cap");
    }
}
