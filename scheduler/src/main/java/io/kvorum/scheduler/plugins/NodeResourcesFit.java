package io.kvorum.scheduler.plugins;

import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.Code;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FilterPlugin;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.Resources;
import io.kvorum.scheduler.framework.ScorePlugin;
import io.kvorum.scheduler.framework.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A node must have what the pod requests; of those that have, the least allocated is best. */
public final class NodeResourcesFit implements FilterPlugin, ScorePlugin {
    @Override
    public String name() {
        return "NodeResourcesFit";
    }

    @Override
    public Set<ClusterEvent> eventsToRegister() {
        return Set.of(ClusterEvent.NODE_ADD, ClusterEvent.NODE_ALLOCATABLE, ClusterEvent.ASSIGNED_POD_DELETE);
    }

    @Override
    public int weight() {
        return 1;
    }

    @Override
    public Status filter(CycleState state, PodInfo pod, NodeInfo node) {
        List<String> reasons = new ArrayList<>();
        Resources allocatable = node.allocatable();
        Resources used = node.requested();
        Resources wanted = pod.requests();
        if (node.pods().size() + 1 > allocatable.pods()) {
            reasons.add("Too many pods");
        }
        lacks(reasons, "cpu", wanted.milliCpu(), allocatable.milliCpu(), used.milliCpu());
        lacks(reasons, "memory", wanted.memory(), allocatable.memory(), used.memory());
        lacks(
                reasons,
                "ephemeral-storage",
                wanted.ephemeralStorage(),
                allocatable.ephemeralStorage(),
                used.ephemeralStorage());
        for (Map.Entry<String, Long> scalar : wanted.scalars().entrySet()) {
            lacks(
                    reasons,
                    scalar.getKey(),
                    scalar.getValue(),
                    allocatable.scalars().getOrDefault(scalar.getKey(), 0L),
                    used.scalars().getOrDefault(scalar.getKey(), 0L));
        }
        return reasons.isEmpty() ? Status.SUCCESS : new Status(Code.UNSCHEDULABLE, reasons);
    }

    /** What is not requested is never lacking, even on a node that is over-committed. */
    private static void lacks(List<String> reasons, String name, long wanted, long allocatable, long used) {
        if (wanted > 0 && wanted > allocatable - used) {
            reasons.add("Insufficient " + name);
        }
    }

    @Override
    public long score(CycleState state, PodInfo pod, NodeInfo node) {
        Resources after = node.scoringRequested().plus(pod.scoringRequests());
        long cpu = free(after.milliCpu(), node.allocatable().milliCpu());
        long memory = free(after.memory(), node.allocatable().memory());
        return (cpu + memory) / 2;
    }

    /** LeastAllocated: the free share in percent. */
    private static long free(long used, long capacity) {
        return capacity == 0 || used > capacity ? 0 : (capacity - used) * MAX_SCORE / capacity;
    }
}
