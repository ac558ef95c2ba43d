package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import io.kvorum.client.LabelSelectors;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.PodStates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Computes {@code status} of a ReplicaSet or ReplicationController from its pods. */
final class ReplicaSetStatuses {
    private ReplicaSetStatuses() {}

    /**
     * @param replicated the owner
     * @param pods those of the owner
     * @param failure why pods could not be created or deleted this time, null if all went well
     */
    static ReplicaSetStatus next(Replicated replicated, List<Pod> pods, @Nullable Throwable failure, Instant now) {
        int minReadySeconds = replicated.minReadySeconds();
        var templateLabels = replicated.template().getMetadata() == null
                ? null
                : replicated.template().getMetadata().getLabels();
        int replicas = 0;
        int labeled = 0;
        int ready = 0;
        int available = 0;
        int terminating = 0;
        for (Pod pod : pods) {
            if (PodStates.terminating(pod)) {
                terminating += PodStates.terminal(pod) ? 0 : 1;
            } else if (PodStates.active(pod)) {
                replicas++;
                labeled +=
                        LabelSelectors.matches(templateLabels, pod.getMetadata().getLabels()) ? 1 : 0;
                ready += PodStates.ready(pod) ? 1 : 0;
                available += PodStates.available(pod, minReadySeconds, now) ? 1 : 0;
            }
        }
        int difference = replicas - replicated.replicas();
        @Nullable ReplicaSetStatus before = replicated.status();
        return new ReplicaSetStatusBuilder()
                .withReplicas(replicas)
                .withFullyLabeledReplicas(labeled)
                .withReadyReplicas(ready)
                .withAvailableReplicas(available)
                .withTerminatingReplicas(terminating)
                .withObservedGeneration(replicated.generation())
                .withConditions(
                        conditions(before == null ? List.of() : before.getConditions(), difference, failure, now))
                .build();
    }

    private static List<ReplicaSetCondition> conditions(
            List<ReplicaSetCondition> before, int difference, @Nullable Throwable failure, Instant now) {
        List<ReplicaSetCondition> conditions = new ArrayList<>(before);
        boolean failing = conditions.stream().anyMatch(each -> each.getType().equals("ReplicaFailure"));
        if (failure != null && !failing) {
            conditions.add(new ReplicaSetConditionBuilder()
                    .withType("ReplicaFailure")
                    .withStatus("True")
                    .withReason(difference < 0 ? "FailedCreate" : "FailedDelete")
                    .withMessage(String.valueOf(failure.getMessage()))
                    .withLastTransitionTime(Timestamps.format(now))
                    .build());
        } else if (failure == null && failing) {
            conditions.removeIf(each -> each.getType().equals("ReplicaFailure"));
        }
        return conditions;
    }

    /** Whether the API knows all of {@code next}; absent counts are zero. */
    static boolean same(@Nullable ReplicaSetStatus before, ReplicaSetStatus next) {
        return before != null
                && count(before.getReplicas()) == next.getReplicas()
                && count(before.getFullyLabeledReplicas()) == next.getFullyLabeledReplicas()
                && count(before.getReadyReplicas()) == next.getReadyReplicas()
                && count(before.getAvailableReplicas()) == next.getAvailableReplicas()
                && count(before.getTerminatingReplicas()) == next.getTerminatingReplicas()
                && Objects.equals(before.getObservedGeneration(), next.getObservedGeneration())
                && before.getConditions().equals(next.getConditions());
    }

    static int count(@Nullable Integer number) {
        return number == null ? 0 : number;
    }
}
