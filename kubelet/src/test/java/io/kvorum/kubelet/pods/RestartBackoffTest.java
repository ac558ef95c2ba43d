package io.kvorum.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestartBackoffTest {
    private static final Duration BASE = Duration.ofSeconds(10);
    private static final Duration CAP = Duration.ofMinutes(5);

    @Test
    void doublesUpToTheCap() {
        RestartBackoff backoff = RestartBackoff.none(BASE, CAP);
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            delays.add(Duration.between(now, backoff.until(now)).toSeconds());
            now = backoff.until(now);
            backoff = backoff.next(now);
        }
        assertThat(delays).containsExactly(0L, 10L, 20L, 40L, 80L, 160L, 300L, 300L);
    }

    @Test
    void isForgottenAfterTwiceTheCap() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        RestartBackoff backoff = RestartBackoff.none(BASE, CAP).next(now).next(now);
        Instant later = now.plus(Duration.ofMinutes(10)).plusSeconds(1);
        assertThat(backoff.until(later)).isEqualTo(later);
        assertThat(backoff.next(later).delay()).isEqualTo(BASE);
    }

    @Test
    void durationsReadAsGoWritesThem() {
        assertThat(RestartBackoff.goDuration(Duration.ofSeconds(10))).isEqualTo("10s");
        assertThat(RestartBackoff.goDuration(Duration.ofSeconds(80))).isEqualTo("1m20s");
        assertThat(RestartBackoff.goDuration(Duration.ofMinutes(5))).isEqualTo("5m0s");
    }
}
