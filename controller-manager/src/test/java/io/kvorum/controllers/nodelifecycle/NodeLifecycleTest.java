package io.kvorum.controllers.nodelifecycle;

import static io.kvorum.controllers.testing.FakeClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The judgements on nodes, without any I/O. */
class NodeLifecycleTest {
    private static final long SECOND = 1_000_000_000L;

    private static Node node(String name, @Nullable String ready) {
        NodeBuilder node = new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .withCreationTimestamp(START.toString())
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .endStatus();
        return ready == null
                ? node.build()
                : node.editStatus()
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus(ready)
                        .withLastHeartbeatTime(START.toString())
                        .endCondition()
                        .endStatus()
                        .build();
    }

    private static Lease renewed(int second) {
        return new LeaseBuilder()
                .withNewSpec()
                .withRenewTime(START.plusSeconds(second).atZone(ZoneOffset.UTC))
                .endSpec()
                .build();
    }

    private final NodeHeartbeats heartbeats = new NodeHeartbeats(Duration.ofSeconds(5), Duration.ofSeconds(20));

    @Test
    void aNodeIsSilentAfterTheGracePeriodWithoutARenewal() {
        Node node = node("n1", "True");
        assertThat(heartbeats.silent(node, renewed(0), 0)).isFalse();
        assertThat(heartbeats.silent(node, renewed(0), 5 * SECOND)).isFalse();
        assertThat(heartbeats.silent(node, renewed(0), 5 * SECOND + 1)).isTrue();
        assertThat(heartbeats.silent(node, renewed(1), 6 * SECOND)).isFalse();
        assertThat(heartbeats.silent(node, renewed(1), 11 * SECOND)).isFalse();
        assertThat(heartbeats.silent(node, renewed(1), 11 * SECOND + 1)).isTrue();
    }

    /** However old the lease is: this process has not watched it yet. */
    @Test
    void aNodeSeenForTheFirstTimeHasOneGracePeriod() {
        assertThat(heartbeats.silent(node("n1", "True"), renewed(-10_000), 77 * SECOND))
                .isFalse();
        assertThat(heartbeats.silent(node("n1", "True"), renewed(-10_000), 82 * SECOND))
                .isFalse();
        assertThat(heartbeats.silent(node("n1", "True"), renewed(-10_000), 83 * SECOND))
                .isTrue();
    }

    @Test
    void aNodeThatNeverPostedHasTheStartupGracePeriod() {
        assertThat(heartbeats.silent(node("n1", null), null, 0)).isFalse();
        assertThat(heartbeats.silent(node("n1", null), null, 19 * SECOND)).isFalse();
        assertThat(heartbeats.silent(node("n1", null), null, 21 * SECOND)).isTrue();
    }

    @Test
    void silenceMakesEveryConditionUnknown() {
        List<NodeCondition> conditions = NodeHeartbeats.unknown(node("n1", "True"), START.plusSeconds(9));
        assertThat(conditions)
                .extracting(NodeCondition::getType)
                .containsExactly("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");
        assertThat(conditions).allMatch(each -> each.getStatus().equals("Unknown"));
        assertThat(conditions.get(0))
                .returns("NodeStatusUnknown", NodeCondition::getReason)
                .returns("Kubelet stopped posting node status.", NodeCondition::getMessage)
                .returns(START.toString(), NodeCondition::getLastHeartbeatTime)
                .returns(START.plusSeconds(9).toString(), NodeCondition::getLastTransitionTime);
        assertThat(conditions.get(1)).returns("NodeStatusNeverUpdated", NodeCondition::getReason);
    }

