package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.kvorum.client.Informers;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.OwnerReferences;
import io.kvorum.scheduler.cache.Nominations;
import io.kvorum.scheduler.cache.SchedulerCache;
import io.kvorum.scheduler.framework.ClusterView;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The cluster as it is now: nodes and pods from the cache, the rest from informers. */
final class LiveView implements ClusterView {
    private final SchedulerCache cache;
    private final Nominations nominations;
    private final Lister<Namespace> namespaces;
    private final Lister<Service> services;
    private final Lister<ReplicaSet> replicaSets;
    private final Lister<ReplicationController> replicationControllers;
    private final Lister<StatefulSet> statefulSets;
    private final Lister<PodDisruptionBudget> budgets;

    LiveView(SchedulerCache cache, Nominations nominations, Informers informers) {
        this.cache = cache;
        this.nominations = nominations;
        this.namespaces = informers.of(Namespace.class).lister();
        this.services = informers.of(Service.class).lister();
        this.replicaSets = informers.of(ReplicaSet.class).lister();
        this.replicationControllers = informers.of(ReplicationController.class).lister();
        this.statefulSets = informers.of(StatefulSet.class).lister();
        this.budgets = informers.of(PodDisruptionBudget.class).lister();
    }

    @Override
    public List<NodeInfo> nodes() {
        return cache.nodes();
    }

    @Override
    public @Nullable NodeInfo node(String name) {
        return cache.known(name);
    }

    @Override
    public Collection<NodeInfo> nodesWithAffinity() {
        return cache.nodesWithAffinity();
    }

    @Override
    public Collection<NodeInfo> nodesWithRequiredAntiAffinity() {
        return cache.nodesWithRequiredAntiAffinity();
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
        @Nullable Namespace found = namespaces.get(new ObjectKey("", namespace));
        @Nullable
        Map<String, String> labels = found == null ? null : found.getMetadata().getLabels();
        return labels == null ? Map.of() : labels;
    }

    @Override
    public Set<String> namespaces(LabelSelector selector) {
        Set<String> selected = new HashSet<>();
        for (Namespace namespace : namespaces.list()) {
            if (LabelSelectors.matches(selector, namespace.getMetadata().getLabels())) {
                selected.add(namespace.getMetadata().getName());
            }
        }
        return selected;
    }

    @Override
    public List<LabelSelector> groupsOf(PodInfo pod) {
        List<LabelSelector> groups = new ArrayList<>();
        for (Service service : services.inNamespace(pod.key().namespace())) {
            @Nullable
            Map<String, String> selector =
                    service.getSpec() == null ? null : service.getSpec().getSelector();
            if (selector != null && !selector.isEmpty() && LabelSelectors.matches(selector, pod.labels())) {
                groups.add(labels(selector));
            }
        }
        @Nullable OwnerReference owner = OwnerReferences.controllerOf(pod.pod());
        @Nullable
        LabelSelector controlled =
                owner == null ? null : selector(owner, pod.key().namespace());
        if (controlled != null) {
            groups.add(controlled);
        }
        return groups;
    }

    private @Nullable LabelSelector selector(OwnerReference owner, String namespace) {
        ObjectKey key = new ObjectKey(namespace, owner.getName());
        switch (owner.getKind()) {
            case "ReplicaSet" -> {
                @Nullable ReplicaSet found = replicaSets.get(key);
                return found == null ? null : found.getSpec().getSelector();
            }
            case "StatefulSet" -> {
                @Nullable StatefulSet found = statefulSets.get(key);
                return found == null ? null : found.getSpec().getSelector();
            }
            case "ReplicationController" -> {
                @Nullable ReplicationController found = replicationControllers.get(key);
                return found == null ? null : labels(found.getSpec().getSelector());
            }
            default -> {
                return null;
            }
        }
    }

    private static LabelSelector labels(Map<String, String> labels) {
        return new LabelSelectorBuilder().withMatchLabels(labels).build();
    }

    @Override
    public List<PodDisruptionBudget> disruptionBudgets() {
        return budgets.list();
    }
}
