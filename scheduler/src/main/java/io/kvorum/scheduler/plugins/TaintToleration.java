package io.kvorum.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Taint;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FilterPlugin;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.ScorePlugin;
import io.kvorum.scheduler.framework.Status;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps pods off nodes whose taints they do not tolerate, and ranks nodes by untolerated {@code PreferNoSchedule} taints. */
public final class TaintToleration implements FilterPlugin, ScorePlugin {
    @Override
    public String name() {
        return "TaintToleration";
    }

    @Override
    public Set<ClusterEvent.Kind> eventsToRegister() {
        return Set.of(ClusterEvent.Kind.NODE_ADD, ClusterEvent.Kind.NODE_TAINT);
    }

    @Override
    public int weight() {
        return 3;
    }

    @Override
    public boolean mayHelp(PodInfo waiting, ClusterEvent event) {
        return event.node() == null || untolerated(waiting, event.node()) == null;
    }

    @Override
    public Status filter(CycleState state, PodInfo pod, NodeInfo node) {
        @Nullable Taint taint = untolerated(pod, node);
        return taint == null
                ? Status.SUCCESS
                : Status.unresolvable("node(s) had untolerated taint {" + taint.getKey() + ": "
                        + Tolerations.text(taint.getValue()) + "}");
    }

    /** The first taint that keeps {@code pod} off {@code node}, null for none. */
    static @Nullable Taint untolerated(PodInfo pod, NodeInfo node) {
        for (Taint taint : taints(node)) {
            boolean repels = "NoSchedule".equals(taint.getEffect()) || "NoExecute".equals(taint.getEffect());
            if (repels && !Tolerations.tolerate(pod.spec().getTolerations(), taint)) {
                return taint;
            }
        }
        return null;
    }

    @Override
    public long score(CycleState state, PodInfo pod, NodeInfo node) {
        return taints(node).stream()
                .filter(taint -> "PreferNoSchedule".equals(taint.getEffect()))
                .filter(taint -> !Tolerations.tolerate(pod.spec().getTolerations(), taint))
                .count();
    }

    @Override
    public void normalize(CycleState state, PodInfo pod, List<NodeInfo> nodes, long[] scores) {
        ScorePlugin.stretch(scores, true);
    }

    private static List<Taint> taints(NodeInfo node) {
        return node.node().getSpec() == null ? List.of() : node.node().getSpec().getTaints();
    }
}
