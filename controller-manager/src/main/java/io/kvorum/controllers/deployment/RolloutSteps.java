package io.kvorum.controllers.deployment;

import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.kvorum.api.ApiException;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.OwnerReferences;
import io.kvorum.client.Reconciler.Result;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.pods.PodControl;
import io.kvorum.controllers.pods.PodStates;
import io.kvorum.controllers.pods.PodTemplateHash;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Brings one Deployment a step further: pause, scale, roll or recreate, clean up, and report.
 *
 * <p>ReplicaSets have names that follow from the template and updates carry the resourceVersion they were computed
 * from, so a stale cache makes a step fail and be repeated, not be done twice.
 */
final class RolloutSteps {
    private final ResourceClient<Deployment> deployments;
    private final ResourceClient<ReplicaSet> replicaSets;
    private final Function<String, List<Pod>> podsOf;
    private final EventRecorder events;
    private final Clock clock;

    /** @param podsOf the cached pods of the ReplicaSet with a uid */
    RolloutSteps(
            ResourceClient<Deployment> deployments,
            ResourceClient<ReplicaSet> replicaSets,
            Function<String, List<Pod>> podsOf,
            EventRecorder events,
            Clock clock) {
        this.deployments = deployments;
        this.replicaSets = replicaSets;
        this.podsOf = podsOf;
        this.events = events;
        this.clock = clock;
    }

    /** An empty selector would claim every ReplicaSet of the namespace; such a Deployment is only told so. */
    Future<Result> refuseEmptySelector(Deployment deployment) {
        events.event(
                deployment,
                "Warning",
                "SelectingAll",
                "This deployment is selecting all pods. A non-empty selector is required.");
        DeploymentStatus status = new DeploymentStatusBuilder(deployment.getStatus())
                .withObservedGeneration(deployment.getMetadata().getGeneration())
                .build();
        return RolloutStatus.same(deployment.getStatus(), status)
                ? Future.succeededFuture(Result.done())
                : write(deployment, status).map(Result.done());
    }

    Future<Result> advance(Rollout rollout) {
        Deployment deployment = rollout.deployment();
        @Nullable DeploymentStatus status = deployment.getStatus();
        DeploymentConditions conditions =
                new DeploymentConditions(status == null ? List.of() : status.getConditions(), clock.instant());
        if (deployment.getMetadata().getDeletionTimestamp() != null) {
            return report(rollout, conditions, false);
        }
        notePause(deployment, conditions);
        if (Boolean.TRUE.equals(deployment.getSpec().getPaused()) || rollout.sizeChanged()) {
            return adoptRevision(rollout, conditions)
                    .compose(this::scale)
                    .compose(scaled -> Boolean.TRUE.equals(deployment.getSpec().getPaused())
                            ? cleanUp(scaled).map(scaled)
                            : Future.succeededFuture(scaled))
                    .compose(scaled -> report(scaled, conditions, false));
        }
        return Scale.rolling(deployment) ? roll(rollout, conditions) : recreate(rollout, conditions);
    }

    private static void notePause(Deployment deployment, DeploymentConditions conditions) {
        if (!RolloutStatus.hasDeadline(deployment)) {
            return;
        }
        @Nullable DeploymentCondition current = conditions.get(DeploymentConditions.PROGRESSING);
        if (current != null && DeploymentConditions.TIMED_OUT.equals(current.getReason())) {
            // That the rollout is stuck is worth more than that it is paused.
            return;
        }
        boolean paused = Boolean.TRUE.equals(deployment.getSpec().getPaused());
        boolean noted = current != null && DeploymentConditions.PAUSED.equals(current.getReason());
        if (paused && !noted) {
            conditions.set(
                    DeploymentConditions.PROGRESSING, "Unknown", DeploymentConditions.PAUSED, "Deployment is paused");
        } else if (!paused && noted) {
            conditions.set(
                    DeploymentConditions.PROGRESSING, "Unknown", DeploymentConditions.RESUMED, "Deployment is resumed");
        }
    }

    // ---- rolling update

    private Future<Result> roll(Rollout rollout, DeploymentConditions conditions) {
        return adoptRevision(rollout, conditions)
                .compose(adopted -> createNewest(adopted, conditions))
                .compose(ready -> {
                    ReplicaSet newest = Objects.requireNonNull(ready.newest());
                    Scale scale = Scale.of(ready.deployment());
                    int size = Scale.spec(newest) > scale.replicas()
                            ? scale.replicas()
                            : scale.grownNewest(newest, ready.all());
                    if (size != Scale.spec(newest)) {
                        return resize(ready, newest, size);
                    }
                    return resizeAll(ready, scale.shrinkOld(ready.old(), newest));
                })
                .compose(rolled -> finish(rolled, conditions));
    }

