package io.kvorum.bench.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutageTest {
    @Test
    void theOutageIsTheLongestTimeBetweenTwoAcknowledgementsInTheirOrder() {
        assertThat(Outage.longestGap(List.of(50L, 10L, 20L, 100L, 55L))).isEqualTo(Duration.ofNanos(45));
    }

    @Test
    void aClockThatIsBelowZeroCountsTheSame() {
        assertThat(Outage.longestGap(List.of(-30L, 10L, -10L))).isEqualTo(Duration.ofNanos(20));
    }

    @Test
    void oneAcknowledgementIsNoTime() {
        assertThat(Outage.longestGap(List.of(5L))).isEqualTo(Duration.ZERO);
    }
}
