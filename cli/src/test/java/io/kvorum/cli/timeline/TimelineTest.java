package io.kvorum.cli.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimelineTest {
    @TempDir
    Path folder;

    private static TimelineEvent event(String time, String message) {
        return TimelineEvent.of(time, "pod", "PodReady", "pod/default/a", message);
    }

    private static List<String> messages(Timeline timeline) {
        return timeline.events().stream().map(TimelineEvent::message).toList();
    }

    @Test
    void sourcesAreMergedInTheOrderOfTime() throws IOException {
        TimelineFile one = new TimelineFile(folder, "one");
        TimelineFile other = new TimelineFile(folder, "other");
        one.append(event("2026-01-01T00:00:01.500Z", "second"));
        one.append(event("2026-01-01T00:00:03Z", "fourth")
                .begins("x")
                .asWarning(true)
                .concerning(List.of("node/a")));
        other.append(event("2026-01-01T00:00:02.000000001Z", "third"));
        other.append(event("2026-01-01T00:00:01Z", "first"));
        Timeline all = Timeline.read(folder, Instant.EPOCH);
        assertThat(messages(all)).containsExactly("first", "second", "third", "fourth");
        assertThat(all.events().get(3))
                .isEqualTo(event("2026-01-01T00:00:03Z", "fourth")
                        .begins("x")
                        .asWarning(true)
                        .concerning(List.of("node/a")));
        assertThat(messages(Timeline.read(folder, Instant.parse("2026-01-01T00:00:02Z"))))
                .containsExactly("third", "fourth");
    }

    @Test
    void whatOthersWroteIsTakenAsItIsAndRubbishIsCounted() throws IOException {
        Files.writeString(folder.resolve("traffic.jsonl"), """
            {"time":"2026-01-01T00:00:01Z","kind":"traffic","reason":"RequestsLost","lane":"traffic/web","message":"3 lost","more":1}

            {"time":"yesterday","kind":"traffic","reason":"X","lane":"y","message":"z"}
            {"time":"2026-01-01T00:00:01Z","kind":"traffic"}
            {"time":"2026-01-
            """);
        Timeline all = Timeline.read(folder, Instant.EPOCH);
        assertThat(messages(all)).containsExactly("3 lost");
        assertThat(all.unreadable()).isEqualTo(3);
    }

    @Test
    void thereIsNothingWhereNothingWasWritten() throws IOException {
        assertThat(Timeline.read(folder.resolve("none"), Instant.EPOCH).events())
                .isEmpty();
    }

    @Test
    void aFileNeverTakesMoreThanTwiceItsBound() throws IOException {
        TimelineFile file = new TimelineFile(folder, "small", 1_000);
        for (int i = 0; i < 100; i++) {
            file.append(event("2026-01-01T00:00:00Z", "event " + i));
        }
        assertThat(Files.size(folder.resolve("small.jsonl"))).isLessThan(1_300);
        assertThat(Files.size(folder.resolve("small.1.jsonl"))).isLessThan(1_300);
        assertThat(messages(Timeline.read(folder, Instant.EPOCH))).endsWith("event 98", "event 99");
    }

    @Test
    void thePageHoldsItsDataAndNothingFromElsewhere() throws IOException {
        String page = TimelinePage.of("a<b", List.of(event("2026-01-01T00:00:00Z", "</script><b>bold</b>")));
        assertThat(page)
                .contains("<title>Timeline of a&lt;b</title>")
                .contains("<\\/script><b>bold<\\/b>")
                .doesNotContain("src=\"http", "href=\"http", "@import", "url(http", "%EVENTS%", "%CLUSTER%");
    }
}
