package io.kvorum.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.traffic.Outcome;
import io.kvorum.traffic.Sample;
import io.kvorum.traffic.TrafficReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrafficTimelineTest {
    private static final long MS = 1_000_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void tellsOfLossAndOfChangesOfWhoAnswers() throws IOException {
        List<Sample> samples = new ArrayList<>();
        samples.add(new Sample(0, MS, Outcome.OK, "v1"));
        samples.add(new Sample(1000 * MS, MS, Outcome.OK, "v1"));
        samples.add(new Sample(1100 * MS, MS, Outcome.CONNECT, ""));
        samples.add(new Sample(2000 * MS, MS, Outcome.OK, "v1"));
        samples.add(new Sample(2100 * MS, MS, Outcome.OK, "v2"));
        TrafficTimeline timeline = new TrafficTimeline(
                folder.resolve("timeline"), "service/web?x=1", Instant.parse("2026-01-01T00:00:00Z"));
        TrafficReport.of("", 2, samples, List.of(), 0).seconds().forEach(timeline::second);
        timeline.step(Duration.ofMillis(2500), "kubectl apply -f v2.yaml");
        List<JsonNode> events = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("timeline/traffic.jsonl"))) {
            events.add(new ObjectMapper().readTree(line));
        }
        assertThat(events)
                .extracting(event -> event.path("reason").asText())
                .containsExactly("VersionAnswers", "RequestsLost", "VersionsChanged", "StepTaken");
        assertThat(events).allMatch(event -> event.path("lane").asText().equals("traffic/web"));
        JsonNode lost = events.get(1);
        assertThat(lost.path("time").asText()).isEqualTo("2026-01-01T00:00:01Z");
        assertThat(lost.path("message").asText()).isEqualTo("1 of 2 requests lost: connect 1");
        assertThat(lost.path("warning").asBoolean()).isTrue();
        assertThat(events.get(3).path("time").asText()).isEqualTo("2026-01-01T00:00:02.500Z");
    }
}
