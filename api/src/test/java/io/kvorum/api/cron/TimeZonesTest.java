package io.kvorum.api.cron;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeZonesTest {
    @ParameterizedTest
    @CsvSource({"UTC,Z", "Etc/UTC,Z", "Etc/GMT+3,-03:00", "Asia/Tokyo,+09:00", "GMT0,Z", "EST,-05:00", "HST,-10:00"})
    void namesOfTheDatabaseAreKnown(String name, String offset) {
        assertThat(TimeZones.find(name).orElseThrow().getRules().getOffset(Instant.EPOCH))
                .hasToString(offset);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC+3", "Z", "+03:00", "GMT+3", "asia/tokyo", "Local", "Mars/Base", ""})
    void whatOnlyLooksLikeANameIsNone(String name) {
        assertThat(TimeZones.find(name)).isEmpty();
    }
}
