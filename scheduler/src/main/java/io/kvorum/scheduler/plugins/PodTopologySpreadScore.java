package io.kvorum.scheduler.plugins;

import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.ClusterView;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.ScorePlugin;
import io.kvorum.scheduler.framework.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Spread constraints that should hold ({@code ScheduleAnyway}), or the system's for a pod without any. The fewer of the
 * pods are at a node's places, the better the node; a key with few values counts for less, for its places are large.
 */
public final class PodTopologySpreadScore implements ScorePlugin {
    /** One constraint. @param counts by place; those of single nodes are looked up on the node itself */
    private record Weighed(SpreadConstraint constraint, double weight, Map<String, Integer> counts) {
        boolean byNode() {
            return constraint.topologyKey().equals(SpreadConstraint.HOSTNAME);
        }
    }

    /** @param ignored names of nodes that lack a key: they are worst */
    private record State(List<Weighed> constraints, Set<String> ignored) {}

    @Override
    public String name() {
        return PodTopologySpread.NAME;
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
        List<SpreadConstraint> own = SpreadConstraint.of(pod, "ScheduleAnyway");
        List<SpreadConstraint> constraints = own.isEmpty() ? SpreadConstraint.ofTheSystem(pod, view) : own;
        if (constraints.isEmpty()) {
            return Status.SKIP;
        }
        // The system's constraints also serve clusters without zones, so a missing key is no fault there.
        boolean allKeys = !own.isEmpty();
        Set<String> ignored = new HashSet<>();
        List<Map<String, Integer>> places = new ArrayList<>();
        constraints.forEach(constraint -> places.add(new HashMap<>()));
        for (NodeInfo node : feasible) {
            if (allKeys && !SpreadConstraint.hasAllKeys(constraints, node)) {
                ignored.add(node.name());
                continue;
            }
            for (int i = 0; i < places.size(); i++) {
                String value = node.labels().getOrDefault(constraints.get(i).topologyKey(), "");
                places.get(i).put(value, 0);
            }
        }
        List<Weighed> weighed = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            boolean byNode = constraints.get(i).topologyKey().equals(SpreadConstraint.HOSTNAME);
            int size = byNode ? feasible.size() - ignored.size() : places.get(i).size();
            weighed.add(new Weighed(constraints.get(i), Math.log(size + 2), places.get(i)));
        }
        for (NodeInfo node : view.nodes()) {
            if (!allKeys || SpreadConstraint.hasAllKeys(constraints, node)) {
                weighed.forEach(each -> count(each, pod, node));
            }
        }
        state.write(State.class, new State(weighed, ignored));
        return Status.SUCCESS;
    }

    private static void count(Weighed weighed, PodInfo pod, NodeInfo node) {
        SpreadConstraint constraint = weighed.constraint;
        if (weighed.byNode() || !constraint.counts(pod, node)) {
            return;
        }
        String place = node.labels().getOrDefault(constraint.topologyKey(), "");
        weighed.counts.computeIfPresent(place, (name, count) -> count + node.count(constraint.pods()));
    }

    @Override
    public long score(CycleState state, PodInfo pod, NodeInfo node) {
        State known = Objects.requireNonNull(state.read(State.class), "preScore comes first");
        if (known.ignored.contains(node.name())) {
            return 0;
        }
        double sum = 0;
        for (Weighed weighed : known.constraints) {
            @Nullable String place = node.labels().get(weighed.constraint.topologyKey());
            if (place != null) {
                int count = weighed.byNode()
                        ? node.count(weighed.constraint.pods())
                        : weighed.counts.getOrDefault(place, 0);
                // A higher maximal skew lets small differences vanish behind it.
                sum += count * weighed.weight + (weighed.constraint.maxSkew() - 1);
            }
        }
        return Math.round(sum);
    }

    /** Few pods are good: the lowest number becomes 100. */
    @Override
    public void normalize(CycleState state, PodInfo pod, List<NodeInfo> nodes, long[] scores) {
        Set<String> ignored = Objects.requireNonNull(state.read(State.class)).ignored;
        long min = Long.MAX_VALUE;
        long max = 0;
        for (int i = 0; i < scores.length; i++) {
            if (!ignored.contains(nodes.get(i).name())) {
                min = Math.min(min, scores[i]);
                max = Math.max(max, scores[i]);
            }
        }
        for (int i = 0; i < scores.length; i++) {
            if (ignored.contains(nodes.get(i).name())) {
                scores[i] = 0;
            } else {
                scores[i] = max == 0 ? MAX_SCORE : MAX_SCORE * (max + min - scores[i]) / max;
            }
        }
    }
}
