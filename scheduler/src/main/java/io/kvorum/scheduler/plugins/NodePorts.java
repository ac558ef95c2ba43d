package io.kvorum.scheduler.plugins;

import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.ClusterView;
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
    public Set<ClusterEvent.Kind> eventsToRegister() {
        return Set.of(ClusterEvent.Kind.NODE_ADD, ClusterEvent.Kind.ASSIGNED_POD_DELETE);
    }

    /** A pod that leaves helps when it held one of the ports. */
    @Override
    public boolean mayHelp(PodInfo waiting, ClusterEvent event) {
        return event.pod() == null
                || event.pod().hostPorts().stream()
                        .anyMatch(held -> waiting.hostPorts().stream().anyMatch(held::conflicts));
    }

    @Override
    public Result preFilter(CycleState state, PodInfo pod, ClusterView view) {
        return pod.hostPorts().isEmpty() ? Result.SKIP : Result.SUCCESS;
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
