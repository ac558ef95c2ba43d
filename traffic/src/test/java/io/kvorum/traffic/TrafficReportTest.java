package io.kvorum.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class TrafficReportTest {
    private static final long MS = 1_000_000;

    private final List<Sample> samples = new ArrayList<>();

    private void answered(long dueMillis, long tookMillis, String version) {
        samples.add(new Sample(dueMillis * MS, tookMillis * MS, Outcome.OK, version));
    }

    private void lost(long dueMillis, Outcome outcome) {
        samples.add(new Sample(dueMillis * MS, MS, outcome, ""));
    }

    private TrafficReport report(Mark... marks) {
        return TrafficReport.of("http://web/", 10, samples, List.of(marks), 0);
    }

    @Test
    void countsEveryRequestOnceByOutcomeSecondAndVersion() {
        answered(0, 2, "v1");
        answered(500, 4, "v1");
        lost(900, Outcome.RESET);
        answered(1000, 6, "v2");
        lost(1100, Outcome.SERVER_ERROR);
        TrafficReport report = report();
        assertThat(report.requests()).isEqualTo(5);
        assertThat(report.lost()).isEqualTo(2);
        assertThat(report.outcomes())
                .containsEntry(Outcome.OK, 3L)
                .containsEntry(Outcome.RESET, 1L)
                .containsEntry(Outcome.SERVER_ERROR, 1L)
                .containsEntry(Outcome.CONNECT, 0L);
        assertThat(report.seconds()).hasSize(2);
        assertThat(report.seconds().get(0).versions()).containsEntry("v1", 2L).doesNotContainKey("v2");
        assertThat(report.seconds().get(1).lost()).isEqualTo(1);
        assertThat(report.share("v1")).isEqualTo(2.0 / 3);
    }

    @Test
    void percentilesAreNearestRankOverAnsweredRequests() {
        for (int i = 1; i <= 100; i++) {
            answered(i, i, "");
        }
        lost(200, Outcome.TIMEOUT);
        TrafficReport.Latency latency = report().latency();
        assertThat(latency.p50()).isEqualTo(50 * MS);
        assertThat(latency.p99()).isEqualTo(99 * MS);
        assertThat(latency.max()).isEqualTo(100 * MS);
    }

    @Test
    void theLongestOutageReachesFromTheFirstLostToTheNextAnsweredRequest() {
        answered(0, 1, "v1");
        lost(100, Outcome.CONNECT);
        answered(200, 1, "v1");
        lost(300, Outcome.CONNECT);
        lost(400, Outcome.RESET);
        answered(550, 1, "v1");
        TrafficReport.Outage outage = Objects.requireNonNull(report().outage());
        assertThat(outage.fromNanos()).isEqualTo(300 * MS);
        assertThat(outage.lengthNanos()).isEqualTo(250 * MS);
        assertThat(outage.lost()).isEqualTo(2);
    }

    @Test
    void anOutageAtTheEndLastsUntilItsLastRequestWasLost() {
        answered(0, 1, "v1");
        lost(100, Outcome.CONNECT);
        lost(200, Outcome.CONNECT);
        assertThat(Objects.requireNonNull(report().outage()).lengthNanos()).isEqualTo(101 * MS);
    }

    @Test
    void withoutLossThereIsNoOutage() {
        answered(0, 1, "v1");
        assertThat(report().outage()).isNull();
    }

    @Test
    void aStepTellsWhenTheNewVersionCameAndTheOldOneWent() {
        for (long at = 0; at < 4000; at += 100) {
            answered(at, 1, at < 2000 ? "blue" : at < 2400 && at % 200 == 0 ? "blue" : "green");
        }
        TrafficReport.Step step = report(new Mark(1950 * MS, "switch")).steps().get(0);
        assertThat(step.before()).containsExactly("blue");
        assertThat(step.after()).containsExactly("green");
        assertThat(step.firstNewNanos()).isEqualTo(150 * MS);
        assertThat(step.lastOldNanos()).isEqualTo(250 * MS);
        assertThat(step.switchNanos()).isEqualTo(250 * MS);
        assertThat(step.lost()).isZero();
    }

    @Test
    void theTimeOfTheCommandItselfIsToldApart() {
        for (long at = 0; at < 4000; at += 100) {
            answered(at, 1, at < 2500 ? "blue" : "green");
        }
        TrafficReport report = report(new Mark(1000 * MS, "switch", 1300 * MS));
        assertThat(report.steps().get(0).switchNanos()).isEqualTo(1500 * MS);
        assertThat(report.steps().get(0).afterwardsNanos()).isEqualTo(200 * MS);
        assertThat(TextReport.summary(report)).contains("the command took 1.300s and the switch ended 0.200s later");
    }

    @Test
    void aStepThatChangedNothingHasNoSwitchTime() {
        for (long at = 0; at < 2000; at += 100) {
            answered(at, 1, "v1");
        }
        assertThat(report(new Mark(500 * MS, "nothing")).steps().get(0).switchNanos())
                .isNull();
    }

    @Test
    void samplesMayComeInAnyOrder() {
        answered(300, 1, "v2");
        lost(100, Outcome.RESET);
        answered(0, 1, "v1");
        assertThat(Objects.requireNonNull(report().outage()).lengthNanos()).isEqualTo(200 * MS);
    }

    @Test
    void theChartIsWellFormedAndNamesTheOutsideNowhere() throws Exception {
        answered(0, 2, "<v1 & \"co\">");
        lost(1900, Outcome.CONNECT);
        answered(2500, 7, "v2");
        TrafficReport report = report(new Mark(1500 * MS, "kubectl apply -f <green>.yaml"));
        String svg = Chart.svg(report);
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertThat(Chart.html(report)).contains(svg).doesNotContain("src=").doesNotContain("<script");
        assertThat(svg.replace("http://www.w3.org/2000/svg", "")).doesNotContain("href");
    }

    @Test
    void anEmptyLoadHasAReportToo() {
        TrafficReport report = report();
        assertThat(report.requests()).isZero();
        assertThat(TextReport.summary(report)).contains("0 requests");
        assertThat(Chart.svg(report)).contains("</svg>");
        assertThat(JsonReport.of(report).path("lost").asInt()).isZero();
    }
}
