package io.kvorum.scheduler.plugins;

import static io.kvorum.scheduler.Objects.info;
import static io.kvorum.scheduler.Objects.node;
import static io.kvorum.scheduler.Objects.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.kvorum.scheduler.TestView;
import io.kvorum.scheduler.framework.ClusterView;
import io.kvorum.scheduler.framework.Code;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FilterPlugin;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.Status;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PluginsTest {
    private final CycleState state = new CycleState();
    private final ClusterView none = TestView.of();

    private Status filter(FilterPlugin plugin, Pod pod, NodeInfo node) {
        return plugin.filter(state, PodInfo.of(pod), node);
    }

    @Nested
    class NodeNameTest {
        @Test
        void podThatNamesItsNodeGoesThereOnly() {
            Pod named = pod("p").editSpec().withNodeName("a").endSpec().build();
            assertThat(filter(new NodeName(), named, info(node("a").build())).success())
                    .isTrue();
            assertThat(filter(new NodeName(), named, info(node("b").build())).reasons())
                    .containsExactly("node(s) didn't match the requested node name");
            assertThat(filter(new NodeName(), pod("q").build(), info(node("b").build()))
                            .success())
                    .isTrue();
        }
    }

    @Nested
    class NodeUnschedulableTest {
        private final NodeInfo cordoned =
                info(node("a").editSpec().withUnschedulable(true).endSpec().build());

        @Test
        void cordonedNodeRejects() {
            assertThat(filter(new NodeUnschedulable(), pod("p").build(), cordoned)
                            .reasons())
                    .containsExactly("node(s) were unschedulable");
        }

        @Test
        void tolerationOfTheCordonsTaintHelps() {
            Pod tolerant =
                    tolerating(new Toleration("NoSchedule", "node.kubernetes.io/unschedulable", "Exists", null, null));
            assertThat(filter(new NodeUnschedulable(), tolerant, cordoned).success())
                    .isTrue();
        }
    }

    private static Pod tolerating(Toleration toleration) {
        return pod("p").editSpec().withTolerations(toleration).endSpec().build();
    }

    private static NodeInfo tainted(Taint... taints) {
        return info(node("a").editSpec().withTaints(taints).endSpec().build());
    }

    @Nested
    class TaintTolerationTest {
        private final TaintToleration plugin = new TaintToleration();

        @Test
        void reasonNamesTheTaint() {
            Status status = filter(plugin, pod("p").build(), tainted(new Taint("NoSchedule", "k", null, "v")));
            assertThat(status.code()).isEqualTo(Code.UNSCHEDULABLE_AND_UNRESOLVABLE);
            assertThat(status.reasons()).containsExactly("node(s) had untolerated taint {k: v}");
            assertThat(filter(plugin, pod("p").build(), tainted(new Taint("NoExecute", "k", null, null)))
                            .reasons())
                    .containsExactly("node(s) had untolerated taint {k: }");
        }

        @Test
        void tolerationsMatchByKeyValueAndEffect() {
            NodeInfo node = tainted(new Taint("NoSchedule", "k", null, "v"));
            assertThat(tolerated(node, new Toleration("NoSchedule", "k", "Equal", null, "v")))
                    .isTrue();
            assertThat(tolerated(node, new Toleration(null, "k", null, null, "v")))
                    .isTrue();
            assertThat(tolerated(node, new Toleration(null, "k", "Exists", null, null)))
                    .isTrue();
            assertThat(tolerated(node, new Toleration(null, null, "Exists", null, null)))
                    .isTrue();
            assertThat(tolerated(node, new Toleration("NoSchedule", "k", "Equal", null, "other")))
                    .isFalse();
            assertThat(tolerated(node, new Toleration("NoExecute", "k", "Exists", null, null)))
                    .isFalse();
            assertThat(tolerated(node, new Toleration(null, "other", "Exists", null, null)))
                    .isFalse();
        }

        private boolean tolerated(NodeInfo node, Toleration toleration) {
            return filter(plugin, tolerating(toleration), node).success();
        }

        @Test
        void preferNoScheduleOnlyLowersTheScore() {
            NodeInfo shunned = tainted(new Taint("PreferNoSchedule", "k", null, "v"));
            PodInfo pod = PodInfo.of(pod("p").build());
            assertThat(plugin.filter(state, pod, shunned).success()).isTrue();
            long[] scores = {
                plugin.score(state, pod, shunned),
                plugin.score(state, pod, info(node("b").build()))
            };
            plugin.normalize(state, pod, List.of(), scores);
            assertThat(scores).containsExactly(0, 100);
        }
    }

    @Nested
    class NodeAffinityTest {
        private final NodeAffinity plugin = new NodeAffinity();
        private final NodeInfo node = info(new NodeBuilder(node("a").build())
                .editMetadata()
                .addToLabels(Map.of("disk", "ssd", "cores", "8"))
                .endMetadata()
                .build());

        private boolean fits(String key, String operator, String... values) {
            Pod pod = pod("p").editSpec()
                    .withNewAffinity()
                    .withNewNodeAffinity()
                    .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                    .addNewNodeSelectorTerm()
                    .addNewMatchExpression()
                    .withKey(key)
                    .withOperator(operator)
                    .withValues(values)
                    .endMatchExpression()
                    .endNodeSelectorTerm()
                    .endRequiredDuringSchedulingIgnoredDuringExecution()
                    .endNodeAffinity()
                    .endAffinity()
                    .endSpec()
                    .build();
            return filter(plugin, pod, node).success();
        }

        @Test
        void operators() {
            assertThat(fits("disk", "In", "ssd", "nvme")).isTrue();
            assertThat(fits("disk", "In", "hdd")).isFalse();
            assertThat(fits("disk", "NotIn", "hdd")).isTrue();
            assertThat(fits("disk", "NotIn", "ssd")).isFalse();
            assertThat(fits("none", "NotIn", "ssd")).isTrue();
            assertThat(fits("disk", "Exists")).isTrue();
            assertThat(fits("none", "Exists")).isFalse();
            assertThat(fits("none", "DoesNotExist")).isTrue();
            assertThat(fits("disk", "DoesNotExist")).isFalse();
            assertThat(fits("cores", "Gt", "7")).isTrue();
            assertThat(fits("cores", "Gt", "8")).isFalse();
            assertThat(fits("cores", "Lt", "9")).isTrue();
            assertThat(fits("cores", "Lt", "8")).isFalse();
            assertThat(fits("disk", "Gt", "1")).isFalse();
            assertThat(fits("disk", "Lt", "1")).isFalse();
            assertThat(fits("none", "Gt", "1")).isFalse();
        }

        @Test
        void nodeSelectorMustMatchToo() {
            Pod pod = pod("p").editSpec()
                    .withNodeSelector(Map.of("disk", "hdd"))
                    .endSpec()
                    .build();
            assertThat(filter(plugin, pod, node).reasons())
                    .containsExactly("node(s) didn't match Pod's node affinity/selector");
            assertThat(plugin.preFilter(state, PodInfo.of(pod), none).status().success())
                    .isTrue();
            assertThat(plugin.preFilter(state, PodInfo.of(pod("q").build()), none)
                            .status()
                            .skip())
                    .isTrue();
        }

        @Test
        void oneOfTheTermsMustMatchAndMatchFieldsKnowTheName() {
            Pod pod = pod("p").editSpec()
                    .withNewAffinity()
                    .withNewNodeAffinity()
                    .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                    .addNewNodeSelectorTerm()
                    .endNodeSelectorTerm()
                    .addNewNodeSelectorTerm()
                    .addNewMatchField()
                    .withKey("metadata.name")
                    .withOperator("In")
                    .withValues("a")
                    .endMatchField()
                    .endNodeSelectorTerm()
                    .endRequiredDuringSchedulingIgnoredDuringExecution()
                    .endNodeAffinity()
                    .endAffinity()
                    .endSpec()
                    .build();
            assertThat(filter(plugin, pod, node).success()).isTrue();
            assertThat(filter(plugin, pod, info(node("b").build())).success())
                    .as("an empty required term matches nothing")
                    .isFalse();
        }

        @Test
        void preferredTermsAddTheirWeights() {
            Pod pod = new PodBuilder(pod("p").build())
                    .editSpec()
                    .withNewAffinity()
                    .withNewNodeAffinity()
                    .addNewPreferredDuringSchedulingIgnoredDuringExecution()
                    .withWeight(30)
                    .withNewPreference()
                    .addNewMatchExpression()
                    .withKey("disk")
                    .withOperator("In")
                    .withValues("ssd")
                    .endMatchExpression()
                    .endPreference()
                    .endPreferredDuringSchedulingIgnoredDuringExecution()
                    .endNodeAffinity()
                    .endAffinity()
                    .endSpec()
                    .build();
            assertThat(plugin.preScore(state, PodInfo.of(pod), none, List.of()).success())
                    .isTrue();
            assertThat(plugin.score(state, PodInfo.of(pod), node)).isEqualTo(30);
            assertThat(plugin.score(state, PodInfo.of(pod), info(node("b").build())))
                    .isZero();
        }
    }

    @Nested
    class NodePortsTest {
        private Pod holding(String name, int port, @Nullable String address, String protocol) {
            return pod(name)
                    .editSpec()
                    .editFirstContainer()
                    .addNewPort()
                    .withHostPort(port)
                    .withHostIP(address)
                    .withProtocol(protocol)
                    .endPort()
                    .endContainer()
                    .endSpec()
                    .build();
        }

        private boolean fits(Pod wanting, Pod holding) {
            return filter(new NodePorts(), wanting, info(node("a").build(), holding))
                    .success();
        }

        @Test
        void samePortOfOneProtocolAndOverlappingAddressConflicts() {
            Pod all = holding("p", 80, null, "TCP");
            assertThat(fits(holding("q", 80, null, "TCP"), all)).isFalse();
            assertThat(fits(holding("q", 80, "127.0.0.1", "TCP"), all)).isFalse();
            assertThat(fits(holding("q", 81, null, "TCP"), all)).isTrue();
            assertThat(fits(holding("q", 80, null, "UDP"), all)).isTrue();
            Pod one = holding("p", 80, "127.0.0.1", "TCP");
            assertThat(fits(holding("q", 80, "127.0.0.2", "TCP"), one)).isTrue();
            assertThat(fits(holding("q", 80, "0.0.0.0", "TCP"), one)).isFalse();
        }
    }

    @Nested
    class NodeResourcesFitTest {
        private final NodeResourcesFit plugin = new NodeResourcesFit();

        @Test
        void everythingThatIsLackingIsNamed() {
            Status status =
                    filter(plugin, pod("p", "5", "9Gi").build(), info(node("a").build()));
            assertThat(status.code()).as("the whole node is too small").isEqualTo(Code.UNSCHEDULABLE_AND_UNRESOLVABLE);
            assertThat(status.reasons()).containsExactly("Insufficient cpu", "Insufficient memory");
        }

        @Test
        void podsOnTheNodeCountAndExactlyFullFits() {
            NodeInfo node = info(node("a").build(), pod("p", "3", "1Gi").build());
            assertThat(filter(plugin, pod("q", "1", "1Gi").build(), node).success())
                    .isTrue();
            assertThat(filter(plugin, pod("q", "1001m", "1Gi").build(), node).success())
                    .isFalse();
        }

        @Test
        void numberOfPodsIsLimited() {
            NodeInfo node = info(
                    node("a")
                            .editStatus()
                            .addToAllocatable("pods", new Quantity("1"))
                            .endStatus()
                            .build(),
                    pod("p").build());
            assertThat(filter(plugin, pod("q").build(), node).reasons()).containsExactly("Too many pods");
        }

        @Test
        void unknownResourceIsLacking() {
            Pod gpu = pod("p").editSpec()
                    .editFirstContainer()
                    .withNewResources()
                    .addToRequests("example.com/gpu", new Quantity("1"))
                    .endResources()
                    .endContainer()
                    .endSpec()
                    .build();
            assertThat(filter(plugin, gpu, info(node("a").build())).reasons())
                    .containsExactly("Insufficient example.com/gpu");
        }

        @Test
        void leastAllocatedNodeScoresHighest() {
            PodInfo pod = PodInfo.of(pod("p", "1", "1Gi").build());
            long empty = plugin.score(state, pod, info(node("a").build()));
            long used = plugin.score(
                    state, pod, info(node("b").build(), pod("q", "2", "4Gi").build()));
            // 3 of 4 CPUs and 7 of 8 GiB are free: (75 + 87) / 2
            assertThat(empty).isEqualTo(81);
            assertThat(used).isLessThan(empty);
        }

        @Test
        void podsWithoutRequestsAreSpreadToo() {
            PodInfo pod = PodInfo.of(pod("p").build());
            long empty = plugin.score(state, pod, info(node("a").build()));
            long used = plugin.score(state, pod, info(node("b").build(), pod("q").build(), pod("r").build()));
            assertThat(used).isLessThan(empty);
        }
    }

    @Nested
    class PodRequestsTest {
        @Test
        void initContainersCountOneByOneAndSidecarsAllTheTime() {
            Pod pod = pod("p", "1", "1Gi")
                    .editSpec()
                    .addNewInitContainer()
                    .withName("sidecar")
                    .withRestartPolicy("Always")
                    .withNewResources()
                    .addToRequests("cpu", new Quantity("500m"))
                    .endResources()
                    .endInitContainer()
                    .addNewInitContainer()
                    .withName("init")
                    .withNewResources()
                    .addToRequests("cpu", new Quantity("2"))
                    .endResources()
                    .endInitContainer()
                    .addToOverhead("cpu", new Quantity("100m"))
                    .endSpec()
                    .build();
            // running: 1 + 0.5; starting: 0.5 + 2; the larger and the overhead
            assertThat(PodInfo.of(pod).requests().milliCpu()).isEqualTo(2600);
            assertThat(PodInfo.of(pod).requests().memory()).isEqualTo(1L << 30);
        }
    }

    @Nested
    class NodeResourcesBalancedAllocationTest {
        private final NodeResourcesBalancedAllocation plugin = new NodeResourcesBalancedAllocation();

        @Test
        void evenUseScoresHighest() {
            NodeInfo node = info(node("a").build());
            long even = plugin.score(state, PodInfo.of(pod("p", "2", "4Gi").build()), node);
            long uneven = plugin.score(state, PodInfo.of(pod("p", "4", "1Mi").build()), node);
            assertThat(even).isEqualTo(100);
            assertThat(uneven).isEqualTo(50);
        }

        @Test
        void podWithoutRequestsIsLeftOut() {
            assertThat(plugin.preScore(state, PodInfo.of(pod("p").build()), none, List.of())
                            .skip())
                    .isTrue();
        }
    }

    @Test
    void everyFilterSaysWhichEventsCouldHelp() {
        for (FilterPlugin plugin : List.of(
                new NodeName(),
                new NodeUnschedulable(),
                new TaintToleration(),
                new NodeAffinity(),
                new NodePorts(),
                new PodTopologySpread(),
                new InterPodAffinity(),
                new NodeResourcesFit())) {
            assertThat(plugin.eventsToRegister()).as(plugin.name()).isNotEmpty();
        }
    }
}
