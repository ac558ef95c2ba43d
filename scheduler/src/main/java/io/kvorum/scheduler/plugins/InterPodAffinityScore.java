package io.kvorum.scheduler.plugins;

import io.kvorum.scheduler.framework.AffinityTerm;
import io.kvorum.scheduler.framework.AffinityTerms;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.ClusterView;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.PodMatcher;
import io.kvorum.scheduler.framework.ScorePlugin;
import io.kvorum.scheduler.framework.Status;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Preferred pod affinity and anti-affinity, in both directions: of the pod for those on the nodes, and of those for the
 * pod. That someone's required affinity is met counts a little too.
 */
public final class InterPodAffinityScore implements ScorePlugin {
    /** Upstream's hardPodAffinityWeight. */
    private static final int REQUIRED_WEIGHT = 1;

    private record State(PlaceCounts places) {}

    @Override
    public String name() {
        return InterPodAffinity.NAME;
    }

    @Override
    public Set<ClusterEvent.Kind> eventsToRegister() {
        return Set.of();
    }

    @Override
    public int weight() {
        return 2;
    }

    @Override
    public Status preScore(CycleState state, PodInfo pod, ClusterView view, List<NodeInfo> feasible) {
        PlaceCounts places = new PlaceCounts();
        if (pod.affinity().prefers()) {
            own(places, pod.affinity().preferred(), view, 1);
            own(places, pod.affinity().preferredAnti(), view, -1);
        }
        Map<String, String> namespaceLabels = view.namespaceLabels(pod.key().namespace());
        for (NodeInfo node : view.nodesWithAffinity()) {
            if (node.known()) {
                node.affinities().forEach((terms, pods) -> others(places, terms, pods, pod, node, namespaceLabels));
            }
        }
        if (places.isEmpty()) {
            return Status.SKIP;
        }
        state.write(State.class, new State(places));
        return Status.SUCCESS;
    }

    private static void own(PlaceCounts places, List<AffinityTerm> terms, ClusterView view, int sign) {
        for (AffinityTerm term : terms) {
            PodMatcher matcher = PodMatcher.all(List.of(term.clause(view)));
            for (NodeInfo node : view.nodes()) {
                places.add(term.topologyKey(), node, (long) sign * term.weight() * node.count(matcher));
            }
        }
    }

    private static void others(
            PlaceCounts places,
            AffinityTerms others,
            int count,
            PodInfo pod,
            NodeInfo node,
            Map<String, String> namespaceLabels) {
        for (AffinityTerm term : others.required()) {
            if (term.matches(pod, namespaceLabels)) {
                places.add(term.topologyKey(), node, (long) REQUIRED_WEIGHT * count);
            }
        }
        for (AffinityTerm term : others.preferred()) {
            if (term.matches(pod, namespaceLabels)) {
                places.add(term.topologyKey(), node, (long) term.weight() * count);
            }
        }
        for (AffinityTerm term : others.preferredAnti()) {
            if (term.matches(pod, namespaceLabels)) {
                places.add(term.topologyKey(), node, -(long) term.weight() * count);
            }
        }
    }

    @Override
    public long score(CycleState state, PodInfo pod, NodeInfo node) {
        PlaceCounts places = Objects.requireNonNull(state.read(State.class), "preScore comes first").places;
        long sum = 0;
        for (String key : places.keys()) {
            sum += places.at(key, node);
        }
        return sum;
    }

    /** The lowest becomes 0, the highest 100: scores may be negative. */
    @Override
    public void normalize(CycleState state, PodInfo pod, List<NodeInfo> nodes, long[] scores) {
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (long score : scores) {
            min = Math.min(min, score);
            max = Math.max(max, score);
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] = max == min ? 0 : (long) (MAX_SCORE * ((double) (scores[i] - min) / (max - min)));
        }
    }
}
