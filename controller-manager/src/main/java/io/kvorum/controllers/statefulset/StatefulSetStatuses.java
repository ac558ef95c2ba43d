package io.kvorum.controllers.statefulset;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.kvorum.controllers.pods.PodStates;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Computes {@code status} of a StatefulSet. */
final class StatefulSetStatuses {
    private StatefulSetStatuses() {}

    /**
     * @param current name of the revision that pods had before the update under way
     * @param update name of the revision that holds the template as it is
     */
    static StatefulSetStatus next(StatefulSet set, List<Pod> pods, String current, String update, Instant now) {
        int replicas = 0;
        int ready = 0;
        int available = 0;
        int before = 0;
        int updated = 0;
        for (Pod pod : pods) {
            replicas++;
            boolean running = PodStates.phase(pod).equals("Running");
            ready += running && PodStates.ready(pod) ? 1 : 0;
            available += running && PodStates.available(pod, StatefulSetPlan.minReadySeconds(set), now) ? 1 : 0;
            if (!PodStates.terminating(pod)) {
                before += StatefulPods.revision(pod).equals(current) ? 1 : 0;
                updated += StatefulPods.revision(pod).equals(update) ? 1 : 0;
            }
        }
        int wanted = StatefulSetPlan.replicas(set);
        boolean complete = !StatefulSetPlan.onDelete(set) && updated == wanted && ready == wanted && replicas == wanted;
        @Nullable StatefulSetStatus known = set.getStatus();
        return new StatefulSetStatusBuilder()
                .withObservedGeneration(set.getMetadata().getGeneration())
                .withReplicas(replicas)
                .withReadyReplicas(ready)
                .withAvailableReplicas(available)
                .withCurrentReplicas(complete ? updated : before)
                .withUpdatedReplicas(updated)
                .withCurrentRevision(complete ? update : current)
                .withUpdateRevision(update)
                .withCollisionCount(known == null || known.getCollisionCount() == null ? 0 : known.getCollisionCount())
                .withConditions(known == null ? List.of() : known.getConditions())
                .build();
    }

    /** Whether the API knows all of {@code next}; absent counts are zero. */
    static boolean same(@Nullable StatefulSetStatus before, StatefulSetStatus next) {
        return before != null
                && Objects.equals(before.getObservedGeneration(), next.getObservedGeneration())
                && count(before.getReplicas()) == count(next.getReplicas())
                && count(before.getReadyReplicas()) == count(next.getReadyReplicas())
                && count(before.getAvailableReplicas()) == count(next.getAvailableReplicas())
                && count(before.getCurrentReplicas()) == count(next.getCurrentReplicas())
                && count(before.getUpdatedReplicas()) == count(next.getUpdatedReplicas())
                && Objects.equals(before.getCurrentRevision(), next.getCurrentRevision())
                && Objects.equals(before.getUpdateRevision(), next.getUpdateRevision())
                && before.getCollisionCount() != null;
    }

    private static int count(@Nullable Integer number) {
        return number == null ? 0 : number;
    }
}
