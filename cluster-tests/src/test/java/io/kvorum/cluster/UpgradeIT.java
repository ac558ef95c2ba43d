package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.assertServes;
import static io.kvorum.cluster.ClusterFixture.awaitReadyReplicas;
import static io.kvorum.cluster.ClusterFixture.eventually;
import static io.kvorum.cluster.ClusterFixture.eventuallyAsserted;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.testkit.ConstantLoad;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The blue/green upgrade and the way back, under a load that counts every request. */
class UpgradeIT {
    private static final Set<String> CONTROL_PLANE = Set.of("store", "apiserver", "controller-manager", "scheduler");

    private static TestCluster cluster;

    @BeforeAll
    static void up() {
        cluster = TestCluster.up(ClusterFixture.freshHome(UpgradeIT.class));
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    @Test
    void movesToGreenAndBackWithoutALostRequest() throws Exception {
        cluster.kubectl("create", "deployment", "web", "--image=nginx", "--replicas=4")
                .ok();
        cluster.kubectl("create", "pdb", "web", "--selector=app=web", "--min-available=4")
                .ok();
        cluster.kubectl("expose", "deployment", "web", "--port=80").ok();
        awaitReadyReplicas(cluster, "web", 4);
        String address = cluster.ask("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}");
        eventuallyAsserted(Duration.ofSeconds(30), "the service serves", () -> assertServes(address, 80, "nginx"));
        Map<String, Long> before = controlPlane();

        try (ConstantLoad load = ConstantLoad.start(address, 80, 4, Duration.ofMillis(25))) {
            Run stopped = cluster.kvorum("upgrade", "--to", "v1.36.1", "--timeout", "4s");
            assertThat(stopped.exitCode()).as(stopped.stderr()).isEqualTo(1);
            assertThat(stopped.stderr())
                    .contains("node node-1 cannot be drained: pod default/web-")
                    .contains("The disruption budget web needs 4 healthy pods and has 4 currently")
                    .contains("go on with: kvorum upgrade --resume");
            assertThat(upgradeState().path("phase").asText()).isEqualTo("stopped");
            assertThat(cluster.kvorum("upgrade", "--to", "v1.36.2").stderr()).contains("is not finished");
            assertThat(controlPlane())
                    .as("every process of the control plane was restarted")
                    .allSatisfy((name, pid) -> assertThat(pid).isNotEqualTo(before.get(name)));
            assertThat(load.failures())
                    .as("while the control plane was restarted")
                    .isEmpty();

            cluster.kubectl("patch", "pdb", "web", "-p", "{\"spec\":{\"minAvailable\":3}}")
                    .ok();
            assertThat(cluster.kvorum("upgrade", "--to", "v1.36.1").ok().stderr())
                    .contains("going on with the upgrade that was begun");
            assertThat(serverVersion()).isEqualTo("v1.36.1+kvorum");
            assertThat(nodes())
                    .containsOnly(Map.entry("green-1", "v1.36.1+kvorum"), Map.entry("green-2", "v1.36.1+kvorum"));
            assertThat(load.failures()).as("on the way to green").isEmpty();

            killInTheMiddle();
            cluster.kvorum("upgrade", "--resume").ok();
            assertThat(serverVersion()).isEqualTo("v1.36.0+kvorum");
            assertThat(nodes())
                    .containsOnly(Map.entry("node-1", "v1.36.0+kvorum"), Map.entry("node-2", "v1.36.0+kvorum"));
            awaitReadyReplicas(cluster, "web", 4);
            long then = load.succeeded();
            eventually(Duration.ofSeconds(30), "the load goes on", () -> load.succeeded() > then + 50);
            assertThat(load.failures()).as("on the way back").isEmpty();
            assertThat(load.succeeded()).isGreaterThan(1000);
        }
    }

    /** Starts the way back and ends the command with SIGKILL while the nodes are drained. */
    private static void killInTheMiddle() throws IOException, InterruptedException {
        Path log = cluster.home().resolve("back.log");
        ProcessBuilder back = new ProcessBuilder(TestCluster.script().toString(), "upgrade", "--back")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        back.environment().put("KVORUM_HOME", cluster.home().toString());
        Process process = back.start();
        try {
            eventually(
                    Duration.ofSeconds(90),
                    "a pod was evicted",
                    () -> Files.readString(log).contains("evicted pod"));
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(upgradeState().path("phase").asText()).isEqualTo("running");
    }

    private static JsonNode upgradeState() throws IOException {
        return new ObjectMapper()
                .readTree(
                        cluster.kvorum("upgrade", "--status", "-o", "json").ok().stdout());
    }

    private static String serverVersion() {
        return cluster.json("version").path("serverVersion").path("gitVersion").asText();
    }

    /** The version of each node's kubelet. */
    private static Map<String, String> nodes() {
        Map<String, String> versions = new TreeMap<>();
        for (JsonNode node : ClusterFixture.items(cluster.json("get", "nodes"))) {
            versions.put(
                    node.path("metadata").path("name").asText(),
                    node.at("/status/nodeInfo/kubeletVersion").asText());
        }
        return versions;
    }

    /** Process ids of the control plane. */
    private static Map<String, Long> controlPlane() {
        Map<String, Long> pids = new TreeMap<>();
        List<JsonNode> components = cluster.components();
        components.stream()
                .filter(component ->
                        CONTROL_PLANE.contains(component.path("role").asText()))
                .forEach(component -> pids.put(
                        component.path("name").asText(), component.path("pid").asLong()));
        return pids;
    }
}
