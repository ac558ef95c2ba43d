package io.kvorum.controllers.pods;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.kvorum.controllers.loop.Timestamps;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a pod's status says, in the words of the workload controllers. */
public final class PodStates {
    private PodStates() {}

    /** {@code Pending} until a kubelet has said otherwise. */
    public static String phase(Pod pod) {
        @Nullable
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return phase == null ? "Pending" : phase;
    }

    public static boolean terminal(Pod pod) {
        String phase = phase(pod);
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    public static boolean terminating(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    /** Neither over nor on its way out: what a controller counts as a replica. */
    public static boolean active(Pod pod) {
        return !terminal(pod) && !terminating(pod);
    }

    public static @Nullable PodCondition condition(Pod pod, String type) {
        if (pod.getStatus() != null && pod.getStatus().getConditions() != null) {
            for (PodCondition each : pod.getStatus().getConditions()) {
                if (each.getType().equals(type)) {
                    return each;
                }
            }
        }
        return null;
    }

    public static boolean ready(Pod pod) {
        @Nullable PodCondition ready = condition(pod, "Ready");
        return ready != null && "True".equals(ready.getStatus());
    }

    /** Since when the pod is ready; {@link Instant#EPOCH} when it is not or does not say. */
    public static Instant readySince(Pod pod) {
        @Nullable PodCondition ready = condition(pod, "Ready");
        return ready != null && "True".equals(ready.getStatus())
                ? Timestamps.parse(ready.getLastTransitionTime())
                : Instant.EPOCH;
    }

    /** Ready, and for at least {@code minReadySeconds}. */
    public static boolean available(Pod pod, int minReadySeconds, Instant now) {
        if (!ready(pod)) {
            return false;
        }
        Instant since = readySince(pod);
        return minReadySeconds == 0
                || (!since.equals(Instant.EPOCH)
                        && !since.plusSeconds(minReadySeconds).isAfter(now));
    }

    /** How long until a ready pod becomes available; null when it is not ready or already is. */
    public static @Nullable Duration untilAvailable(Pod pod, int minReadySeconds, Instant now) {
        if (!ready(pod) || available(pod, minReadySeconds, now)) {
            return null;
        }
        return Duration.between(now, readySince(pod).plusSeconds(minReadySeconds));
    }
}
