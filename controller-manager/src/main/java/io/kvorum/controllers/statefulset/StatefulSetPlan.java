package io.kvorum.controllers.statefulset;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kvorum.controllers.pods.PodStates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What to do about the pods of a StatefulSet: with ordered management one after the other, each only when those before it
 * are available, else all at once.
 *
 * @param create numbers of the pods that are to be created, lowest first
 * @param delete pods that are to go
 * @param claim numbers of the pods whose claims must exist
 */
record StatefulSetPlan(List<Integer> create, List<Pod> delete, List<Integer> claim) {
    /**
     * @param pods those of the set
     * @param updateRevision name of the revision that holds the template as it is
     */
    static StatefulSetPlan of(StatefulSet set, List<Pod> pods, String updateRevision, Instant now) {
        StatefulSetPlan plan = new StatefulSetPlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        if (set.getMetadata().getDeletionTimestamp() == null) {
            new Steps(set, pods, updateRevision, now, plan).walk();
        }
        return plan;
    }

    static int start(StatefulSet set) {
        var ordinals = set.getSpec().getOrdinals();
        return ordinals == null || ordinals.getStart() == null ? 0 : ordinals.getStart();
    }

    static int replicas(StatefulSet set) {
        Integer replicas = set.getSpec().getReplicas();
        return replicas == null ? 1 : replicas;
    }

    static int minReadySeconds(StatefulSet set) {
        Integer seconds = set.getSpec().getMinReadySeconds();
        return seconds == null ? 0 : seconds;
    }

    static boolean onDelete(StatefulSet set) {
        var strategy = set.getSpec().getUpdateStrategy();
        return strategy != null && "OnDelete".equals(strategy.getType());
    }

    /** How many of the lowest pods keep the current revision during an update; null when nothing is said. */
    static @Nullable Integer partition(StatefulSet set) {
        var strategy = set.getSpec().getUpdateStrategy();
        return strategy == null || strategy.getRollingUpdate() == null
                ? null
                : strategy.getRollingUpdate().getPartition();
    }

    /** Whether a new pod with this number is to be made after the current revision, not yet after the update. */
    static boolean afterCurrent(StatefulSet set, int ordinal) {
        if (onDelete(set)) {
            return false;
        }
        @Nullable Integer partition = partition(set);
        if (partition != null) {
            return ordinal < start(set) + partition;
        }
        @Nullable
        Integer current = set.getStatus() == null ? null : set.getStatus().getCurrentReplicas();
        return ordinal < start(set) + (current == null ? 0 : current);
    }

    private static final class Steps {
        private final StatefulSet set;
        private final String updateRevision;
        private final Instant now;
        private final StatefulSetPlan plan;
        private final boolean ordered;
        private final Map<Integer, Pod> kept = new TreeMap<>();
        private final List<Pod> condemned = new ArrayList<>();

        Steps(StatefulSet set, List<Pod> pods, String updateRevision, Instant now, StatefulSetPlan plan) {
            this.set = set;
            this.updateRevision = updateRevision;
            this.now = now;
            this.plan = plan;
            ordered = !"Parallel".equals(set.getSpec().getPodManagementPolicy());
            for (Pod pod : pods) {
                int ordinal = StatefulPods.ordinal(set, pod);
                if (ordinal >= start(set) && ordinal < start(set) + replicas(set)) {
                    kept.put(ordinal, pod);
                } else if (ordinal >= 0) {
                    condemned.add(pod);
                }
            }
            condemned.sort(Comparator.comparing((Pod pod) -> StatefulPods.ordinal(set, pod))
                    .reversed());
        }

        private boolean healthy(Pod pod) {
            return PodStates.phase(pod).equals("Running")
                    && PodStates.available(pod, minReadySeconds(set), now)
                    && !PodStates.terminating(pod);
        }

        void walk() {
            if (keep() && scaleDown() && !onDelete(set)) {
                update();
            }
        }

        /** Whether one may go on to what comes after the pods that are to exist. */
        private boolean keep() {
            for (int ordinal = start(set); ordinal < start(set) + replicas(set); ordinal++) {
                @Nullable Pod pod = kept.get(ordinal);
                boolean blocks;
                if (pod == null) {
                    plan.claim.add(ordinal);
                    plan.create.add(ordinal);
                    blocks = true;
                } else if (PodStates.terminal(pod)) {
                    if (!PodStates.terminating(pod)) {
                        plan.delete.add(pod);
                    }
                    // The next one of this name can only be made when this one is gone.
                    blocks = true;
                } else {
                    if (PodStates.phase(pod).equals("Pending")) {
                        plan.claim.add(ordinal);
                    }
                    blocks = !healthy(pod);
                }
                if (blocks && ordered) {
                    return false;
                }
            }
            return true;
        }

        private boolean scaleDown() {
            @Nullable Pod firstUnhealthy = null;
            for (Pod pod : condemned) {
                // From the highest to the lowest, so the lowest stays.
                firstUnhealthy = healthy(pod) ? firstUnhealthy : pod;
            }
            for (Pod pod : condemned) {
                if (!PodStates.terminating(pod)) {
                    boolean ready = PodStates.ready(pod) && PodStates.phase(pod).equals("Running");
                    if (ordered && !ready && pod != firstUnhealthy) {
                        return false;
                    }
                    plan.delete.add(pod);
                }
                if (ordered) {
                    return false;
                }
            }
            return true;
        }

        /** The highest pod of an older revision goes, when all above it are healthy. */
        private void update() {
            @Nullable Integer partition = partition(set);
            int lowest = start(set) + (partition == null ? 0 : partition);
            for (int ordinal = start(set) + replicas(set) - 1; ordinal >= lowest; ordinal--) {
                @Nullable Pod pod = kept.get(ordinal);
                if (pod == null) {
                    return;
                }
                if (!StatefulPods.revision(pod).equals(updateRevision) && !PodStates.terminating(pod)) {
                    if (!plan.delete.contains(pod)) {
                        plan.delete.add(pod);
                    }
                    return;
                }
                if (!healthy(pod)) {
                    return;
                }
            }
        }
    }
}
