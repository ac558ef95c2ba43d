package io.kvorum.scheduler.framework;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What plugins see of the cluster during one scheduling cycle, which is one turn of the event loop: nothing changes
 * under their hands, so the cache itself is the snapshot and nothing is copied.
 */
public interface ClusterView {
    /** The nodes a pod may be placed on. */
    List<NodeInfo> nodes();

    /** One of {@link #nodes}, or null. */
    @Nullable
    NodeInfo node(String name);

    /** The nodes with a pod that has any pod affinity or anti-affinity. */
    Collection<NodeInfo> nodesWithAffinity();

    /** The nodes with a pod that has a required anti-affinity. */
    Collection<NodeInfo> nodesWithRequiredAntiAffinity();

    /** Pods that are promised a node on which others are still being ended for them. */
    Collection<PodInfo> nominated(String node);

    /** The node that {@code pod} is promised itself; empty for none. */
    String nominatedNode(PodInfo pod);

    /** Empty when the namespace is not known. */
    Map<String, String> namespaceLabels(String namespace);

    /** The namespaces whose labels satisfy {@code selector}; the caller's to change. */
    Set<String> namespaces(LabelSelector selector);

    /** The selectors of the services and of the controller that {@code pod} belongs to; those are spread by default. */
    List<LabelSelector> groupsOf(PodInfo pod);

    List<PodDisruptionBudget> disruptionBudgets();
}
