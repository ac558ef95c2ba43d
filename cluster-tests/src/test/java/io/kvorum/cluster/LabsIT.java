package io.kvorum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Each lab: untouched it is not passed and says something helpful, the scripted solution is graded as passed, and reset
 * leaves nothing behind.
 */
class LabsIT {
    private static final Path CATALOGUE = TestCluster.script().resolveSibling("labs/catalog");
    private static final Duration SOLUTION_LIMIT = Duration.ofMinutes(4);

    /** Take long, and {@link UpgradeIT}, {@link StrategiesIT}, {@link BackupIT} and {@link FaultsIT} show what they build on. */
    private static final Set<String> LONG =
            Set.of("cluster-upgrade", "zero-downtime", "disaster", "canary-shadow", "minority");

    private static TestCluster cluster;

    @BeforeAll
    static void up() {
        cluster = TestCluster.up(ClusterFixture.freshHome(LabsIT.class));
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    @TestFactory
    Stream<DynamicTest> everyLab() throws IOException {
        return labs().filter(id -> !LONG.contains(id)).map(id -> DynamicTest.dynamicTest(id, () -> grade(id)));
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> longLabs() throws IOException {
        return labs().filter(LONG::contains).map(id -> DynamicTest.dynamicTest(id, () -> grade(id)));
    }

    private static Stream<String> labs() throws IOException {
        return Files.readAllLines(CATALOGUE.resolve("order")).stream()
                .filter(id -> Files.exists(CATALOGUE.resolve(id)))
                .filter(id -> id.matches(System.getProperty("lab", ".*")));
    }

    private static void grade(String id) throws IOException {
        Map<String, String> before = world();
        try {
            startAndSolve(id);
        } finally {
            // Also after a failure, so that the next lab finds the cluster as it was.
            cluster.kvorum("lab", "reset", id).ok();
        }
        assertThat(solved(id)).isFalse();
        ClusterFixture.eventuallyAsserted(
                Duration.ofSeconds(30),
                "nothing is left of lab " + id,
                () -> assertThat(world()).isEqualTo(before));
    }

    private static void startAndSolve(String id) {
        cluster.kvorum("lab", "start", id).ok();

        Run untouched = cluster.kvorum("lab", "check", id);
        assertThat(untouched.exitCode()).as(untouched.toString()).isEqualTo(1);
        assertThat(untouched.stdout())
                .containsPattern("(?m)^not passed  .{20,}")
                .contains("Step 1 of");
        assertThat(cluster.kvorum("lab", "hint", id).ok().stdout()).isNotBlank();

        solve(id);
        Run solved = cluster.kvorum("lab", "check", id);
        assertThat(solved.exitCode()).as(solved + cluster.logs(20)).isZero();
        assertThat(solved.stdout()).contains("is solved");
        assertThat(solved(id)).isTrue();
    }

    private static void solve(String id) {
        Map<String, String> environment = new HashMap<>();
        environment.put("KVORUM_HOME", cluster.home().toString());
        environment.put("KUBECONFIG", cluster.kubeconfig().toString());
        environment.put("LAB", id);
        environment.put("LAB_NAMESPACE", "lab-" + id);
        environment.put(
                "LAB_STATE", cluster.folder().resolve("labs").resolve(id).toString());
        Path lab = CATALOGUE.resolve(id);
        environment.put("PATH", TestCluster.script().getParent() + ":" + System.getenv("PATH"));
        Run run = Run.of(List.of("bash", "solution.sh"), environment, lab, SOLUTION_LIMIT);
        assertThat(run.exitCode()).as(run + cluster.logs(20)).isZero();
    }

    private static boolean solved(String id) {
        try {
            JsonNode labs = new ObjectMapper()
                    .readTree(cluster.kvorum("lab", "list", "-o", "json").ok().stdout());
            for (JsonNode lab : labs) {
                if (lab.path("id").asText().equals(id)) {
                    return lab.path("solved").asBoolean();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("no lab " + id);
    }

    /** What a lab could leave behind: components, namespaces, nodes with labels and taints, faults, files. */
    private static Map<String, String> world() throws IOException {
        Map<String, String> world = new TreeMap<>();
        world.put(
                "components",
                cluster.components().stream()
                        .map(component -> component.path("name").asText() + component.path("ready"))
                        .sorted()
                        .toList()
                        .toString());
        world.put("namespaces", cluster.ask("get", "namespaces", "-o", "name"));
        world.put(
                "nodes",
                cluster.ask(
                        "get",
                        "nodes",
                        "-o",
                        "jsonpath={range .items[*]}{.metadata.name} {.metadata.labels} {.spec} {.status.allocatable}{end}"));
        world.put("faults", cluster.kvorum("fault", "list", "-o", "json").ok().stdout());
        world.put("containers", String.valueOf(cluster.containerProcesses().size()));
        Path labs = cluster.folder().resolve("labs");
        if (Files.exists(labs)) {
            try (Stream<Path> files = Files.list(labs)) {
                world.put("files", files.toList().toString());
            }
        } else {
            world.put("files", "[]");
        }
        return world;
    }
}
