package io.kvorum.scheduler.cache;

import io.fabric8.kubernetes.api.model.Node;
import io.kvorum.client.ObjectKey;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The nodes and the pods on them. A pod is <em>assumed</em> on a node as soon as it is decided, so that the next pod is
 * not placed into the same gap; the watch confirms it, or a failed binding takes it back. Belongs to one context.
 */
public final class SchedulerCache {
    /** Where a pod counts, and whether only by assumption. */
    private record Place(String node, PodInfo pod, boolean assumed) {}

    private final Map<String, NodeInfo> nodes = new LinkedHashMap<>();
    private final Map<ObjectKey, Place> places = new HashMap<>();
    private final Set<NodeInfo> withAffinity = new LinkedHashSet<>();
    private final Set<NodeInfo> withRequiredAntiAffinity = new LinkedHashSet<>();
    private @Nullable List<NodeInfo> candidates;

    /** The nodes a pod may be placed on, in the order in which they became known. */
    public List<NodeInfo> nodes() {
        if (candidates == null) {
            List<NodeInfo> known = new ArrayList<>();
            for (NodeInfo info : nodes.values()) {
                if (info.known()) {
                    known.add(info);
                }
            }
            candidates = known;
        }
        return candidates;
    }

    /** One of {@link #nodes}, or null. */
    public @Nullable NodeInfo known(String name) {
        @Nullable NodeInfo info = nodes.get(name);
        return info != null && info.known() ? info : null;
    }

    /** The nodes with a pod that has any pod affinity or anti-affinity. */
    public Collection<NodeInfo> nodesWithAffinity() {
        return withAffinity;
    }

    /** The nodes with a pod that has a required anti-affinity. */
    public Collection<NodeInfo> nodesWithRequiredAntiAffinity() {
        return withRequiredAntiAffinity;
    }

    public NodeInfo putNode(Node node) {
        candidates = null;
        NodeInfo info = node(node.getMetadata().getName());
        info.setNode(node);
        return info;
    }

    /** Its pods go on counting until they are deleted: the node may come back before they are. */
    public void removeNode(String name) {
        candidates = null;
        @Nullable NodeInfo info = nodes.get(name);
        if (info != null) {
            info.setNode(null);
            dropIfUnused(info);
        }
    }

    /** The decision for {@code pod} is {@code node}. */
    public void assume(PodInfo pod, String node) {
        if (places.containsKey(pod.key())) {
            throw new IllegalStateException("pod " + pod.key() + " is on a node already: " + places.get(pod.key()));
        }
        place(pod, node, true);
    }

    /** The binding of an assumed pod failed. No effect when the watch has confirmed it meanwhile. */
    public void forget(ObjectKey pod) {
        @Nullable Place place = places.get(pod);
        if (place != null && place.assumed) {
            removePod(pod);
        }
    }

    /** The watch shows {@code pod} on {@code node}; it counts there, wherever it was assumed. */
    public void putPod(PodInfo pod, String node) {
        removePod(pod.key());
        place(pod, node, false);
    }

    /** Whether there was such a pod. */
    public boolean removePod(ObjectKey pod) {
        @Nullable Place place = places.remove(pod);
        if (place == null) {
            return false;
        }
        @Nullable NodeInfo info = nodes.get(place.node);
        if (info != null) {
            info.remove(pod);
            note(info);
            dropIfUnused(info);
        }
        return true;
    }

    public boolean placed(ObjectKey pod) {
        return places.containsKey(pod);
    }

    /** The pod as it counts, null when it is on no node. */
    public @Nullable PodInfo pod(ObjectKey key) {
        @Nullable Place place = places.get(key);
        return place == null ? null : place.pod;
    }

    /** The name of the node on which it counts, empty for none. */
    public String nodeOf(ObjectKey key) {
        @Nullable Place place = places.get(key);
        return place == null ? "" : place.node;
    }

    private void place(PodInfo pod, String node, boolean assumed) {
        places.put(pod.key(), new Place(node, pod, assumed));
        NodeInfo info = node(node);
        info.add(pod);
        note(info);
    }

    private void note(NodeInfo info) {
        if (info.affinities().isEmpty()) {
            withAffinity.remove(info);
        } else {
            withAffinity.add(info);
        }
        if (info.repels()) {
            withRequiredAntiAffinity.add(info);
        } else {
            withRequiredAntiAffinity.remove(info);
        }
    }

    private NodeInfo node(String name) {
        return nodes.computeIfAbsent(name, NodeInfo::new);
    }

    private void dropIfUnused(NodeInfo info) {
        if (!info.known() && info.pods().isEmpty()) {
            nodes.remove(info.name());
        }
    }
}
