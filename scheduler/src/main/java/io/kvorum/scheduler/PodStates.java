package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Pod;
import org.jspecify.annotations.Nullable;

/** Where a pod stands, as far as scheduling is concerned. */
final class PodStates {
    private PodStates() {}

    static boolean assigned(Pod pod) {
        @Nullable String node = pod.getSpec().getNodeName();
        return node != null && !node.isEmpty();
    }

    static boolean finished(Pod pod) {
        @Nullable
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }

    static boolean gated(Pod pod) {
        return !pod.getSpec().getSchedulingGates().isEmpty();
    }

    /** Whether the scheduler of this name has to find a node for it. */
    static boolean waitsFor(String scheduler, Pod pod) {
        return scheduler.equals(pod.getSpec().getSchedulerName())
                && pod.getMetadata().getDeletionTimestamp() == null
                && !gated(pod);
    }
}