    private Future<Result> finish(Rollout rollout, DeploymentConditions conditions) {
        DeploymentStatus known = rollout.deployment().getStatus();
        Future<Void> cleaned = known != null && RolloutStatus.complete(rollout.deployment(), known)
                ? cleanUp(rollout)
                : Future.succeededFuture();
        return cleaned.compose(done -> report(rollout, conditions, true));
    }

    // ---- recreate

    private Future<Result> recreate(Rollout rollout, DeploymentConditions conditions) {
        return adoptRevision(rollout, conditions).compose(adopted -> {
            List<Scale.Resize> down = adopted.old().stream()
                    .filter(each -> Scale.spec(each) > 0)
                    .map(each -> new Scale.Resize(each, 0))
                    .toList();
            if (!down.isEmpty()) {
                return resizeAll(adopted, down).compose(emptied -> report(emptied, conditions, true));
            }
            if (oldPodsLeft(adopted)) {
                return report(adopted, conditions, true);
            }
            return createNewest(adopted, conditions)
                    .compose(ready -> resize(
                            ready,
                            Objects.requireNonNull(ready.newest()),
                            Scale.of(ready.deployment()).replicas()))
                    .compose(grown -> finish(grown, conditions));
        });
    }

    /** Also pods on their way out count: Recreate promises that old and new never run together. */
    private boolean oldPodsLeft(Rollout rollout) {
        return rollout.old().stream().anyMatch(each -> Scale.actual(each) > 0)
                || rollout.old().stream()
                        .flatMap(each -> podsOf.apply(each.getMetadata().getUid()).stream())
                        .anyMatch(pod -> !PodStates.terminal(pod));
    }

    // ---- the newest ReplicaSet

    /** Gives the newest ReplicaSet, if it exists, the highest revision, and the Deployment the same. */
    private Future<Rollout> adoptRevision(Rollout rollout, DeploymentConditions conditions) {
        @Nullable ReplicaSet newest = rollout.newest();
        if (newest == null) {
            return Future.succeededFuture(rollout);
        }
        Deployment deployment = rollout.deployment();
        Map<String, String> annotations = RevisionAnnotations.ofNewest(
                RevisionAnnotations.annotations(deployment),
                RevisionAnnotations.annotations(newest),
                RevisionAnnotations.maxRevision(rollout.old()) + 1);
        Integer minReadySeconds = deployment.getSpec().getMinReadySeconds();
        boolean changed = !annotations.equals(RevisionAnnotations.annotations(newest))
                || Scale.count(minReadySeconds) != Scale.count(newest.getSpec().getMinReadySeconds());
        Future<ReplicaSet> updated = changed
                ? replicaSets.update(new ReplicaSetBuilder(newest)
                        .editMetadata()
                        .withAnnotations(annotations)
                        .endMetadata()
                        .editSpec()
                        .withMinReadySeconds(minReadySeconds)
                        .endSpec()
                        .build())
                : Future.succeededFuture(newest);
        return updated.compose(found -> {
            if (RolloutStatus.hasDeadline(deployment) && conditions.get(DeploymentConditions.PROGRESSING) == null) {
                conditions.set(
                        DeploymentConditions.PROGRESSING,
                        "True",
                        DeploymentConditions.FOUND_REPLICA_SET,
                        "Found new replica set \"" + found.getMetadata().getName() + "\"");
            }
            return followRevision(rollout.withNewest(found), RevisionAnnotations.revision(found));
        });
    }

    /** Writes the revision on the Deployment too, where {@code kubectl rollout} looks for it. */
    private Future<Rollout> followRevision(Rollout rollout, long revision) {
        Deployment deployment = rollout.deployment();
        if (RevisionAnnotations.revision(deployment) == revision) {
            return Future.succeededFuture(rollout);
        }
        // An update, which upstream's role allows; it fails with Conflict when somebody else was faster.
        return deployments
                .update(new DeploymentBuilder(deployment)
                        .editMetadata()
                        .addToAnnotations(RevisionAnnotations.REVISION, Long.toString(revision))
                        .endMetadata()
                        .build())
                .map(updated -> new Rollout(
                        // Only metadata is taken over: a spec changed meanwhile is the next reconcile's business.
                        new DeploymentBuilder(deployment)
                                .editMetadata()
                                .withAnnotations(updated.getMetadata().getAnnotations())
                                .withResourceVersion(updated.getMetadata().getResourceVersion())
                                .endMetadata()
                                .build(),
                        rollout.newest(),
                        rollout.old()));
    }

