package io.kvorum.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FilterPlugin;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.Status;
import java.util.Set;

/** A cordoned node takes only pods that tolerate the taint which stands for it. */
public final class NodeUnschedulable implements FilterPlugin {
    static final Status REJECTED = Status.unresolvable("node(s) were unschedulable");
    private static final Taint CORDONED = new TaintBuilder()
            .withKey("node.kubernetes.io/unschedulable")
            .withEffect("NoSchedule")
            .build();

    @Override
    public String name() {
        return "NodeUnschedulable";
    }

    @Override
    public Set<ClusterEvent.Kind> eventsToRegister() {
        return Set.of(ClusterEvent.Kind.NODE_ADD, ClusterEvent.Kind.NODE_TAINT);
    }

    @Override
    public boolean mayHelp(PodInfo waiting, ClusterEvent event) {
        return event.node() == null || accepts(waiting, event.node());
    }

    @Override
    public Status filter(CycleState state, PodInfo pod, NodeInfo node) {
        return accepts(pod, node) ? Status.SUCCESS : REJECTED;
    }

    private static boolean accepts(PodInfo pod, NodeInfo node) {
        boolean cordoned = node.node().getSpec() != null
                && Boolean.TRUE.equals(node.node().getSpec().getUnschedulable());
        return !cordoned || Tolerations.tolerate(pod.spec().getTolerations(), CORDONED);
    }
}
