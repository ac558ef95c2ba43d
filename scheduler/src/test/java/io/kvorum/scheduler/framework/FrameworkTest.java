package io.kvorum.scheduler.framework;

import static io.kvorum.scheduler.Objects.info;
import static io.kvorum.scheduler.Objects.node;
import static io.kvorum.scheduler.Objects.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.scheduler.TestView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FrameworkTest {
    private record Rejecting(String name, String node) implements FilterPlugin {
        @Override
        public Set<ClusterEvent.Kind> eventsToRegister() {
            return Set.of(ClusterEvent.Kind.NODE_LABEL);
        }

        @Override
        public Status filter(CycleState state, PodInfo pod, NodeInfo node) {
            return node.name().equals(this.node) ? Status.unschedulable("no " + this.node) : Status.SUCCESS;
        }
    }

    private record Scoring(String name, int weight, Map<String, Long> scores) implements ScorePlugin {
        @Override
        public Set<ClusterEvent.Kind> eventsToRegister() {
            return Set.of();
        }

        @Override
        public long score(CycleState state, PodInfo pod, NodeInfo node) {
            return scores.getOrDefault(node.name(), 0L);
        }
    }

    private static Framework.Decision decide(List<Plugin> plugins, int nodes) {
        List<NodeInfo> infos = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            infos.add(info(node("n" + i).build()));
        }
        return new Framework(plugins, new SplittableRandom(1))
                .schedule(new CycleState(), PodInfo.of(pod("p").build()), new TestView(infos));
    }

    @Test
    void bestWeightedSumWins() {
        assertThat(decide(
                                List.of(
                                        new Scoring("one", 1, Map.of("n0", 100L, "n1", 40L)),
                                        new Scoring("two", 3, Map.of("n1", 50L))),
                                3)
                        .node())
                .isEqualTo("n1");
    }

    @Test
    void rejectionsNameNodeReasonAndPlugin() {
        Framework.Decision decision = decide(List.of(new Rejecting("R", "n0"), new Rejecting("S", "n1")), 2);
        assertThat(decision.node()).isNull();
        FitError error = Objects.requireNonNull(decision.error());
        assertThat(error.message()).isEqualTo("0/2 nodes are available: 1 no n0, 1 no n1.");
        assertThat(error.plugins()).containsExactlyInAnyOrder("R", "S");
    }

    @Test
    void equalNodesAreChosenAboutEquallyOften() {
        Framework framework = new Framework(List.of(), new SplittableRandom(4));
        List<NodeInfo> nodes = List.of(
                info(node("a").build()), info(node("b").build()), info(node("c").build()));
        Map<String, Integer> chosen = new HashMap<>();
        for (int i = 0; i < 600; i++) {
            chosen.merge(
                    framework
                            .schedule(new CycleState(), PodInfo.of(pod("p").build()), new TestView(nodes))
                            .node(),
                    1,
                    Integer::sum);
        }
        assertThat(chosen.values()).hasSize(3).allMatch(count -> count > 150);
    }

    @Test
    void eventsLeadToThePluginsThatRegistered() {
        Framework framework = new Framework(List.of(new Rejecting("R", "x")), new SplittableRandom(1));
        assertThat(framework.interestedIn(ClusterEvent.Kind.NODE_LABEL))
                .extracting(Plugin::name)
                .containsExactly("R");
        assertThat(framework.interestedIn(ClusterEvent.Kind.NODE_ADD)).isEmpty();
    }

    /** kube-scheduler's adaptive percentageOfNodesToScore. */
    @Test
    void notEveryNodeOfALargeClusterIsLookedAt() {
        assertThat(Framework.enough(99)).isEqualTo(99);
        assertThat(Framework.enough(100)).isEqualTo(100);
        assertThat(Framework.enough(1000)).isEqualTo(420);
        assertThat(Framework.enough(6000)).isEqualTo(300);
    }
}
