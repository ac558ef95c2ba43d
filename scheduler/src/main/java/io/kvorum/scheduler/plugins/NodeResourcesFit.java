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
import org.jspecify.annotations.Nullable;

/** A node must have what the pod requests; of those that have, the least allocated is best. */
public final class NodeResourcesFit implements FilterPlugin, ScorePlugin {
    @Override
    public String name() {
        return "NodeResourcesFit";
    }

    @Override
    public Set<ClusterEvent.Kind> eventsToRegister() {
        return Set.of(
                ClusterEvent.Kind.NODE_ADD, ClusterEvent.Kind.NODE_ALLOCATABLE, ClusterEvent.Kind.ASSIGNED_POD_DELETE);
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
        boolean hopeless = exceeds(wanted, allocatable);
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
        if (reasons.isEmpty()) {
            return Status.SUCCESS;
        }
        return new Status(hopeless ? Code.UNSCHEDULABLE_AND_UNRESOLVABLE : Code.UNSCHEDULABLE, reasons);
    }

    /** Whether the pod wants more than the whole node, so that ending others would not help. */
    private static boolean exceeds(Resources wanted, Resources allocatable) {
        return wanted.milliCpu() > allocatable.milliCpu()
                || wanted.memory() > allocatable.memory()
                || wanted.ephemeralStorage() > allocatable.ephemeralStorage()
                || wanted.scalars().entrySet().stream()
                        .anyMatch(scalar ->
                                scalar.getValue() > allocatable.scalars().getOrDefault(scalar.getKey(), 0L));
    }

    /** A node helps when the pod would fit on it now; a pod that leaves when it makes its node one the pod fits on. */
    @Override
    public boolean mayHelp(PodInfo waiting, ClusterEvent event) {
        @Nullable NodeInfo node = event.node() == null ? event.podNode() : event.node();
        return node == null
                || !node.known()
                || filter(new CycleState(), waiting, node).success();
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
        // What a node does not have at all has no weight.
        int known = (node.allocatable().milliCpu() == 0 ? 0 : 1)
                + (node.allocatable().memory() == 0 ? 0 : 1);
        return known == 0 ? 0 : (cpu + memory) / known;
    }

    /** LeastAllocated: the free share in percent. */
    private static long free(long used, long capacity) {
        return capacity == 0 || used > capacity ? 0 : (capacity - used) * MAX_SCORE / capacity;
    }
}
