package io.kvorum.component.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LineFormatterTest {
    private static LogRecord record(Level level, String message, KeyValuePair... pairs) {
        LogRecord record = new PairsRecord(level, message, List.of(pairs));
        record.setInstant(Instant.parse("2026-01-02T03:04:05.678901Z"));
        record.setLoggerName("io.kvorum.store.Wal");
        return record;
    }

    @Test
    void textIsOneLineWithItsPairs() {
        LogRecord record = record(
                Level.INFO,
                "Synced\nthe log",
                new KeyValuePair("segment", 7),
                new KeyValuePair("file", "a b=\"c\""),
                new KeyValuePair("empty", ""),
                new KeyValuePair("none", null));
        assertThat(new LineFormatter(false, "store-0").format(record))
                .isEqualTo("2026-01-02T03:04:05.678Z INFO  store-0 Wal Synced\\nthe log segment=7"
                        + " file=\"a b=\\\"c\\\"\" empty=\"\" none=null\n");
    }

    @Test
    void jsonKeepsTypesAndEscapes() throws Exception {
        LogRecord record = record(
                Level.SEVERE,
                "He said \"x\"\n",
                new KeyValuePair("count", 7),
                new KeyValuePair("ok", true),
                new KeyValuePair("path", "C:\\\u0001"));
        record.setThrown(new IllegalStateException("broken"));
        String line = new LineFormatter(true, "store-0").format(record);
        assertThat(line).endsWith("}\n").containsOnlyOnce("\n");
        JsonNode json = new ObjectMapper().readTree(line);
        assertThat(json.path("ts").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(json.path("level").asText()).isEqualTo("error");
        assertThat(json.path("component").asText()).isEqualTo("store-0");
        assertThat(json.path("msg").asText()).isEqualTo("He said \"x\"\n");
        assertThat(json.path("count").isInt()).isTrue();
        assertThat(json.path("ok").isBoolean()).isTrue();
        assertThat(json.path("path").asText()).isEqualTo("C:\\\u0001");
        assertThat(json.path("error").asText()).isEqualTo("java.lang.IllegalStateException: broken");
        assertThat(json.path("stacktrace").asText()).contains("LineFormatterTest");
    }

    @Test
    void aMessageWithBracesIsNotTakenForAPattern() {
        assertThat(new LineFormatter(false, "x").format(record(Level.WARNING, "got {0} and '{'")))
                .contains("WARN  x Wal got {0} and '{'");
    }
}
