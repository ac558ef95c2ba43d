package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.awaitReadyReplicas;
import static io.kvorum.cluster.ClusterFixture.eventually;
import static io.kvorum.cluster.ClusterFixture.nodeReady;
import static io.kvorum.cluster.ClusterFixture.pods;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that dies, hangs or is cut off: seen, its pods replaced, and clean when it is back. */
class NodeFaultIT {
    private static final Duration REPLACED_WITHIN = Duration.ofSeconds(10);
    private static TestCluster cluster;

    @BeforeAll
    static void up() {
        cluster = TestCluster.up(ClusterFixture.freshHome(NodeFaultIT.class));
        // One replica a node at least: with four on two equal nodes the scheduler's spreading by load sees to that.
        cluster.kubectl("create", "deployment", "web", "--image=nginx", "--replicas=4")
                .ok();
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    @BeforeEach
    void everythingRuns() {
        awaitReadyReplicas(cluster, "web", 4);
        if (podsOn("node-1").isEmpty()) {
            cluster.kubectl("rollout", "restart", "deployment/web").ok();
            awaitReadyReplicas(cluster, "web", 4);
        }
        assertThat(podsOn("node-1")).isNotEmpty();
    }

    @AfterEach
    void heal() {
        cluster.kvorum("fault", "heal").ok();
        eventually(Duration.ofSeconds(30), "node-1 is Ready again", () -> nodeReady(cluster, "node-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kill kubelet-node-1", "pause kubelet-node-1", "partition node-1"})
    void podsOfALostNodeAreReplacedAndTheNodeComesBackClean(String fault) {
        String[] words = ("fault " + fault).split(" ");
        cluster.kvorum(words).ok();
        long started = System.nanoTime();
        eventually(
                REPLACED_WITHIN,
                "node-1 is NotReady and four pods run elsewhere",
                () -> !nodeReady(cluster, "node-1")
                        && pods(cluster, "app=web").stream()
                                        .filter(pod -> pod.at("/metadata/deletionTimestamp")
                                                .isMissingNode())
                                        .filter(pod -> !pod.at("/spec/nodeName")
                                                .asText()
                                                .equals("node-1"))
                                        .filter(NodeFaultIT::ready)
                                        .count()
                                == 4);
        System.out.printf("%s: pods replaced after %.1f s%n", fault, (System.nanoTime() - started) / 1e9);

        cluster.kvorum("fault", "heal").ok();
        eventually(Duration.ofSeconds(20), "node-1 is Ready again", () -> nodeReady(cluster, "node-1"));
        eventually(
                Duration.ofSeconds(40),
                "no pod is left on its way out and exactly four containers run",
                () -> pods(cluster, "app=web").size() == 4 && containers() == 4);
    }

    private static List<JsonNode> podsOn(String node) {
        return pods(cluster, "app=web").stream()
                .filter(pod -> pod.at("/spec/nodeName").asText().equals(node))
                .toList();
    }

    private static long containers() {
        return cluster.containerProcesses().stream()
                .filter(process -> process.info().command().orElse("").endsWith("java"))
                .count();
    }

    private static boolean ready(JsonNode pod) {
        for (JsonNode condition : pod.at("/status/conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }
}
