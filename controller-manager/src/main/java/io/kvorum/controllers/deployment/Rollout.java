package io.kvorum.controllers.deployment;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.kvorum.controllers.pods.PodTemplateHash;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Deployment with its ReplicaSets sorted into the newest, whose template is the Deployment's, and the old ones.
 *
 * @param newest null while it does not exist
 * @param old oldest first
 */
record Rollout(Deployment deployment, @Nullable ReplicaSet newest, List<ReplicaSet> old) {
    static Rollout of(Deployment deployment, List<ReplicaSet> replicaSets) {
        List<ReplicaSet> byAge = replicaSets.stream().sorted(Scale.OLDEST_FIRST).toList();
        @Nullable ReplicaSet newest = null;
        for (ReplicaSet each : byAge) {
            // The oldest of several with the same template, so that the choice stays.
            if (newest == null
                    && PodTemplateHash.sameTemplate(
                            each.getSpec().getTemplate(), deployment.getSpec().getTemplate())) {
                newest = each;
            }
        }
        @Nullable ReplicaSet found = newest;
        return new Rollout(
                deployment, newest, byAge.stream().filter(each -> each != found).toList());
    }

    List<ReplicaSet> all() {
        List<ReplicaSet> all = new ArrayList<>(old);
        if (newest != null) {
            all.add(newest);
        }
        return all;
    }

    List<ReplicaSet> active() {
        return all().stream().filter(each -> Scale.spec(each) > 0).toList();
    }

    Rollout withNewest(ReplicaSet replicaSet) {
        return new Rollout(deployment, replicaSet, old);
    }

    /** With {@code changed} in the place of its earlier state. */
    Rollout with(ReplicaSet changed) {
        String uid = changed.getMetadata().getUid();
        if (newest != null && newest.getMetadata().getUid().equals(uid)) {
            return withNewest(changed);
        }
        return new Rollout(
                deployment,
                newest,
                old.stream()
                        .map(each -> each.getMetadata().getUid().equals(uid) ? changed : each)
                        .toList());
    }

    /** Whether the Deployment's size was changed since its ReplicaSets were sized. */
    boolean sizeChanged() {
        int replicas = Scale.of(deployment).replicas();
        return active().stream()
                .map(RevisionAnnotations::desiredReplicas)
                .anyMatch(desired -> desired != null && desired != replicas);
    }

    /** The one ReplicaSet that follows the Deployment's size outside a rollout; null when several are active. */
    @Nullable
    ReplicaSet activeOrLatest() {
        List<ReplicaSet> active = active();
        if (active.size() == 1) {
            return active.get(0);
        }
        if (!active.isEmpty()) {
            return null;
        }
        return newest != null ? newest : old.isEmpty() ? null : old.get(old.size() - 1);
    }

    /** Old ReplicaSets beyond the history limit that nothing needs any more, lowest revision first. */
    List<ReplicaSet> beyondHistory() {
        Integer limit = deployment.getSpec().getRevisionHistoryLimit();
        if (limit == null || limit == Integer.MAX_VALUE) {
            return List.of();
        }
        List<ReplicaSet> candidates = old.stream()
                .filter(each -> each.getMetadata().getDeletionTimestamp() == null)
                .sorted(Comparator.comparingLong(RevisionAnnotations::revision))
                .toList();
        return candidates.stream()
                .limit(Math.max(0, candidates.size() - limit))
                .filter(each -> Scale.actual(each) == 0
                        && Scale.spec(each) == 0
                        && each.getStatus() != null
                        && each.getStatus().getObservedGeneration() != null
                        && each.getMetadata().getGeneration()
                                <= each.getStatus().getObservedGeneration())
                .toList();
    }
}
