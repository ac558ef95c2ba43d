package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.assertServes;
import static io.kvorum.cluster.ClusterFixture.awaitReadyReplicas;
import static io.kvorum.cluster.ClusterFixture.eventually;
import static io.kvorum.cluster.ClusterFixture.eventuallyAsserted;
import static io.kvorum.cluster.ClusterFixture.pods;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.testkit.ConstantLoad;
import io.kvorum.testkit.TestCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real processes behind real services: serving, healing, rolling, ending. */
class WorkloadIT {
    private static TestCluster cluster;

    @BeforeAll
    static void up() {
        cluster = TestCluster.up(ClusterFixture.freshHome(WorkloadIT.class));
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    @Test
    void deploymentServesHealsRollsAndEnds() throws Exception {
        cluster.kubectl("create", "deployment", "web", "--image=nginx", "--replicas=3")
                .ok();
        awaitReadyReplicas(cluster, "web", 3);
        assertThat(pods(cluster, "app=web")).hasSize(3);
        assertThat(webProcesses("web")).hasSize(3);

        cluster.kubectl("expose", "deployment", "web", "--port=80", "--type=NodePort")
                .ok();
        JsonNode service = cluster.json("get", "service", "web");
        String clusterIp = service.path("spec").path("clusterIP").asText();
        int nodePort =
                service.path("spec").path("ports").path(0).path("nodePort").asInt();
        eventuallyAsserted(Duration.ofSeconds(30), "ClusterIP serves", () -> assertServes(clusterIp, 80, "nginx"));
        for (String node : List.of("node-1", "node-2")) {
            String address = cluster.ask(
                    "get", "node", node, "-o", "jsonpath={.status.addresses[?(@.type==\"InternalIP\")].address}");
            eventuallyAsserted(
                    Duration.ofSeconds(30),
                    "NodePort of " + node + " serves",
                    () -> assertServes(address, nodePort, "nginx"));
        }

        ProcessHandle victim = webProcesses("web").get(0);
        assertThat(victim.destroyForcibly()).isTrue();
        eventually(
                Duration.ofSeconds(30),
                "the container was restarted and counted",
                () -> pods(cluster, "app=web").stream()
                                .mapToInt(pod -> pod.at("/status/containerStatuses/0/restartCount")
                                        .asInt())
                                .sum()
                        == 1);
        awaitReadyReplicas(cluster, "web", 3);
        assertThat(webProcesses("web")).hasSize(3);

        try (ConstantLoad load = ConstantLoad.start(clusterIp, 80, 4, Duration.ofMillis(20))) {
            eventually(Duration.ofSeconds(30), "the load runs", () -> load.succeeded() > 50);
            cluster.kubectl("set", "image", "deployment/web", "nginx=nginx:1.27")
                    .ok();
            cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
                    .ok();
            long after = load.succeeded();
            eventually(Duration.ofSeconds(30), "the load goes on", () -> load.succeeded() > after + 100);
            load.close();
            assertThat(load.failures()).as("of " + load.succeeded()).isEmpty();
        }

        cluster.kubectl("delete", "deployment,service", "web").ok();
        eventually(
                Duration.ofSeconds(40),
                "no container process is left",
                () -> webProcesses("web").isEmpty());
        eventually(
                Duration.ofSeconds(30),
                "no pod is left",
                () -> pods(cluster, "app=web").isEmpty());
    }

    @Test
    void examplesRunAsTheyAre() throws Exception {
        Path examples = TestCluster.script().resolveSibling("examples");
        cluster.kubectl("create", "namespace", "examples").ok();
        try (Stream<Path> folders = Files.list(examples)) {
            for (Path folder : folders.filter(WorkloadIT::hasManifests).sorted().toList()) {
                cluster.kubectl("-n", "examples", "apply", "-f", folder.toString())
                        .ok();
            }
        }
        cluster.kubectl("-n", "examples", "wait", "--for=condition=Available", "deployment", "--all", "--timeout=60s")
                .ok();
        cluster.kubectl("-n", "examples", "wait", "--for=condition=Complete", "job", "--all", "--timeout=60s")
                .ok();
        String frontend =
                cluster.ask("-n", "examples", "get", "service", "frontend", "-o", "jsonpath={.spec.clusterIP}");
        eventuallyAsserted(
                Duration.ofSeconds(30), "the guestbook answers", () -> assertServes(frontend, 80, "Guestbook"));
        List<String> uids = ClusterFixture.items(cluster.json("-n", "examples", "get", "pods")).stream()
                .map(pod -> pod.at("/metadata/uid").asText())
                .toList();
        assertThat(uids).hasSizeGreaterThan(6);
        cluster.kubectl("delete", "namespace", "examples", "--timeout=60s").ok();
        eventually(
                Duration.ofSeconds(40),
                "no container process of the examples is left",
                () -> cluster.containerProcesses().stream()
                        .map(ClusterFixture::environment)
                        .noneMatch(environment -> uids.stream().anyMatch(environment::contains)));
    }

    /** The folders of the strategies are scripts to be run, the operator is a program: they have tests of their own. */
    private static boolean hasManifests(Path folder) {
        String[] files = folder.toFile().list((parent, name) -> name.endsWith(".yaml"));
        return files != null && files.length > 0 && !Files.exists(folder.resolve("pom.xml"));
    }

    /** The main processes of a deployment's containers, by the pod's name in their host name. */
    private static List<ProcessHandle> webProcesses(String deployment) {
        return cluster.containerProcesses().stream()
                .filter(process -> ClusterFixture.environment(process).contains("HOSTNAME=" + deployment + "-"))
                .filter(process -> process.info().command().orElse("").endsWith("java"))
                .toList();
    }
}
