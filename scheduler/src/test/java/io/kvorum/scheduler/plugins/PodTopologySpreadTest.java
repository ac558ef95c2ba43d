package io.kvorum.scheduler.plugins;

import static io.kvorum.scheduler.Objects.pod;
import static io.kvorum.scheduler.Specs.info;
import static io.kvorum.scheduler.Specs.labelled;
import static io.kvorum.scheduler.Specs.spread;
import static io.kvorum.scheduler.Specs.spreading;
import static io.kvorum.scheduler.Specs.wished;
import static io.kvorum.scheduler.Specs.zoned;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.kvorum.scheduler.Objects;
import io.kvorum.scheduler.Specs;
import io.kvorum.scheduler.TestView;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodTopologySpreadTest {
    private static final String HOST = "kubernetes.io/hostname";

    private final PodTopologySpread plugin = new PodTopologySpread();

    private static Pod foo(String name) {
        return labelled(name, "foo", "bar").build();
    }

    private static PodBuilder incoming(TopologySpreadConstraint... constraints) {
        return spreading(labelled("mypod", "foo", "bar"), constraints);
    }

    private List<String> fitting(Pod pod, TestView view) {
        CycleState state = new CycleState();
        PodInfo info = PodInfo.of(pod);
        assertThat(plugin.preFilter(state, info, view).status().success()).isTrue();
        return view.nodes().stream()
                .filter(node -> plugin.filter(state, info, node).success())
                .map(NodeInfo::name)
                .toList();
    }

    /** The documentation's four nodes in two zones: zone A with two pods, zone B with one. */
    private static TestView documented() {
        return TestView.of(
                info(zoned("node1", "zoneA"), foo("p1")),
                info(zoned("node2", "zoneA"), foo("p2")),
                info(zoned("node3", "zoneB"), foo("p3")),
                info(zoned("node4", "zoneB")));
    }

    @Test
    void documentedExampleOneConstraint() {
        Pod pod = incoming(spread(1, "zone", "foo", "bar")).build();
        assertThat(fitting(pod, documented())).containsExactly("node3", "node4");
    }

    @Test
    void documentedExampleTwoConstraints() {
        Pod pod = incoming(spread(1, "zone", "foo", "bar"), spread(1, HOST, "foo", "bar"))
                .build();
        assertThat(fitting(pod, documented())).containsExactly("node4");
    }

    @Test
    void documentedExampleConflictingConstraints() {
        TestView view = TestView.of(
                info(zoned("node1", "zoneA"), foo("p1"), foo("p2")),
                info(zoned("node2", "zoneA"), foo("p3")),
                info(zoned("node3", "zoneB"), foo("p4"), foo("p5")));
        Pod pod = incoming(spread(1, "zone", "foo", "bar"), spread(1, HOST, "foo", "bar"))
                .build();
        assertThat(fitting(pod, view)).isEmpty();
    }

    /** Zone C is excluded by the pod's own node affinity, so its being empty is no reason to go there. */
    @Test
    void documentedExampleNodeAffinity() {
        TestView view = TestView.of(
                info(zoned("node1", "zoneA"), foo("p1")),
                info(zoned("node2", "zoneA"), foo("p2")),
                info(zoned("node3", "zoneB"), foo("p3")),
                info(zoned("node4", "zoneB")),
                info(zoned("node5", "zoneC")));
        PodBuilder pod = incoming(spread(1, "zone", "foo", "bar"))
                .editSpec()
                .withNewAffinity()
                .withNewNodeAffinity()
                .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                .addNewNodeSelectorTerm()
                .addNewMatchExpression()
                .withKey("zone")
                .withOperator("NotIn")
                .withValues("zoneC")
                .endMatchExpression()
                .endNodeSelectorTerm()
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endNodeAffinity()
                .endAffinity()
                .endSpec();
        assertThat(fitting(pod.build(), view)).containsSubsequence("node3", "node4");
        PodBuilder ignoring = pod.editSpec()
                .withTopologySpreadConstraints(new TopologySpreadConstraintBuilder(spread(1, "zone", "foo", "bar"))
                        .withNodeAffinityPolicy("Ignore")
                        .build())
                .endSpec();
        assertThat(fitting(ignoring.build(), view)).containsExactly("node5");
    }

    @Test
    void taintedNodesAreLeftOutWhereAsked() {
        NodeInfo tainted = info(zoned("node3", "zoneB")
                .editSpec()
                .withTaints(new Taint("NoSchedule", "k", null, "v"))
                .endSpec());
        TestView view = TestView.of(info(zoned("node1", "zoneA"), foo("p1")), tainted);
        TopologySpreadConstraint zones = spread(1, "zone", "foo", "bar");
        assertThat(fitting(incoming(zones).build(), view)).containsExactly("node3");
        assertThat(fitting(
                        incoming(new TopologySpreadConstraintBuilder(zones)
                                        .withNodeTaintsPolicy("Honor")
                                        .build())
                                .build(),
                        view))
                .containsExactly("node1", "node3");
    }

    @Test
    void withTooFewDomainsTheLowestCountIsZero() {
        TestView view = TestView.of(
                info(zoned("node1", "zoneA"), foo("p1"), foo("p2")),
                info(zoned("node2", "zoneB"), foo("p3"), foo("p4")));
        TopologySpreadConstraint zones = spread(2, "zone", "foo", "bar");
        assertThat(fitting(incoming(zones).build(), view)).containsExactly("node1", "node2");
        assertThat(fitting(
                        incoming(new TopologySpreadConstraintBuilder(zones)
                                        .withMinDomains(3)
                                        .build())
                                .build(),
                        view))
                .isEmpty();
    }

    @Test
    void aNodeWithoutTheKeyIsOutOfTheQuestion() {
        TestView view = TestView.of(
                info(zoned("node1", "zoneA")), Objects.info(Objects.node("bare").build()));
        CycleState state = new CycleState();
        PodInfo pod = PodInfo.of(incoming(spread(1, "zone", "foo", "bar")).build());
        plugin.preFilter(state, pod, view);
        assertThat(plugin.filter(state, pod, view.nodes().get(1))).isEqualTo(PodTopologySpread.NO_PLACE);
    }

    @Test
    void onlyLivingPodsOfTheOwnNamespaceCount() {
        Pod dying = new PodBuilder(foo("dying"))
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build();
        Pod foreign = new PodBuilder(foo("foreign"))
                .editMetadata()
                .withNamespace("elsewhere")
                .endMetadata()
                .build();
        TestView view = TestView.of(info(zoned("node1", "zoneA"), dying, foreign), info(zoned("node2", "zoneB")));
        assertThat(fitting(incoming(spread(1, "zone", "foo", "bar")).build(), view))
                .containsExactly("node1", "node2");
    }

    @Test
    void matchLabelKeysNarrowTheCountToTheSameRevision() {
        Pod old = new PodBuilder(foo("old"))
                .editMetadata()
                .addToLabels("hash", "1")
                .endMetadata()
                .build();
        TestView view = TestView.of(info(zoned("node1", "zoneA"), old), info(zoned("node2", "zoneB")));
        TopologySpreadConstraint keyed = new TopologySpreadConstraintBuilder(spread(1, "zone", "foo", "bar"))
                .withMatchLabelKeys("hash")
                .build();
        PodBuilder fresh =
                incoming(keyed).editMetadata().addToLabels("hash", "2").endMetadata();
        assertThat(fitting(fresh.build(), view)).containsExactly("node1", "node2");
        assertThat(fitting(incoming(spread(1, "zone", "foo", "bar")).build(), view))
                .containsExactly("node2");
    }

    private static long[] scores(Pod pod, TestView view) {
        PodTopologySpreadScore plugin = new PodTopologySpreadScore();
        CycleState state = new CycleState();
        PodInfo info = PodInfo.of(pod);
        if (plugin.preScore(state, info, view, view.nodes()).skip()) {
            return new long[0];
        }
        long[] scores = view.nodes().stream()
                .mapToLong(node -> plugin.score(state, info, node))
                .toArray();
        plugin.normalize(state, info, view.nodes(), scores);
        return scores;
    }

    @Test
    void fewerPodsScoreHigher() {
        TestView view = TestView.of(
                info(zoned("a", "1"), foo("p1"), foo("p2")), info(zoned("b", "2"), foo("p3")), info(zoned("c", "3")));
        long[] scores = scores(incoming(wished(spread(1, "zone", "foo", "bar"))).build(), view);
        assertThat(scores[0]).isLessThan(scores[1]);
        assertThat(scores[1]).isLessThan(scores[2]);
        assertThat(scores[2]).isEqualTo(100);
    }

    @Test
    void nodesWithoutTheKeyScoreNothing() {
        TestView view = TestView.of(
                info(zoned("a", "1"), foo("p1")),
                Objects.info(Objects.node("bare").build()));
        long[] scores = scores(incoming(wished(spread(1, "zone", "foo", "bar"))).build(), view);
        assertThat(scores).containsExactly(100, 0);
    }

    /** The system's constraints spread what belongs together, also without zones, and mildly. */
    @Test
    void podsOfAGroupAreSpreadByDefault() {
        TestView view = TestView.of(
                Objects.info(Objects.node("a").build(), foo("p1"), foo("p2"), foo("p3")),
                Objects.info(Objects.node("b").build()));
        assertThat(scores(labelled("p", "foo", "bar").build(), view)).isEmpty();
        view.groups.add(Specs.select("foo", "bar"));
        long[] scores = scores(labelled("p", "foo", "bar").build(), view);
        assertThat(scores[1]).isEqualTo(100);
        assertThat(scores[0]).isLessThan(100);
        assertThat(scores(incoming(spread(1, "zone", "foo", "bar")).build(), view))
                .as("own constraints replace the system's")
                .isEmpty();
    }

    @Test
    void anEmptySelectorCountsNobody() {
        TopologySpreadConstraint everybody = new TopologySpreadConstraintBuilder(spread(1, "zone", "foo", "bar"))
                .withLabelSelector(new LabelSelector())
                .build();
        TestView view = TestView.of(info(zoned("a", "1"), foo("p1"), foo("p2"), foo("p3")), info(zoned("b", "2")));
        assertThat(fitting(incoming(everybody).build(), view)).containsExactly("a", "b");
    }

    @Test
    void imagesThatAreThereCount() {
        NodeInfo has = info(zoned("a", "1")
                .editStatus()
                .addNewImage()
                .withNames("big:latest", "big@sha256:1")
                .withSizeBytes(800L << 20)
                .endImage()
                .endStatus());
        TestView view = TestView.of(has, info(zoned("b", "2")));
        ImageLocality images = new ImageLocality();
        CycleState state = new CycleState();
        PodInfo pod = PodInfo.of(pod("p").editSpec()
                .editFirstContainer()
                .withImage("big")
                .endContainer()
                .endSpec()
                .build());
        images.preScore(state, pod, view, view.nodes());
        long[] scores = view.nodes().stream()
                .mapToLong(node -> images.score(state, pod, node))
                .toArray();
        // 800 MiB on half of the nodes count as 400; 100 * (400 - 23) / (1000 - 23)
        assertThat(scores).containsExactly(38, 0);
    }
}
