package io.kvorum.scheduler.plugins;

import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.ClusterView;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.Resources;
import io.kvorum.scheduler.framework.ScorePlugin;
import io.kvorum.scheduler.framework.Status;
import java.util.List;
import java.util.Set;

/** Prefers nodes whose CPU and memory would be used to the same degree, so that neither is left over. */
public final class NodeResourcesBalancedAllocation implements ScorePlugin {
    @Override
    public String name() {
        return "NodeResourcesBalancedAllocation";
    }

    @Override
    public Set<ClusterEvent.Kind> eventsToRegister() {
        return Set.of();
    }

    @Override
    public int weight() {
        return 1;
    }

    /** A pod without requests changes no balance. */
    @Override
    public Status preScore(CycleState state, PodInfo pod, ClusterView view, List<NodeInfo> feasible) {
        return pod.requests().milliCpu() == 0 && pod.requests().memory() == 0 ? Status.SKIP : Status.SUCCESS;
    }

    @Override
    public long score(CycleState state, PodInfo pod, NodeInfo node) {
        Resources after = node.requested().plus(pod.requests());
        if (node.allocatable().milliCpu() == 0 || node.allocatable().memory() == 0) {
            // One resource is in balance with itself.
            return MAX_SCORE;
        }
        double cpu = share(after.milliCpu(), node.allocatable().milliCpu());
        double memory = share(after.memory(), node.allocatable().memory());
        // The standard deviation of two numbers is half their difference.
        return (long) ((1 - Math.abs(cpu - memory) / 2) * MAX_SCORE);
    }

    private static double share(long used, long capacity) {
        return Math.min(1.0, (double) used / capacity);
    }
}
