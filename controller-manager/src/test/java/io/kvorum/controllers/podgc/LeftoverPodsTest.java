package io.kvorum.controllers.podgc;

import static io.kvorum.controllers.testing.FakeClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeftoverPodsTest {
    private static final long SECOND = 1_000_000_000L;
    private final LeftoverPods leftovers = new LeftoverPods(Duration.ofSeconds(40), 2);

    private static Pod pod(String name, @Nullable String node, String phase, int age, boolean terminating) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withUid(name)
                .withCreationTimestamp(START.minusSeconds(age).toString())
                .withDeletionTimestamp(terminating ? START.toString() : null)
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .endSpec()
                .withNewStatus()
                .withPhase(phase)
                .endStatus()
                .build();
    }

    private static Node node(String name, String ready, String... taints) {
        NodeBuilder node = new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .endCondition()
                .endStatus();
        for (String taint : taints) {
            node.editSpec()
                    .addNewTaint()
                    .withKey(taint)
                    .withEffect("NoExecute")
                    .endTaint()
                    .endSpec();
        }
        return node.build();
    }

    private List<String> found(List<Pod> pods, List<Node> nodes, long atSecond) {
        return leftovers.find(pods, nodes, atSecond * SECOND).stream()
                .map(each -> each.pod().getMetadata().getName() + ":" + each.why())
                .toList();
    }

    @Test
    void podsOfAVanishedNodeGoAfterTheQuarantine() {
        List<Pod> pods = List.of(pod("a", "n1", "Running", 9, false), pod("b", "n2", "Running", 9, false));
        List<Node> nodes = List.of(node("n2", "True"));
        assertThat(found(pods, nodes, 100)).isEmpty();
        assertThat(found(pods, nodes, 139)).isEmpty();
        assertThat(found(pods, nodes, 140)).containsExactly("a:orphaned");
    }

    @Test
    void aNodeThatReturnsStartsItsQuarantineAnew() {
        List<Pod> pods = List.of(pod("a", "n1", "Running", 9, false));
        assertThat(found(pods, List.of(), 0)).isEmpty();
        assertThat(found(pods, List.of(node("n1", "True")), 30)).isEmpty();
        assertThat(found(pods, List.of(), 50)).isEmpty();
        assertThat(found(pods, List.of(), 89)).isEmpty();
        assertThat(found(pods, List.of(), 90)).containsExactly("a:orphaned");
    }

    @Test
    void theOldestFinishedPodsBeyondTheThresholdGo() {
        List<Pod> pods = List.of(
                pod("young", "n1", "Succeeded", 1, false),
                pod("old", "n1", "Failed", 90, false),
                pod("middle", "n1", "Failed", 50, false),
                pod("runs", "n1", "Running", 99, false));
        assertThat(found(pods, List.of(node("n1", "True")), 0)).containsExactly("old:terminated");
        assertThat(new LeftoverPods(Duration.ofSeconds(40), 0).find(pods, List.of(node("n1", "True")), 0))
                .isEmpty();
    }

    @Test
    void terminatingPodsThatWereNeverScheduledGo() {
        List<Pod> pods = List.of(pod("a", null, "Pending", 9, true), pod("b", null, "Pending", 9, false));
        assertThat(found(pods, List.of(), 0)).containsExactly("a:unscheduled");
    }

    @Test
    void terminatingPodsOfANodeOutOfServiceGo() {
        List<Pod> pods = List.of(pod("a", "n1", "Running", 9, true), pod("b", "n1", "Running", 9, false));
        String taint = "node.kubernetes.io/out-of-service";
        assertThat(found(pods, List.of(node("n1", "Unknown", taint)), 0)).containsExactly("a:out-of-service");
        assertThat(found(pods, List.of(node("n1", "True", taint)), 0)).isEmpty();
        assertThat(found(pods, List.of(node("n1", "Unknown")), 0)).isEmpty();
    }
}