    private Future<Rollout> createNewest(Rollout rollout, DeploymentConditions conditions) {
        if (rollout.newest() != null) {
            return Future.succeededFuture(rollout);
        }
        Deployment deployment = rollout.deployment();
        ReplicaSet wanted = newReplicaSet(rollout);
        long revision = RevisionAnnotations.revision(wanted);
        return replicaSets
                .create(wanted)
                .onSuccess(created -> {
                    if (Scale.spec(created) > 0) {
                        tellScaled(deployment, created, 0, Scale.spec(created));
                    }
                    if (RolloutStatus.hasDeadline(deployment)) {
                        conditions.put(
                                DeploymentConditions.PROGRESSING,
                                "True",
                                DeploymentConditions.NEW_REPLICA_SET,
                                "Created new replica set \""
                                        + created.getMetadata().getName() + "\"");
                    }
                })
                .recover(cause -> cause instanceof ApiException no && no.alreadyExists()
                        ? meetExisting(deployment, wanted)
                        : failedCreation(rollout, wanted, conditions, cause))
                .compose(created -> followRevision(rollout.withNewest(created), revision));
    }

    private static ReplicaSet newReplicaSet(Rollout rollout) {
        Deployment deployment = rollout.deployment();
        PodTemplateSpec template = deployment.getSpec().getTemplate();
        @Nullable DeploymentStatus status = deployment.getStatus();
        String hash = PodTemplateHash.of(template, status == null ? null : status.getCollisionCount());
        Map<String, String> labels = new LinkedHashMap<>(
                template.getMetadata() == null || template.getMetadata().getLabels() == null
                        ? Map.of()
                        : template.getMetadata().getLabels());
        labels.put(PodTemplateHash.LABEL, hash);
        Scale scale = Scale.of(deployment);
        Map<String, String> annotations = RevisionAnnotations.ofNewest(
                RevisionAnnotations.annotations(deployment),
                Map.of(),
                RevisionAnnotations.maxRevision(rollout.old()) + 1);
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace(deployment.getMetadata().getNamespace())
                .withName(deployment.getMetadata().getName() + "-" + hash)
                .withLabels(labels)
                .withAnnotations(RevisionAnnotations.withSizes(annotations, scale.replicas(), scale.most()))
                .withOwnerReferences(OwnerReferences.controller(deployment))
                .endMetadata()
                .withNewSpec()
                .withReplicas(Scale.rolling(deployment) ? scale.grownNewest(null, rollout.all()) : scale.replicas())
                .withMinReadySeconds(deployment.getSpec().getMinReadySeconds())
                .withSelector(new LabelSelectorBuilder(deployment.getSpec().getSelector())
                        .addToMatchLabels(PodTemplateHash.LABEL, hash)
                        .build())
                .withTemplate(new PodTemplateSpecBuilder(template)
                        .editOrNewMetadata()
                        .withLabels(labels)
                        .endMetadata()
                        .build())
                .endSpec()
                .build();
    }

    /** The name is taken: by our own earlier creation, which is as good, or by another template with the same hash. */
    private Future<ReplicaSet> meetExisting(Deployment deployment, ReplicaSet wanted) {
        return replicaSets
                .get(wanted.getMetadata().getNamespace(), wanted.getMetadata().getName())
                .compose(existing -> {
                    if (OwnerReferences.controlledBy(existing, deployment)
                            && PodTemplateHash.sameTemplate(
                                    existing.getSpec().getTemplate(),
                                    deployment.getSpec().getTemplate())) {
                        return Future.succeededFuture(existing);
                    }
                    int collisions = deployment.getStatus() == null
                            ? 0
                            : Scale.count(deployment.getStatus().getCollisionCount());
                    DeploymentStatus status = new DeploymentStatusBuilder(
                                    deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus())
                            .withCollisionCount(collisions + 1)
                            .build();
                    return write(deployment, status)
                            .compose(counted -> Future.failedFuture(ApiException.alreadyExists(
                                    "apps", "replicasets", wanted.getMetadata().getName())));
                });
    }

    private Future<ReplicaSet> failedCreation(
            Rollout rollout, ReplicaSet wanted, DeploymentConditions conditions, Throwable cause) {
        if (PodControl.namespaceTerminating(cause)) {
            return Future.failedFuture(cause);
        }
        Deployment deployment = rollout.deployment();
        String message =
                "Failed to create new replica set \"" + wanted.getMetadata().getName() + "\": " + cause.getMessage();
        events.event(deployment, "Warning", DeploymentConditions.REPLICA_SET_CREATE_ERROR, message);
        if (!RolloutStatus.hasDeadline(deployment)) {
            return Future.failedFuture(cause);
        }
        conditions.set(
                DeploymentConditions.PROGRESSING, "False", DeploymentConditions.REPLICA_SET_CREATE_ERROR, message);
        DeploymentStatus status = new DeploymentStatusBuilder(
                        deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus())
                .withConditions(conditions.list())
                .build();
        return write(deployment, status).compose(told -> Future.failedFuture(cause));
    }

