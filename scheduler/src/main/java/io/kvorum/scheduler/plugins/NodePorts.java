package io.kvorum.scheduler.plugins;

import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FilterPlugin;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.PreFilterPlugin;
import io.kvorum.scheduler.framework.Status;
import java.util.Set;

/** Two pods on one node cannot bind the same host port. */
public final class NodePorts implements PreFilterPlugin, FilterPlugin {
    static final Status REJECTED = Status.unschedulable("node(s) didn't have free ports for the requested pod ports");

    @Override
    public String name() {
        return "NodePorts";
    }

    @Override
    public Set<ClusterEvent> eventsToRegister() {
        return Set.of(ClusterEvent.NODE_ADD, ClusterEvent.ASSIGNED_POD_DELETE);
    }

    @Override
    public Status preFilter(CycleState state, PodInfo pod) {
        return pod.hostPorts().isEmpty() ? Status.SKIP : Status.SUCCESS;
    }

    @Override
    public Status filter(CycleState state, PodInfo pod, NodeInfo node) {
        for (PodInfo other : node.pods()) {
            for (PodInfo.HostPort used : other.hostPorts()) {
                if (pod.hostPorts().stream().anyMatch(used::conflicts)) {
                    return REJECTED;
                }
            }
        }
        return Status.SUCCESS;
    }
}
