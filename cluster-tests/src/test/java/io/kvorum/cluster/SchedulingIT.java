package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.eventually;
import static io.kvorum.cluster.ClusterFixture.eventuallyAsserted;
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
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Why this node: labels, taints, affinity, spread and preemption over three nodes, with kubectl and kvorum explain. */
class SchedulingIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static TestCluster cluster;
    private static Path manifests;

    @BeforeAll
    static void up() throws IOException {
        Path home = ClusterFixture.freshHome(SchedulingIT.class);
        cluster = TestCluster.up(home, "--stores", "1", "--nodes", "3");
        manifests = Files.createDirectories(home.resolve("manifests"));
        cluster.kubectl("label", "node", "node-1", "disk=ssd", "zone=a").ok();
        cluster.kubectl("label", "node", "node-2", "disk=hdd", "zone=a").ok();
        cluster.kubectl("label", "node", "node-3", "disk=ssd", "zone=b").ok();
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    @AfterEach
    void empty() {
        cluster.kubectl("taint", "node", "--all", "team-");
        cluster.kubectl("delete", "deployment,pod,pdb", "--all", "--grace-period=1", "--timeout=60s")
                .ok();
    }

    private static void apply(String yaml) {
        try {
            Path file = Files.createTempFile(manifests, "m", ".yaml");
            Files.writeString(file, yaml);
            cluster.kubectl("apply", "-f", file.toString()).ok();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String pod(String name, String label, String spec) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, labels: {app: %s}}
                spec:
                  terminationGracePeriodSeconds: 1
                %s
                """.formatted(name, label, spec.indent(2));
    }

    private static final String PAUSE = "containers: [{name: c, image: pause}]\n";

    private static String nodeOf(String pod) {
        return cluster.ask("get", "pod", pod, "-o", "jsonpath={.spec.nodeName}");
    }

    private static void landsOn(String pod, String node) {
        eventually(SOON, pod + " has a node", () -> !nodeOf(pod).isEmpty());
        assertThat(nodeOf(pod)).as(pod).isEqualTo(node);
    }

    private static void waitsBecause(String pod, String message) {
        eventuallyAsserted(
                SOON,
                pod + " is told why",
                () -> assertThat(cluster.ask(
                                "get",
                                "pod",
                                pod,
                                "-o",
                                "jsonpath={.status.conditions[?(@.type==\"PodScheduled\")].message}"))
                        .isEqualTo(message));
        assertThat(cluster.ask(
                        "get", "pod", pod, "-o", "jsonpath={.status.conditions[?(@.type==\"PodScheduled\")].reason}"))
                .isEqualTo("Unschedulable");
        eventuallyAsserted(
                SOON,
                pod + " has the event",
                () -> assertThat(cluster.ask(
                                "get",
                                "events",
                                "--field-selector",
                                "reason=FailedScheduling,involvedObject.name=" + pod,
                                "-o",
                                "jsonpath={.items[*].message}"))
                        .contains(message));
    }

    private static JsonNode explain(String pod) throws IOException {
        return JSON.readTree(
                cluster.kvorum("explain", "pod", pod, "-o", "json").ok().stdout());
    }

    @Test
    void labelsTaintsAndWhatTheyLeave() throws IOException {
        cluster.kubectl("taint", "node", "node-3", "team=red:NoSchedule").ok();
        apply(pod("ssd", "a", "nodeSelector: {disk: ssd}\n" + PAUSE));
        landsOn("ssd", "node-1");
        apply(pod("red", "a", """
                nodeSelector: {zone: b}
                tolerations: [{key: team, value: red}]
                """ + PAUSE));
        landsOn("red", "node-3");
        apply(pod("lost", "a", "nodeSelector: {zone: b}\n" + PAUSE));
        waitsBecause(
                "lost",
                "0/3 nodes are available: 1 node(s) had untolerated taint {team: red}, 2 node(s) didn't match Pod's node"
                        + " affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for"
                        + " scheduling.");
        JsonNode answer = explain("lost");
        assertThat(answer.at("/nodes/2/name").asText()).isEqualTo("node-3");
        assertThat(answer.at("/nodes/2/plugin").asText()).isEqualTo("TaintToleration");
        assertThat(answer.at("/nodes/0/plugin").asText()).isEqualTo("NodeAffinity");
        assertThat(answer.at("/lastDecision/message").asText()).startsWith("0/3 nodes are available");
        String text = cluster.kvorum("explain", "pod/lost").ok().stdout();
        assertThat(text)
                .contains("node-3   no     -       TaintToleration   node(s) had untolerated taint {team: red}")
                .contains("fits nowhere: 0/3 nodes are available");
        cluster.kubectl("taint", "node", "node-3", "team-").ok();
        landsOn("lost", "node-3");
        assertThat(explain("lost").at("/notes/0").asText()).contains("bound to node-3");
        assertThat(cluster.kvorum("explain", "pod", "lost").ok().stdout())
                .contains("node-3 (bound)", "Scores:", "TaintToleration", "would be placed on node-3");
    }

    @Test
    void explainSaysWhatItCannotKnow() throws IOException {
        apply(pod("gated", "a", "schedulingGates: [{name: example.com/wait}]\n" + PAUSE));
        apply(pod("foreign", "a", "schedulerName: mine\n" + PAUSE));
        eventuallyAsserted(SOON, "both are known", () -> {
            assertThat(explain("gated").path("notes").toString()).contains("scheduling gates: example.com/wait");
            assertThat(explain("foreign").path("notes").toString()).contains("asks for the scheduler");
        });
        Run unknown = cluster.kvorum("explain", "pod", "nobody", "-n", "kube-system");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.stderr()).contains("pods \"nobody\" not found in namespace \"kube-system\"");
        Run wrong = cluster.kvorum("explain", "node", "node-1");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.stderr()).contains("only pods can be explained");
        cluster.kubectl(
                        "patch",
                        "pod",
                        "gated",
                        "--type=json",
                        "-p",
                        "[{\"op\":\"remove\",\"path\":\"/spec/schedulingGates\"}]")
                .ok();
        eventually(SOON, "the gate is open", () -> !nodeOf("gated").isEmpty());
    }

    @Test
    void affinityAndAntiAffinity() {
        apply(pod("cache", "cache", "nodeSelector: {zone: b}\n" + PAUSE));
        landsOn("cache", "node-3");
        apply(pod("web", "web", """
                affinity:
                  podAffinity:
                    requiredDuringSchedulingIgnoredDuringExecution:
                    - {topologyKey: zone, labelSelector: {matchLabels: {app: cache}}}
                """ + PAUSE));
        landsOn("web", "node-3");
        apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: one-each}
                spec:
                  replicas: 4
                  selector: {matchLabels: {app: one-each}}
                  template:
                    metadata: {labels: {app: one-each}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      affinity:
                        podAntiAffinity:
                          requiredDuringSchedulingIgnoredDuringExecution:
                          - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: one-each}}}
                      containers: [{name: c, image: pause}]
                """);
        eventuallyAsserted(
                SOON,
                "one on each node, the fourth on none",
                () -> assertThat(nodes("one-each")).containsExactlyInAnyOrder("node-1", "node-2", "node-3", ""));
        String waiting = ClusterFixture.pods(cluster, "app=one-each").stream()
                .filter(pod -> pod.at("/spec/nodeName").asText().isEmpty())
                .map(pod -> pod.at("/metadata/name").asText())
                .findFirst()
                .orElseThrow();
        waitsBecause(
                waiting,
                "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. preemption: 0/3 nodes are"
                        + " available: 3 No preemption victims found for incoming pod.");
    }

    private static List<String> nodes(String app) {
        return ClusterFixture.pods(cluster, "app=" + app).stream()
                .map(pod -> pod.at("/spec/nodeName").asText())
                .toList();
    }

    @Test
    void spreadOverZones() {
        apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: spread}
                spec:
                  replicas: 4
                  selector: {matchLabels: {app: spread}}
                  template:
                    metadata: {labels: {app: spread}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      topologySpreadConstraints:
                      - maxSkew: 1
                        topologyKey: zone
                        whenUnsatisfiable: DoNotSchedule
                        labelSelector: {matchLabels: {app: spread}}
                        matchLabelKeys: [pod-template-hash]
                      containers: [{name: c, image: pause}]
                """);
        eventuallyAsserted(
                SOON,
                "two in each zone",
                () -> assertThat(nodes("spread"))
                        .hasSize(4)
                        .doesNotContain("")
                        .filteredOn("node-3"::equals)
                        .hasSize(2));
    }

    @Test
    void higherPriorityMakesRoomForItself() throws IOException {
        apply("""
                apiVersion: scheduling.k8s.io/v1
                kind: PriorityClass
                metadata: {name: urgent}
                value: 1000
                """);
        String cpu = cluster.ask("get", "node", "node-3", "-o", "jsonpath={.status.allocatable.cpu}");
        String whole = "nodeSelector: {zone: b}\ncontainers: [{name: c, image: pause, resources: {requests: {cpu: '"
                + cpu + "'}}}]\n";
        apply(pod("low", "low", whole));
        landsOn("low", "node-3");
        apply(pod(
                "urgent",
                "urgent",
                "priorityClassName: urgent\nschedulingGates: [{name: example.com/wait}]\n" + whole));
        eventuallyAsserted(SOON, "the victim is named before it is touched", () -> {
            JsonNode answer = explain("urgent");
            assertThat(answer.at("/preemption/node").asText()).isEqualTo("node-3");
            assertThat(answer.at("/preemption/candidates/0/victims/0/name").asText())
                    .isEqualTo("low");
        });
        assertThat(cluster.kvorum("explain", "pod", "urgent").ok().stdout())
                .contains("would make room on node-3", "default/low (0)");
        cluster.kubectl(
                        "patch",
                        "pod",
                        "urgent",
                        "--type=json",
                        "-p",
                        "[{\"op\":\"remove\",\"path\":\"/spec/schedulingGates\"}]")
                .ok();
        landsOn("urgent", "node-3");
        assertThat(cluster.kubectl("get", "pod", "low").exitCode())
                .as("low is gone")
                .isEqualTo(1);
        eventuallyAsserted(
                SOON,
                "the victim's event",
                () -> assertThat(cluster.ask(
                                "get",
                                "events",
                                "--field-selector",
                                "reason=Preempted",
                                "-o",
                                "jsonpath={.items[*].message}"))
                        .contains("Preempted by pod ", " on node node-3"));
        assertThat(cluster.ask("get", "pod", "urgent", "-o", "jsonpath={.status.nominatedNodeName}"))
                .isEmpty();
    }
}
