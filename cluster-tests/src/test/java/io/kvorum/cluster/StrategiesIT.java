package io.kvorum.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The scripts of {@code examples/strategies}, as a user runs them, under 200 requests a second. */
class StrategiesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofMinutes(4);

    private static TestCluster cluster;

    /** What a script printed: a report for each load, and everything else. */
    private record Outcome(List<JsonNode> reports, String said) {}

    @BeforeAll
    static void up() {
        cluster = TestCluster.up(
                ClusterFixture.freshHome(StrategiesIT.class), "--stores", "1", "--nodes", "1", "--gateways", "1");
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    private static Outcome run(String strategy) throws IOException {
        Run run = Run.of(
                        List.of(
                                "sh",
                                TestCluster.script()
                                        .resolveSibling("examples/strategies/" + strategy + "/run.sh")
                                        .toString()),
                        Map.of(
                                "KVORUM",
                                TestCluster.script().toString(),
                                "KVORUM_HOME",
                                cluster.home().toString(),
                                "OUTPUT",
                                "json",
                                "CHART",
                                cluster.home().resolve(strategy + ".svg").toString()),
                        null,
                        LIMIT)
                .ok();
        List<JsonNode> reports = new ArrayList<>();
        try (MappingIterator<JsonNode> documents =
                JSON.readerFor(JsonNode.class).readValues(run.stdout())) {
            documents.forEachRemaining(reports::add);
        }
        return new Outcome(reports, run.stderr());
    }

    private static void assertNothingLost(JsonNode report) {
        assertThat(report.path("lost").asLong())
                .as(report.path("outcomes").toString())
                .isZero();
        assertThat(report.path("requests").asLong()).isPositive();
        assertThat(report.path("rate").asDouble()).isGreaterThanOrEqualTo(200);
    }

    private static double share(JsonNode report, String version) {
        return report.path("versions").path(version).path("share").asDouble();
    }

    @Test
    void recreateHasAnOutageThatIsMeasured() throws IOException {
        JsonNode report = run("recreate").reports().get(0);
        assertThat(report.path("lost").asLong()).isPositive();
        assertThat(report.path("longestOutage").path("millis").asDouble()).isGreaterThan(100);
        assertThat(share(report, "v1")).isPositive();
        assertThat(report.path("mixedSeconds").asInt())
                .as("never two versions in one second but around the change")
                .isLessThanOrEqualTo(1);
    }

    @Test
    void rollingUpdateAndItsWayBackLoseNothing() throws IOException {
        JsonNode report = run("rolling-update").reports().get(0);
        assertNothingLost(report);
        assertThat(share(report, "v1")).isPositive();
        assertThat(share(report, "v2")).isPositive();
    }

    @Test
    void blueGreenSwitchesThereAndBackAtOnce() throws IOException {
        JsonNode report = run("blue-green").reports().get(0);
        assertNothingLost(report);
        JsonNode steps = report.path("steps");
        assertThat(steps.path(0).path("after").toString()).isEqualTo("[\"v2\"]");
        assertThat(steps.path(1).path("after").toString()).isEqualTo("[\"v1\"]");
        assertThat(report.path("mixedSeconds").asInt()).isLessThanOrEqualTo(2);
    }

    @Test
    void canaryWeightsAreMet() throws IOException {
        List<JsonNode> reports = run("canary").reports();
        JsonNode counted = reports.get(0);
        assertNothingLost(counted);
        assertThat(counted.path("requests").asLong()).isEqualTo(10_000);
        assertThat(share(counted, "v2")).isCloseTo(0.10, within(0.01));
        JsonNode steps = reports.get(1);
        assertNothingLost(steps);
        assertThat(steps.path("steps").path(0).path("after").toString()).isEqualTo("[\"v1\",\"v2\"]");
        assertThat(steps.path("steps").path(1).path("after").toString()).isEqualTo("[\"v2\"]");
    }

    @Test
    void whoGetsWhichVersionFollowsFromHeaderCookieAndQuery() throws IOException {
        List<JsonNode> reports = run("ab-test").reports();
        assertThat(reports).hasSize(4).allSatisfy(StrategiesIT::assertNothingLost);
        assertThat(share(reports.get(0), "v1")).isEqualTo(1);
        for (JsonNode marked : reports.subList(1, 4)) {
            assertThat(share(marked, "v2")).isEqualTo(1);
        }
    }

    @Test
    void aShadowGetsEverythingAndAnswersNobody() throws IOException {
        Outcome outcome = run("shadow");
        assertThat(outcome.reports()).hasSize(2).allSatisfy(report -> {
            assertNothingLost(report);
            assertThat(share(report, "v1")).isEqualTo(1);
        });
        long counted = 0;
        Matcher stats = Pattern.compile("\"requests\":(\\d+)").matcher(outcome.said());
        while (stats.find()) {
            counted += Long.parseLong(stats.group(1));
        }
        assertThat(counted).isEqualTo(outcome.reports().get(1).path("requests").asLong());
    }
}