    // ---- sizes

    /** Follows a change of the Deployment's own size, also in the middle of a rollout or while paused. */
    private Future<Rollout> scale(Rollout rollout) {
        Scale scale = Scale.of(rollout.deployment());
        @Nullable ReplicaSet single = rollout.activeOrLatest();
        if (single != null) {
            return resize(rollout, single, scale.replicas());
        }
        if (scale.saturated(rollout.newest())) {
            return resizeAll(
                    rollout,
                    rollout.old().stream()
                            .filter(each -> Scale.spec(each) > 0)
                            .map(each -> new Scale.Resize(each, 0))
                            .toList());
        }
        if (!Scale.rolling(rollout.deployment())) {
            return Future.succeededFuture(rollout);
        }
        @Nullable DeploymentStatus status = rollout.deployment().getStatus();
        return resizeAll(
                rollout, scale.proportional(rollout.active(), status == null ? 0 : Scale.count(status.getReplicas())));
    }

    private Future<Rollout> resizeAll(Rollout rollout, List<Scale.Resize> resizes) {
        Future<Rollout> done = Future.succeededFuture(rollout);
        for (Scale.Resize each : resizes) {
            done = done.compose(so -> resize(so, each.replicaSet(), each.to()));
        }
        return done;
    }

    private Future<Rollout> resize(Rollout rollout, ReplicaSet replicaSet, int size) {
        Scale scale = Scale.of(rollout.deployment());
        int before = Scale.spec(replicaSet);
        Map<String, String> known = RevisionAnnotations.annotations(replicaSet);
        Map<String, String> annotations = RevisionAnnotations.withSizes(known, scale.replicas(), scale.most());
        if (before == size && known.equals(annotations)) {
            return Future.succeededFuture(rollout);
        }
        ReplicaSet resized = new ReplicaSetBuilder(replicaSet)
                .editMetadata()
                .withAnnotations(annotations)
                .endMetadata()
                .editSpec()
                .withReplicas(size)
                .endSpec()
                .build();
        return replicaSets.update(resized).map(updated -> {
            if (before != size) {
                tellScaled(rollout.deployment(), updated, before, size);
            }
            return rollout.with(updated);
        });
    }

    private void tellScaled(Deployment deployment, ReplicaSet replicaSet, int from, int to) {
        events.event(
                deployment,
                "Normal",
                "ScalingReplicaSet",
                "Scaled " + (from < to ? "up" : "down") + " replica set "
                        + replicaSet.getMetadata().getName() + " from " + from + " to " + to);
    }

    private Future<Void> cleanUp(Rollout rollout) {
        List<Future<Void>> deletions = rollout.beyondHistory().stream()
                .map(each -> replicaSets
                        .delete(
                                each.getMetadata().getNamespace(),
                                each.getMetadata().getName(),
                                PodControl.thisVery(each))
                        .recover(cause -> cause instanceof ApiException no && no.notFound()
                                ? Future.succeededFuture()
                                : Future.failedFuture(cause)))
                .toList();
        return deletions.isEmpty()
                ? Future.succeededFuture()
                : Future.join(deletions).mapEmpty();
    }

    // ---- status

    /** @param progress whether to judge the progress of the rollout, or leave that condition as it is */
    private Future<Result> report(Rollout rollout, DeploymentConditions conditions, boolean progress) {
        Deployment deployment = rollout.deployment();
        @Nullable DeploymentStatus before = deployment.getStatus();
        @Nullable Integer collisions = before == null ? null : before.getCollisionCount();
        DeploymentStatus next = progress
                ? RolloutStatus.of(deployment, rollout.all(), rollout.newest(), conditions, collisions, clock.instant())
                : RolloutStatus.counts(deployment, rollout.all(), rollout.newest(), conditions, collisions);
        @Nullable Duration deadline = progress ? RolloutStatus.untilDeadline(deployment, next, clock.instant()) : null;
        Result result = deadline == null ? Result.done() : Result.after(deadline);
        return RolloutStatus.same(before, next)
                ? Future.succeededFuture(result)
                : write(deployment, next).map(result);
    }

    private Future<Deployment> write(Deployment deployment, DeploymentStatus status) {
        return deployments.updateStatus(
                new DeploymentBuilder(deployment).withStatus(status).build());
    }
}
