package io.kvorum.controllers.deployment;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import io.kvorum.controllers.loop.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Computes {@code status} of a Deployment from its ReplicaSets. */
final class RolloutStatus {
    private static final int NO_DEADLINE = Integer.MAX_VALUE;

    private RolloutStatus() {}

    /** The counts and the Available condition; the other conditions as {@code conditions} has them. */
    static DeploymentStatus counts(
            Deployment deployment,
            List<ReplicaSet> all,
            @Nullable ReplicaSet newest,
            DeploymentConditions conditions,
            @Nullable Integer collisionCount) {
        Scale scale = Scale.of(deployment);
        int available = all.stream().mapToInt(Scale::available).sum();
        if (available >= scale.leastAvailable()) {
            conditions.set(
                    DeploymentConditions.AVAILABLE,
                    "True",
                    "MinimumReplicasAvailable",
                    "Deployment has minimum availability.");
        } else {
            conditions.set(
                    DeploymentConditions.AVAILABLE,
                    "False",
                    "MinimumReplicasUnavailable",
                    "Deployment does not have minimum availability.");
        }
        return new DeploymentStatusBuilder()
                .withObservedGeneration(deployment.getMetadata().getGeneration())
                .withReplicas(all.stream().mapToInt(Scale::actual).sum())
                .withUpdatedReplicas(newest == null ? 0 : Scale.actual(newest))
                .withReadyReplicas(sum(all, status -> status.getReadyReplicas()))
                .withAvailableReplicas(available)
                .withUnavailableReplicas(Math.max(0, Scale.sumSpec(all) - available))
                .withTerminatingReplicas(sum(all, status -> status.getTerminatingReplicas()))
                .withCollisionCount(collisionCount)
                .withConditions(conditions.list())
                .build();
    }

    private static int sum(
            List<ReplicaSet> all,
            Function<io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus, @Nullable Integer> number) {
        return all.stream()
                .mapToInt(each -> each.getStatus() == null ? 0 : Scale.count(number.apply(each.getStatus())))
                .sum();
    }

    /** {@link #counts}, and the conditions Progressing and ReplicaFailure as the rollout stands. */
    static DeploymentStatus of(
            Deployment deployment,
            List<ReplicaSet> all,
            @Nullable ReplicaSet newest,
            DeploymentConditions conditions,
            @Nullable Integer collisionCount,
            Instant now) {
        DeploymentStatus next = counts(deployment, all, newest, conditions, collisionCount);
        if (!hasDeadline(deployment)) {
            conditions.remove(DeploymentConditions.PROGRESSING);
        } else {
            progress(deployment, next, newest, conditions, now);
        }
        @Nullable ReplicaSetCondition failure = replicaFailure(all, newest);
        if (failure == null) {
            conditions.remove(DeploymentConditions.REPLICA_FAILURE);
        } else {
            conditions.set(
                    DeploymentConditions.REPLICA_FAILURE,
                    failure.getStatus(),
                    failure.getReason(),
                    failure.getMessage());
        }
        next.setConditions(conditions.list());
        return next;
    }

    private static void progress(
            Deployment deployment,
            DeploymentStatus next,
            @Nullable ReplicaSet newest,
            DeploymentConditions conditions,
            Instant now) {
        @Nullable DeploymentCondition current = conditions.get(DeploymentConditions.PROGRESSING);
        boolean wasComplete = Objects.equals(next.getReplicas(), next.getUpdatedReplicas())
                && current != null
                && DeploymentConditions.NEW_REPLICA_SET_AVAILABLE.equals(current.getReason());
        if (wasComplete) {
            return;
        }
        String who = newest == null
                ? "Deployment \"" + deployment.getMetadata().getName() + "\""
                : "ReplicaSet \"" + newest.getMetadata().getName() + "\"";
        if (complete(deployment, next)) {
            conditions.set(
                    DeploymentConditions.PROGRESSING,
                    "True",
                    DeploymentConditions.NEW_REPLICA_SET_AVAILABLE,
                    who + " has successfully progressed.");
        } else if (progressing(deployment, next)) {
            // Also when the condition says so already: the deadline counts from the last progress.
            conditions.put(
                    DeploymentConditions.PROGRESSING,
                    "True",
                    DeploymentConditions.REPLICA_SET_UPDATED,
                    who + " is progressing.");
        } else if (timedOut(deployment, current, now)) {
            conditions.set(
                    DeploymentConditions.PROGRESSING,
                    "False",
                    DeploymentConditions.TIMED_OUT,
                    who + " has timed out progressing.");
        }
    }