    @Test
    void taintsFollowConditionsAndSpareOthers() {
        Taint own = new TaintBuilder()
                .withKey("dedicated")
                .withValue("db")
                .withEffect("NoSchedule")
                .build();
        Node node = new NodeBuilder(node("n1", "Unknown"))
                .editSpec()
                .withUnschedulable(true)
                .withTaints(own)
                .endSpec()
                .editStatus()
                .addNewCondition()
                .withType("DiskPressure")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
        List<Taint> taints = NodeTaints.withNoSchedule(node, START);
        assertThat(taints).contains(own);
        assertThat(taints)
                .extracting(Taint::getKey)
                .containsExactlyInAnyOrder(
                        "dedicated",
                        "node.kubernetes.io/unreachable",
                        "node.kubernetes.io/disk-pressure",
                        "node.kubernetes.io/unschedulable");
        Node well = new NodeBuilder(node("n1", "True"))
                .editSpec()
                .withTaints(taints)
                .endSpec()
                .build();
        assertThat(NodeTaints.withNoSchedule(well, START)).containsExactly(own);
    }

    @Test
    void aTaintThatStaysKeepsItsTime() {
        List<Taint> first = NodeTaints.withNoExecute(List.of(), NodeTaints.UNREACHABLE, START);
        assertThat(NodeTaints.withNoExecute(first, NodeTaints.UNREACHABLE, START.plusSeconds(60)))
                .isEqualTo(first);
        assertThat(NodeTaints.withNoExecute(first, NodeTaints.NOT_READY, START.plusSeconds(60)))
                .singleElement()
                .returns(NodeTaints.NOT_READY, Taint::getKey)
                .returns(START.plusSeconds(60).toString(), Taint::getTimeAdded);
        assertThat(NodeTaints.withNoExecute(first, null, START)).isEmpty();
    }

    private static List<Node> nodes(int ready, int notReady) {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < ready; i++) {
            nodes.add(node("r" + i, "True"));
        }
        for (int i = 0; i < notReady; i++) {
            nodes.add(node("n" + i, "Unknown"));
        }
        return nodes;
    }

    @Test
    void zonesAreJudgedByTheirShareOfNodesNotReady() {
        EvictionPace pace = new EvictionPace(0.1, 0.01, 50, 0.55);
        assertThat(pace.zones(nodes(1, 1))).containsExactlyEntriesOf(Map.of(":", EvictionPace.Zone.NORMAL));
        assertThat(pace.zones(nodes(2, 3)).values()).containsExactly(EvictionPace.Zone.PARTIAL_DISRUPTION);
        assertThat(pace.zones(nodes(0, 1)).values()).containsExactly(EvictionPace.Zone.FULL_DISRUPTION);
        assertThat(EvictionPace.allDisrupted(pace.zones(nodes(0, 2)))).isTrue();
        assertThat(EvictionPace.allDisrupted(pace.zones(nodes(1, 2)))).isFalse();
        assertThat(EvictionPace.allDisrupted(pace.zones(List.of()))).isFalse();
    }

    @Test
    void theFirstNodeIsEvictedAtOnceAndTheNextLater() {
        EvictionPace pace = new EvictionPace(0.1, 0.01, 50, 0.55);
        assertThat(pace.allow("z", EvictionPace.Zone.NORMAL, 2, 0)).isTrue();
        assertThat(pace.allow("z", EvictionPace.Zone.NORMAL, 2, 9 * SECOND)).isFalse();
        assertThat(pace.allow("other", EvictionPace.Zone.NORMAL, 2, 9 * SECOND)).isTrue();
        assertThat(pace.allow("z", EvictionPace.Zone.NORMAL, 2, 10 * SECOND)).isTrue();
    }

    @Test
    void aDisruptedZoneOfASmallClusterIsLeftAlone() {
        EvictionPace pace = new EvictionPace(0.1, 0.01, 50, 0.55);
        assertThat(pace.allow("z", EvictionPace.Zone.PARTIAL_DISRUPTION, 50, 0)).isFalse();
        assertThat(pace.allow("z", EvictionPace.Zone.PARTIAL_DISRUPTION, 51, 0)).isTrue();
        assertThat(pace.allow("z", EvictionPace.Zone.PARTIAL_DISRUPTION, 51, 99 * SECOND))
                .isFalse();
    }
}
