package io.kvorum.scheduler.framework;

import org.jspecify.annotations.Nullable;

/**
 * A change in the cluster that may make a rejected pod schedulable.
 *
 * @param node the node as it is after the change; set for the kinds that begin with {@code NODE}, but for
 *     {@code NODE_DELETE}
 * @param pod the pod that changed; may be set for the kinds that begin with {@code ASSIGNED_POD}
 * @param podNode the node of {@code pod}; null when it is not known
 */
public record ClusterEvent(
        Kind kind,
        @Nullable NodeInfo node,
        @Nullable PodInfo pod,
        @Nullable NodeInfo podNode) {
    /** What changed. */
    public enum Kind {
        NODE_ADD,
        /** A node is gone, and with it perhaps the place with the fewest pods. */
        NODE_DELETE,
        /** A node's allocatable resources. */
        NODE_ALLOCATABLE,
        NODE_LABEL,
        /** A node's taints, or whether it is cordoned. */
        NODE_TAINT,
        /** A pod was placed on a node. */
        ASSIGNED_POD_ADD,
        /** A pod on a node got other labels. */
        ASSIGNED_POD_LABEL,
        /** A pod has left its node, or needs less. */
        ASSIGNED_POD_DELETE,
        /** A namespace got other labels. */
        NAMESPACE_LABEL
    }

    public static ClusterEvent ofNode(Kind kind, NodeInfo node) {
        return new ClusterEvent(kind, node, null, null);
    }

    public static ClusterEvent ofPod(Kind kind, @Nullable PodInfo pod, @Nullable NodeInfo podNode) {
        return new ClusterEvent(kind, null, pod, podNode);
    }

    public static ClusterEvent ofNodeGone() {
        return new ClusterEvent(Kind.NODE_DELETE, null, null, null);
    }

    public static ClusterEvent ofNamespace() {
        return new ClusterEvent(Kind.NAMESPACE_LABEL, null, null, null);
    }
}