    static boolean hasDeadline(Deployment deployment) {
        return deadlineSeconds(deployment) != NO_DEADLINE;
    }

    private static int deadlineSeconds(Deployment deployment) {
        Integer seconds = deployment.getSpec().getProgressDeadlineSeconds();
        return seconds == null ? NO_DEADLINE : seconds;
    }

    static boolean complete(Deployment deployment, DeploymentStatus status) {
        int replicas = Scale.of(deployment).replicas();
        Long observed = status.getObservedGeneration();
        Long generation = deployment.getMetadata().getGeneration();
        return Scale.count(status.getUpdatedReplicas()) == replicas
                && Scale.count(status.getReplicas()) == replicas
                && Scale.count(status.getAvailableReplicas()) == replicas
                && (generation == null || (observed != null && observed >= generation));
    }

    /** Whether something moved since the status in the API. */
    private static boolean progressing(Deployment deployment, DeploymentStatus next) {
        DeploymentStatus before = deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
        int oldBefore = Scale.count(before.getReplicas()) - Scale.count(before.getUpdatedReplicas());
        int oldNext = Scale.count(next.getReplicas()) - Scale.count(next.getUpdatedReplicas());
        return Scale.count(next.getUpdatedReplicas()) > Scale.count(before.getUpdatedReplicas())
                || oldNext < oldBefore
                || Scale.count(next.getReadyReplicas()) > Scale.count(before.getReadyReplicas())
                || Scale.count(next.getAvailableReplicas()) > Scale.count(before.getAvailableReplicas());
    }

    private static boolean timedOut(Deployment deployment, @Nullable DeploymentCondition current, Instant now) {
        if (current == null || DeploymentConditions.NEW_REPLICA_SET_AVAILABLE.equals(current.getReason())) {
            return false;
        }
        return DeploymentConditions.TIMED_OUT.equals(current.getReason())
                || deadline(deployment, current).isBefore(now);
    }

    private static Instant deadline(Deployment deployment, DeploymentCondition progressing) {
        return Timestamps.parse(progressing.getLastUpdateTime()).plusSeconds(deadlineSeconds(deployment));
    }

    /** When to look whether the progress deadline has passed; null when there is none, or nothing left to wait for. */
    static @Nullable Duration untilDeadline(Deployment deployment, DeploymentStatus status, Instant now) {
        if (!hasDeadline(deployment) || complete(deployment, status)) {
            return null;
        }
        for (DeploymentCondition each : status.getConditions()) {
            if (each.getType().equals(DeploymentConditions.PROGRESSING)
                    && !DeploymentConditions.NEW_REPLICA_SET_AVAILABLE.equals(each.getReason())
                    && !DeploymentConditions.TIMED_OUT.equals(each.getReason())) {
                // One second more: times are written in whole seconds.
                Duration left =
                        Duration.between(now, deadline(deployment, each)).plusSeconds(1);
                return left.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : left;
            }
        }
        return null;
    }

    /** The newest ReplicaSet's failure counts before the others'. */
    private static @Nullable ReplicaSetCondition replicaFailure(List<ReplicaSet> all, @Nullable ReplicaSet newest) {
        List<ReplicaSet> order = new ArrayList<>(all);
        if (newest != null) {
            order.remove(newest);
            order.add(0, newest);
        }
        for (ReplicaSet each : order) {
            if (each.getStatus() != null) {
                for (ReplicaSetCondition condition : each.getStatus().getConditions()) {
                    if (condition.getType().equals(DeploymentConditions.REPLICA_FAILURE)
                            && "True".equals(condition.getStatus())) {
                        return condition;
                    }
                }
            }
        }
        return null;
    }

    /** Whether the API knows all of {@code next}; absent counts are zero. */
    static boolean same(@Nullable DeploymentStatus before, DeploymentStatus next) {
        return before != null
                && Objects.equals(before.getObservedGeneration(), next.getObservedGeneration())
                && Scale.count(before.getReplicas()) == Scale.count(next.getReplicas())
                && Scale.count(before.getUpdatedReplicas()) == Scale.count(next.getUpdatedReplicas())
                && Scale.count(before.getReadyReplicas()) == Scale.count(next.getReadyReplicas())
                && Scale.count(before.getAvailableReplicas()) == Scale.count(next.getAvailableReplicas())
                && Scale.count(before.getUnavailableReplicas()) == Scale.count(next.getUnavailableReplicas())
                && Scale.count(before.getTerminatingReplicas()) == Scale.count(next.getTerminatingReplicas())
                && Objects.equals(before.getCollisionCount(), next.getCollisionCount())
                && before.getConditions().equals(next.getConditions());
    }
}
