package io.kvorum.scheduler.framework;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The filters over the nodes for one pod. First {@link #prepare}, then as many nodes as wanted. */
public final class FilterCycle {
    private final List<PreFilterPlugin> preFilters;
    private final List<FilterPlugin> filters;
    private final PodInfo pod;
    private final ClusterView view;
    private final CycleState state;
    private final Set<String> skipped = new HashSet<>();
    private final List<PreFilterPlugin> prepared = new ArrayList<>();
    private final List<FilterPlugin> asked = new ArrayList<>();
    private @Nullable Set<String> only;
    private Status outside = Status.SUCCESS;
    private Set<String> narrowing = Set.of();

    FilterCycle(
            List<PreFilterPlugin> preFilters,
            List<FilterPlugin> filters,
            CycleState state,
            PodInfo pod,
            ClusterView view) {
        this.preFilters = preFilters;
        this.filters = filters;
        this.state = state;
        this.pod = pod;
        this.view = view;
    }

    public PodInfo pod() {
        return pod;
    }

    public ClusterView view() {
        return view;
    }

    CycleState state() {
        return state;
    }

    /** Names of the plugins that have nothing to filter for this pod. */
    Set<String> skipped() {
        return skipped;
    }

    /** Names of the plugins that narrowed the nodes down before any was looked at. */
    Set<String> narrowing() {
        return narrowing;
    }

    /** The rejection of the pod as a whole, null when its nodes are to be looked at. */
    @Nullable
    Rejection prepare() {
        Set<String> narrow = new TreeSet<>();
        for (PreFilterPlugin plugin : preFilters) {
            PreFilterPlugin.Result result = plugin.preFilter(state, pod, view);
            if (result.status().skip()) {
                skipped.add(plugin.name());
                continue;
            }
            if (!result.status().success()) {
                return new Rejection(plugin.name(), result.status());
            }
            prepared.add(plugin);
            if (result.only() != null) {
                narrow.add(plugin.name());
                if (only == null) {
                    only = new LinkedHashSet<>(result.only());
                } else {
                    only.retainAll(result.only());
                }
            }
        }
        for (FilterPlugin plugin : filters) {
            if (!skipped.contains(plugin.name())) {
                asked.add(plugin);
            }
        }
        narrowing = narrow;
        outside = Status.unresolvable("node(s) didn't satisfy plugin(s) [" + String.join(" ", narrow) + "]");
        return null;
    }

    /** Whether {@code node} is worth a look. */
    boolean inside(NodeInfo node) {
        return only == null || only.contains(node.name());
    }

    /** What nodes get that are not {@link #inside}. */
    Rejection outside() {
        return new Rejection(String.join(" ", narrowing), outside);
    }

    /** Whether the nodes to look at were narrowed down. */
    boolean narrowed() {
        return only != null;
    }

    /**
     * Whether the pod fits on {@code node}, null for yes. Pods of at least its priority that are nominated to the node
     * count as being there; since they may end up elsewhere, the pod must fit without them too (it may need one of them
     * for its affinity).
     */
    public @Nullable Rejection filter(NodeInfo node) {
        List<PodInfo> promised = new ArrayList<>();
        for (PodInfo other : view.nominated(node.name())) {
            if (other.priority() >= pod.priority() && !other.key().equals(pod.key())) {
                promised.add(other);
            }
        }
        if (!promised.isEmpty()) {
            NodeInfo full = node.copy();
            promised.forEach(other -> add(other, full));
            @Nullable Rejection rejection = filterAsIs(full);
            promised.forEach(other -> remove(other, full));
            if (rejection != null) {
                return rejection;
            }
        }
        return filterAsIs(node);
    }

    private @Nullable Rejection filterAsIs(NodeInfo node) {
        for (FilterPlugin plugin : asked) {
            Status status = plugin.filter(state, pod, node);
            if (!status.success()) {
                return new Rejection(plugin.name(), status);
            }
        }
        return null;
    }

    /** Puts a pod on a node that is a copy, and lets the plugins know. {@link #remove} takes it back exactly. */
    public void add(PodInfo other, NodeInfo copy) {
        copy.add(other);
        prepared.forEach(plugin -> plugin.podAdded(state, pod, other, copy));
    }

    /** Takes a pod off a node that is a copy, and lets the plugins know. {@link #add} takes it back exactly. */
    public void remove(PodInfo other, NodeInfo copy) {
        copy.remove(other.key());
        prepared.forEach(plugin -> plugin.podRemoved(state, pod, other, copy));
    }
}
