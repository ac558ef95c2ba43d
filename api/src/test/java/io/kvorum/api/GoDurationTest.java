package io.kvorum.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of Go's time.ParseDuration and Duration.String. */
class GoDurationTest {
    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "40s, PT40S",
        "1m30s, PT1M30S",
        "1h0m0s, PT1H",
        "1.5h, PT1H30M",
        "250ms, PT0.25S",
        "-2s, PT-2S",
        "+3s, PT3S",
        "100us, PT0.0001S",
        "100µs, PT0.0001S",
        "7ns, PT0.000000007S",
        ".5s, PT0.5S",
        "1.s, PT1S"
    })
    void parses(String text, Duration expected) {
        assertThat(GoDuration.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10|time: missing unit in duration \"10\"",
                "1m5|time: missing unit in duration \"1m5\"",
                "5d|time: unknown unit \"d\" in duration \"5d\"",
                "abc|time: invalid duration \"abc\"",
                "-|time: invalid duration \"-\"",
                "1s 2s|time: invalid duration \"1s 2s\"",
                "99999999999h|time: invalid duration \"99999999999h\""
            })
    void refusesAsGoDoes(String text, String message) {
        assertThatThrownBy(() -> GoDuration.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT40S, 40s",
        "PT1M30S, 1m30s",
        "PT1H, 1h0m0s",
        "PT0.25S, 250ms",
        "PT1.5S, 1.5s",
        "PT0.0001S, 100µs",
        "PT-2S, -2s",
        "PT0.000000007S, 7ns"
    })
    void formats(Duration duration, String expected) {
        assertThat(GoDuration.format(duration)).isEqualTo(expected);
    }

    @Test
    void whatIsFormattedIsParsed() {
        for (long nanos = 1; nanos < 1_000_000_000_000_000L; nanos *= 7) {
            Duration duration = Duration.ofNanos(nanos);
            assertThat(GoDuration.parse(GoDuration.format(duration))).isEqualTo(duration);
        }
    }
}
