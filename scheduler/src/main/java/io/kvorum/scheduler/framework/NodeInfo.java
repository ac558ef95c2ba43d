package io.kvorum.scheduler.framework;

import io.fabric8.kubernetes.api.model.Node;
import io.kvorum.client.ObjectKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node and the pods on it, with their requests summed up. Owned by the cache; plugins only read it. */
public final class NodeInfo {
    private final String name;
    private @Nullable Node node;
    private Resources allocatable = Resources.NONE;
    private Resources requested = Resources.NONE;
    private Resources scoringRequested = Resources.NONE;
    private final Map<ObjectKey, PodInfo> pods = new HashMap<>();

    public NodeInfo(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** @throws IllegalStateException when only pods of this node are known; such a node is no candidate */
    public Node node() {
        if (node == null) {
            throw new IllegalStateException("node " + name + " is not known");
        }
        return node;
    }

    public boolean known() {
        return node != null;
    }

    public Resources allocatable() {
        return allocatable;
    }

    /** What the pods on it need together. */
    public Resources requested() {
        return requested;
    }

    /** What they count for in scores; see {@link PodInfo#scoringRequests}. */
    public Resources scoringRequested() {
        return scoringRequested;
    }

    public Collection<PodInfo> pods() {
        return pods.values();
    }

    public void setNode(@Nullable Node node) {
        this.node = node;
        this.allocatable = node == null || node.getStatus() == null
                ? Resources.NONE
                : Resources.of(node.getStatus().getAllocatable());
    }

    public void add(PodInfo pod) {
        remove(pod.key());
        pods.put(pod.key(), pod);
        requested = requested.plus(pod.requests());
        scoringRequested = scoringRequested.plus(pod.scoringRequests());
    }

    public void remove(ObjectKey key) {
        @Nullable PodInfo gone = pods.remove(key);
        if (gone != null) {
            requested = requested.minus(gone.requests());
            scoringRequested = scoringRequested.minus(gone.scoringRequests());
        }
    }
}
