package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.kvorum.client.LabelSelectors;
import io.kvorum.scheduler.cache.Nominations;
import io.kvorum.scheduler.framework.ClusterView;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A cluster of given nodes, for tests of plugins. */
public final class TestView implements ClusterView {
    private final List<NodeInfo> nodes;
    public final Map<String, Map<String, String>> namespaces = new HashMap<>();
    public final List<LabelSelector> groups = new ArrayList<>();
    public final List<PodDisruptionBudget> budgets = new ArrayList<>();
    public final Nominations nominations = new Nominations();

    public TestView(List<NodeInfo> nodes) {
        this.nodes = nodes;
    }

    public static TestView of(NodeInfo... nodes) {
        return new TestView(Arrays.asList(nodes));
    }

    @Override
    public List<NodeInfo> nodes() {
        return nodes;
    }

    @Override
    public @Nullable NodeInfo node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    @Override
    public Collection<NodeInfo> nodesWithAffinity() {
        return nodes.stream().filter(node -> !node.affinities().isEmpty()).toList();
    }

    @Override
    public Collection<NodeInfo> nodesWithRequiredAntiAffinity() {
        return nodes.stream().filter(NodeInfo::repels).toList();
    }

    @Override
    public Collection<PodInfo> nominated(String node) {
        return nominations.on(node);
    }

    @Override
    public String nominatedNode(PodInfo pod) {
        return nominations.of(pod.key());
    }

    @Override
    public Map<String, String> namespaceLabels(String namespace) {
        return namespaces.getOrDefault(namespace, Map.of());
    }

    @Override
    public Set<String> namespaces(LabelSelector selector) {
        Set<String> selected = new HashSet<>();
        namespaces.forEach((name, labels) -> {
            if (LabelSelectors.matches(selector, labels)) {
                selected.add(name);
            }
        });
        return selected;
    }

    @Override
    public List<LabelSelector> groupsOf(PodInfo pod) {
        return groups;
    }

    @Override
    public List<PodDisruptionBudget> disruptionBudgets() {
        return budgets;
    }
}
