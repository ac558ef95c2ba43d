package io.kvorum.scheduler.framework;

/** A change in the cluster that may make a rejected pod schedulable. */
public enum ClusterEvent {
    NODE_ADD,
    /** A node's allocatable resources. */
    NODE_ALLOCATABLE,
    NODE_LABEL,
    /** A node's taints, or whether it is cordoned. */
    NODE_TAINT,
    /** A pod has left its node, or needs less. */
    ASSIGNED_POD_DELETE
}
