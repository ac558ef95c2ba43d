package io.kvorum.component.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SkewedClockTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final SkewedClock clock = new SkewedClock(Clock.fixed(NOW, ZoneOffset.UTC), nanos::get);

    @Test
    void isWrongByItsSkewInEveryZone() {
        Clock elsewhere = clock.withZone(ZoneId.of("Europe/Berlin"));
        assertThat(clock.instant()).isEqualTo(NOW);
        clock.skew("a", Duration.ofSeconds(-90), null);
        assertThat(clock.instant()).isEqualTo("2026-01-02T03:02:35Z");
        assertThat(elsewhere.instant()).isEqualTo("2026-01-02T03:02:35Z");
        assertThat(elsewhere.getZone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    }

    @Test
    void offsetsAddUpAndOneWithAnExpiryEndsByItself() {
        clock.skew("a", Duration.ofSeconds(30), null);
        clock.skew("b", Duration.ofSeconds(5), Duration.ofSeconds(10));
        assertThat(clock.skew()).isEqualTo(Duration.ofSeconds(35));
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(clock.instant()).isEqualTo(NOW.plusSeconds(30));
        assertThat(clock.clear("a")).isTrue();
        assertThat(clock.clear("a")).isFalse();
        assertThat(clock.instant()).isEqualTo(NOW);
    }
}
