package io.kvorum.scheduler.plugins;

import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.ClusterView;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FilterPlugin;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.PreFilterPlugin;
import io.kvorum.scheduler.framework.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Spread constraints that must hold ({@code DoNotSchedule}): with the pod, a place may have at most {@code maxSkew} more
 * of the pods than the place with the fewest. {@link PodTopologySpreadScore} is about those that should.
 */
public final class PodTopologySpread implements PreFilterPlugin, FilterPlugin {
    static final String NAME = "PodTopologySpread";
    static final Status SKEWED = Status.unschedulable("node(s) didn't match pod topology spread constraints");
    static final Status NO_PLACE =
            Status.unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");

    private record State(List<Places> all) {}

    /** The pods by place for one constraint, with the fewest remembered until a count changes. */
    private static final class Places {
        private final SpreadConstraint constraint;
        private final boolean self;
        private final Map<String, Integer> counts = new HashMap<>();
        private int fewest = -1;

        Places(SpreadConstraint constraint, PodInfo pod) {
            this.constraint = constraint;
            this.self = constraint.pods().matches(pod);
        }

        void add(String place, int delta) {
            counts.merge(place, delta, Integer::sum);
            fewest = -1;
        }

        int fewest() {
            if (fewest < 0) {
                fewest = counts.size() < constraint.minDomains()
                        ? 0
                        : counts.values().stream()
                                .mapToInt(Integer::intValue)
                                .min()
                                .orElse(0);
            }
            return fewest;
        }

        boolean tooMany(String place) {
            return counts.getOrDefault(place, 0) + (self ? 1 : 0) - fewest() > constraint.maxSkew();
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<ClusterEvent.Kind> eventsToRegister() {
        return Set.of(
                ClusterEvent.Kind.NODE_ADD,
                ClusterEvent.Kind.NODE_DELETE,
                ClusterEvent.Kind.NODE_LABEL,
                ClusterEvent.Kind.NODE_TAINT,
                ClusterEvent.Kind.ASSIGNED_POD_ADD,
                ClusterEvent.Kind.ASSIGNED_POD_LABEL,
                ClusterEvent.Kind.ASSIGNED_POD_DELETE);
    }

    /** Pods that are spread with this one help, wherever they come or go: both change the fewest or the most. */
    @Override
    public boolean mayHelp(PodInfo waiting, ClusterEvent event) {
        List<SpreadConstraint> constraints = SpreadConstraint.of(waiting, "DoNotSchedule");
        return switch (event.kind()) {
            case ASSIGNED_POD_ADD, ASSIGNED_POD_DELETE -> {
                @Nullable PodInfo pod = event.pod();
                // Whether it is being deleted does not matter here.
                yield pod == null || pod.key().namespace().equals(waiting.key().namespace());
            }
            case NODE_ADD -> event.node() == null || SpreadConstraint.hasAllKeys(constraints, event.node());
            default -> true;
        };
    }

    @Override
    public Result preFilter(CycleState state, PodInfo pod, ClusterView view) {
        List<SpreadConstraint> constraints = SpreadConstraint.of(pod, "DoNotSchedule");
        if (constraints.isEmpty()) {
            return Result.SKIP;
        }
        List<Places> all = new ArrayList<>();
        constraints.forEach(constraint -> all.add(new Places(constraint, pod)));
        for (NodeInfo node : view.nodes()) {
            if (!SpreadConstraint.hasAllKeys(constraints, node)) {
                continue;
            }
            for (Places places : all) {
                SpreadConstraint constraint = places.constraint;
                if (constraint.counts(pod, node)) {
                    // Also with no pod at all: it makes the place one that is counted.
                    places.add(place(constraint, node), node.count(constraint.pods()));
                }
            }
        }
        state.write(State.class, new State(all));
        return Result.SUCCESS;
    }

    private static String place(SpreadConstraint constraint, NodeInfo node) {
        return Objects.requireNonNull(node.labels().get(constraint.topologyKey()));
    }

    @Override
    public void podAdded(CycleState state, PodInfo pod, PodInfo other, NodeInfo node) {
        change(state, pod, other, node, 1);
    }

    @Override
    public void podRemoved(CycleState state, PodInfo pod, PodInfo other, NodeInfo node) {
        change(state, pod, other, node, -1);
    }

    private static void change(CycleState state, PodInfo pod, PodInfo other, NodeInfo node, int delta) {
        @Nullable State known = state.read(State.class);
        if (known == null
                || !SpreadConstraint.hasAllKeys(
                        known.all.stream().map(places -> places.constraint).toList(), node)) {
            return;
        }
        for (Places places : known.all) {
            SpreadConstraint constraint = places.constraint;
            if (constraint.pods().matches(other) && constraint.counts(pod, node)) {
                places.add(place(constraint, node), delta);
            }
        }
    }

    @Override
    public Status filter(CycleState state, PodInfo pod, NodeInfo node) {
        State known = Objects.requireNonNull(state.read(State.class), "preFilter comes first");
        for (Places places : known.all) {
            @Nullable String place = node.labels().get(places.constraint.topologyKey());
            if (place == null) {
                return NO_PLACE;
            }
            if (places.tooMany(place)) {
                return SKEWED;
            }
        }
        return Status.SUCCESS;
    }
}
