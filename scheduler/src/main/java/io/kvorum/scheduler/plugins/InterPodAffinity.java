package io.kvorum.scheduler.plugins;

import io.kvorum.scheduler.framework.AffinityTerm;
import io.kvorum.scheduler.framework.AffinityTerms;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.ClusterView;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FilterPlugin;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.PodMatcher;
import io.kvorum.scheduler.framework.PreFilterPlugin;
import io.kvorum.scheduler.framework.Status;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Required pod affinity and anti-affinity. Anti-affinity is symmetric: a pod on a node keeps others away as well. Before
 * the nodes are filtered, the pods that matter are counted by <em>place</em>, a value of a topology key; a node is then
 * a few look-ups. {@link InterPodAffinityScore} is about what is only preferred.
 */
public final class InterPodAffinity implements PreFilterPlugin, FilterPlugin {
    static final String NAME = "InterPodAffinity";
    static final Status NOT_NEAR = Status.unresolvable("node(s) didn't match pod affinity rules");
    static final Status TOO_NEAR = Status.unschedulable("node(s) didn't match pod anti-affinity rules");
    static final Status REPELLED = Status.unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");

    /**
     * What is counted for one pod.
     *
     * @param wanted selects the pods that satisfy all its affinity terms at once
     * @param unwanted selects, by anti-affinity term, the pods to keep away from
     * @param near places of pods that satisfy all affinity terms, by term
     * @param far places of pods to keep away from
     * @param repelling places of pods that keep this one away
     */
    private record State(
            PodMatcher wanted,
            List<PodMatcher> unwanted,
            PlaceCounts near,
            PlaceCounts far,
            PlaceCounts repelling,
            Map<String, String> namespaceLabels) {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<ClusterEvent.Kind> eventsToRegister() {
        return Set.of(
                ClusterEvent.Kind.NODE_ADD,
                ClusterEvent.Kind.NODE_LABEL,
                ClusterEvent.Kind.ASSIGNED_POD_ADD,
                ClusterEvent.Kind.ASSIGNED_POD_LABEL,
                ClusterEvent.Kind.ASSIGNED_POD_DELETE,
                ClusterEvent.Kind.NAMESPACE_LABEL);
    }

    @Override
    public boolean mayHelp(PodInfo waiting, ClusterEvent event) {
        return switch (event.kind()) {
            // A new pod may be the one to be near; one that is gone, the one to keep away from or that kept away.
            case ASSIGNED_POD_ADD ->
                event.pod() == null || concerns(waiting.affinity().required(), event.pod());
            case ASSIGNED_POD_DELETE ->
                event.pod() == null
                        || concerns(waiting.affinity().requiredAnti(), event.pod())
                        || concerns(event.pod().affinity().requiredAnti(), waiting);
            case NODE_ADD, NODE_LABEL -> event.node() == null || hasAPlace(waiting, event.node());
            default -> true;
        };
    }

    /** Whether {@code pod} is meant by one of the terms; where a namespace selector decides, yes. */
    private static boolean concerns(List<AffinityTerm> terms, PodInfo pod) {
        for (AffinityTerm term : terms) {
            AffinityTerm wide = term.namespaceSelector() == null
                    ? term
                    : new AffinityTerm(
                            Set.of(pod.key().namespace()), null, term.selector(), term.topologyKey(), term.weight());
            if (wide.matches(pod, Map.of())) {
                return true;
            }
        }
        return false;
    }

    /** Every affinity term needs a value of its key. */
    private static boolean hasAPlace(PodInfo pod, NodeInfo node) {
        return pod.affinity().required().stream().allMatch(term -> node.labels().containsKey(term.topologyKey()));
    }

    @Override
    public Result preFilter(CycleState state, PodInfo pod, ClusterView view) {
        List<AffinityTerm> near = pod.affinity().required();
        List<AffinityTerm> far = pod.affinity().requiredAnti();
        State counted = new State(
                PodMatcher.all(near.stream().map(term -> term.clause(view)).toList()),
                far.stream()
                        .map(term -> PodMatcher.all(List.of(term.clause(view))))
                        .toList(),
                new PlaceCounts(),
                new PlaceCounts(),
                new PlaceCounts(),
                view.namespaceLabels(pod.key().namespace()));
        for (NodeInfo node : view.nodesWithRequiredAntiAffinity()) {
            if (node.known()) {
                node.affinities().forEach((terms, pods) -> repel(counted, pod, terms, node, pods));
            }
        }
        if (near.isEmpty() && far.isEmpty() && counted.repelling.isEmpty()) {
            return Result.SKIP;
        }
        if (!near.isEmpty() || !far.isEmpty()) {
            for (NodeInfo node : view.nodes()) {
                if (!near.isEmpty()) {
                    count(counted.near, near, node, node.count(counted.wanted));
                }
                for (int i = 0; i < far.size(); i++) {
                    counted.far.add(far.get(i).topologyKey(), node, node.count(counted.unwanted.get(i)));
                }
            }
        }
        state.write(State.class, counted);
        return Result.SUCCESS;
    }

    private static void count(PlaceCounts counts, List<AffinityTerm> terms, NodeInfo node, int pods) {
        if (pods != 0) {
            for (AffinityTerm term : terms) {
                counts.add(term.topologyKey(), node, pods);
            }
        }
    }

    private static void repel(State state, PodInfo pod, AffinityTerms others, NodeInfo node, int delta) {
        for (AffinityTerm term : others.requiredAnti()) {
            if (term.matches(pod, state.namespaceLabels)) {
                state.repelling.add(term.topologyKey(), node, delta);
            }
        }
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
        @Nullable State counted = state.read(State.class);
        if (counted == null) {
            return;
        }
        repel(counted, pod, other.affinity(), node, delta);
        List<AffinityTerm> near = pod.affinity().required();
        if (!near.isEmpty() && counted.wanted.matches(other)) {
            count(counted.near, near, node, delta);
        }
        List<AffinityTerm> far = pod.affinity().requiredAnti();
        for (int i = 0; i < far.size(); i++) {
            if (counted.unwanted.get(i).matches(other)) {
                counted.far.add(far.get(i).topologyKey(), node, delta);
            }
        }
    }

    @Override
    public Status filter(CycleState state, PodInfo pod, NodeInfo node) {
        State counted = Objects.requireNonNull(state.read(State.class), "preFilter comes first");
        if (!nearOthers(counted, pod, node)) {
            return NOT_NEAR;
        }
        for (AffinityTerm term : pod.affinity().requiredAnti()) {
            if (counted.far.at(term.topologyKey(), node) > 0) {
                return TOO_NEAR;
            }
        }
        for (String key : counted.repelling.keys()) {
            if (counted.repelling.at(key, node) > 0) {
                return REPELLED;
            }
        }
        return Status.SUCCESS;
    }

    private static boolean nearOthers(State counted, PodInfo pod, NodeInfo node) {
        List<AffinityTerm> terms = pod.affinity().required();
        if (terms.isEmpty()) {
            return true;
        }
        if (!hasAPlace(pod, node)) {
            return false;
        }
        if (terms.stream().allMatch(term -> counted.near.at(term.topologyKey(), node) > 0)) {
            return true;
        }
        // The first of a group that wants to be together has nobody to be near: it may go anywhere.
        return counted.near.isEmpty() && counted.wanted.matches(pod);
    }
}
