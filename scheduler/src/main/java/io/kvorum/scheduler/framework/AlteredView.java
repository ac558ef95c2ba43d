package io.kvorum.scheduler.framework;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.kvorum.client.ObjectKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A cluster as it would be if one pod were not on its node. */
public final class AlteredView implements ClusterView {
    private final ClusterView view;
    private final NodeInfo node;
    private final ObjectKey absent;

    private AlteredView(ClusterView view, NodeInfo node, ObjectKey absent) {
        this.view = view;
        this.node = node;
        this.absent = absent;
    }

    /** @param node the name of the pod's node; the view itself is the answer if there is no such node */
    public static ClusterView without(ObjectKey pod, String node, ClusterView view) {
        @Nullable NodeInfo with = view.node(node);
        if (with == null) {
            return view;
        }
        NodeInfo without = with.copy();
        without.remove(pod);
        return new AlteredView(view, without, pod);
    }

    private NodeInfo altered(NodeInfo other) {
        return other.name().equals(node.name()) ? node : other;
    }

    @Override
    public List<NodeInfo> nodes() {
        return view.nodes().stream().map(this::altered).toList();
    }

    @Override
    public @Nullable NodeInfo node(String name) {
        return name.equals(node.name()) ? node : view.node(name);
    }

    @Override
    public Collection<NodeInfo> nodesWithAffinity() {
        return view.nodesWithAffinity().stream().map(this::altered).toList();
    }

    @Override
    public Collection<NodeInfo> nodesWithRequiredAntiAffinity() {
        return view.nodesWithRequiredAntiAffinity().stream().map(this::altered).toList();
    }

    @Override
    public Collection<PodInfo> nominated(String name) {
        return view.nominated(name).stream()
                .filter(pod -> !pod.key().equals(absent))
                .toList();
    }

    /** A pod that was on its node is promised none. */
    @Override
    public String nominatedNode(PodInfo pod) {
        return pod.key().equals(absent) ? "" : view.nominatedNode(pod);
    }

    @Override
    public Map<String, String> namespaceLabels(String namespace) {
        return view.namespaceLabels(namespace);
    }

    @Override
    public Set<String> namespaces(LabelSelector selector) {
        return view.namespaces(selector);
    }

    @Override
    public List<LabelSelector> groupsOf(PodInfo pod) {
        return view.groupsOf(pod);
    }

    @Override
    public List<PodDisruptionBudget> disruptionBudgets() {
        return view.disruptionBudgets();
    }
}
