package io.kvorum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code kvorum store torture}, as a user gives it. */
final class StoreTortureIT {
    private final Path home = ClusterFixture.freshHome(StoreTortureIT.class);

    private Run torture(Duration limit, String... words) {
        return Run.of(
                Stream.concat(Stream.of(TestCluster.script().toString(), "store", "torture"), Stream.of(words))
                        .toList(),
                Map.of("KVORUM_HOME", home.toString()),
                home,
                limit);
    }

    @Test
    void whatClientsSeeWhileTheStoreIsTorturedBreaksNoGuarantee() throws Exception {
        tortured(Duration.ofSeconds(40), 7);
    }

    @Test
    @Tag("slow")
    void norInTenMinutes() throws Exception {
        tortured(Duration.ofMinutes(10), 8);
    }

    private void tortured(Duration time, long seed) throws Exception {
        Path recorded = home.resolve("seed-" + seed);
        Run run = torture(
                time.plusMinutes(4),
                "--for",
                time.toSeconds() + "s",
                "--seed",
                Long.toString(seed),
                "--dir",
                recorded.toString(),
                "-o",
                "json");
        assertThat(run.exitCode()).as(run.toString()).isZero();
        JsonNode summary = new ObjectMapper().readTree(run.stdout());
        assertThat(summary.path("violations").asInt()).isZero();
        assertThat(summary.path("operations").path("put").path("answered").asInt())
                .isGreaterThan(100);
        assertThat(summary.path("faults").size()).isGreaterThan(1);
        assertThat(recorded.resolve("report.html")).exists();
        System.out.println("torture of " + time.toSeconds() + " s: " + summary);
        Run again = torture(
                Duration.ofMinutes(2),
                "--check",
                recorded.resolve("history.jsonl").toString());
        assertThat(again.ok().stdout()).contains("no violations");
    }

    @Test
    void whatCannotBeMeantIsRefusedBeforeAnythingStarts() {
        for (List<String> words : List.of(
                List.of("--stores", "4"),
                List.of("--faults", "earthquake"),
                List.of("--for", "soon"),
                List.of("--check", "nowhere.jsonl"),
                List.of("--clients", "0"))) {
            Run run = torture(Duration.ofSeconds(30), words.toArray(String[]::new));
            assertThat(run.exitCode()).as(run.toString()).isEqualTo(2);
            assertThat(run.stderr()).contains(words.get(1));
        }
        assertThat(home).isEmptyDirectory();
    }
}
