package io.kvorum.component.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SkewedClockTest {
    @Test
    void isWrongByItsSkewInEveryZone() {
        Instant now = Instant.parse("2026-01-02T03:04:05Z");
        SkewedClock clock = new SkewedClock(Clock.fixed(now, ZoneOffset.UTC));
        Clock elsewhere = clock.withZone(ZoneId.of("Europe/Berlin"));
        assertThat(clock.instant()).isEqualTo(now);
        clock.skew(Duration.ofSeconds(-90));
        assertThat(clock.instant()).isEqualTo("2026-01-02T03:02:35Z");
        assertThat(elsewhere.instant()).isEqualTo("2026-01-02T03:02:35Z");
        assertThat(elsewhere.getZone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    }
}
