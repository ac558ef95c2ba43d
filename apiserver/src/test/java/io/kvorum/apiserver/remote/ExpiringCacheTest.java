package io.kvorum.apiserver.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ExpiringCacheTest {
    private Instant now = Instant.parse("2026-05-01T10:00:00Z");

    private final ExpiringCache<String, Integer> cache = new ExpiringCache<>(
            new Clock() {
                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return now;
                }
            },
            2);

    @Test
    void whatIsRememberedIsForgottenInTime() {
        cache.put("a", 1, Duration.ofSeconds(10));
        now = now.plusMillis(9_999);
        assertThat(cache.get("a")).isEqualTo(1);
        now = now.plusMillis(1);
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
