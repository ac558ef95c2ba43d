package io.kvorum.apiserver.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.component.fault.SkewedClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ExpiringCacheTest {
    private final SkewedClock clock =
            new SkewedClock(Clock.fixed(Instant.parse("2026-05-01T10:00:00Z"), ZoneOffset.UTC));
    private final ExpiringCache<String, Integer> cache = new ExpiringCache<>(clock, 2);

    private void after(Duration time) {
        clock.skew("test", time, null);
    }

    @Test
    void whatIsRememberedIsForgottenInTime() {
        cache.put("a", 1, Duration.ofSeconds(10));
        after(Duration.ofMillis(9_999));
        assertThat(cache.get("a")).isEqualTo(1);
        after(Duration.ofSeconds(10));
        assertThat(cache.get("a")).isNull();
    }

    @Test
    void aClockThatIsSetBackEndsWhatIsRemembered() {
        cache.put("a", 1, Duration.ofSeconds(10));
        after(Duration.ofHours(-1));
        assertThat(cache.get("a")).isNull();
    }

    @Test
    void nothingIsRememberedForNoTime() {
        cache.put("a", 1, Duration.ZERO);
        cache.put("b", 1, Duration.ofSeconds(-1));
        assertThat(cache.get("a")).isNull();
        assertThat(cache.get("b")).isNull();
    }

    @Test
    void whatIsNotUsedGoesFirst() {
        cache.put("a", 1, Duration.ofHours(1));
        cache.put("b", 2, Duration.ofHours(1));
        assertThat(cache.get("a")).isEqualTo(1);
        cache.put("c", 3, Duration.ofHours(1));
        assertThat(cache.get("b")).isNull();
        assertThat(cache.get("a")).isEqualTo(1);
        assertThat(cache.get("c")).isEqualTo(3);
    }
}
