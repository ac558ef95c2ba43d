package io.kvorum.scheduler.plugins;

import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FilterPlugin;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.Status;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A pod that names its node goes nowhere else. */
public final class NodeName implements FilterPlugin {
    static final Status REJECTED = Status.unresolvable("node(s) didn't match the requested node name");

    @Override
    public String name() {
        return "NodeName";
    }

    @Override
    public Set<ClusterEvent.Kind> eventsToRegister() {
        return Set.of(ClusterEvent.Kind.NODE_ADD);
    }

    @Override
    public boolean mayHelp(PodInfo waiting, ClusterEvent event) {
        return event.node() == null || wants(waiting, event.node());
    }

    @Override
    public Status filter(CycleState state, PodInfo pod, NodeInfo node) {
        return wants(pod, node) ? Status.SUCCESS : REJECTED;
    }

    private static boolean wants(PodInfo pod, NodeInfo node) {
        @Nullable String wanted = pod.spec().getNodeName();
        return wanted == null || wanted.isEmpty() || wanted.equals(node.name());
    }
}
