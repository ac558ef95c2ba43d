package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.kvorum.api.ApiException;
import io.kvorum.client.ApiClient;
import io.kvorum.client.Expectations;
import io.kvorum.client.Informer;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.OwnerReferences;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.SlowStart;
import io.kvorum.client.Timers;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.kvorum.controllers.pods.Claims;
import io.kvorum.controllers.pods.PodControl;
import io.kvorum.controllers.pods.PodIndexes;
import io.kvorum.controllers.pods.PodStates;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The ReplicaSet controller: claims pods, creates the missing, deletes the superfluous, reports in the status.
 *
 * <p>Its pods' names are chosen by the server, so it waits until the cache shows what it asked for before it counts again.
 */
public final class ReplicaSetController extends ReconcileLoop<ObjectKey> {
    private final ResourceClient<ReplicaSet> replicaSets;
    private final ResourceClient<Pod> pods;
    private final Lister<ReplicaSet> replicaSetLister;
    private final Lister<Pod> podLister;
    private final PodControl podControl;
    private final Expectations<ObjectKey> expectations;
    private final Clock clock;

    public ReplicaSetController(ControllerContext context, int concurrency) {
        super(context, "replicaset-controller", concurrency);
        ApiClient client = context.client();
        replicaSets = client.resources(ReplicaSet.class);
        pods = client.resources(Pod.class);
        Informer<ReplicaSet> replicaSetInformer = context.informers().of(ReplicaSet.class);
        replicaSetLister = replicaSetInformer.lister();
        podLister = context.pods().lister();
        podControl = new PodControl(pods, context.events("replicaset-controller"));
        expectations = new Expectations<>(Timers.on(context.vertx()));
        clock = context.clock();
        replicaSetInformer.handler(new ReplicaSetHandler());
        context.pods().handler(new PodHandler());
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable ReplicaSet replicaSet = replicaSetLister.get(key);
        if (replicaSet == null) {
            expectations.forget(key);
            return Future.succeededFuture(Result.done());
        }
        boolean mayManage =
                expectations.satisfied(key) && replicaSet.getMetadata().getDeletionTimestamp() == null;
        List<Pod> candidates = PodIndexes.candidates(
                podLister,
                replicaSet.getMetadata().getUid(),
                replicaSet.getMetadata().getNamespace());
        return Claims.claim(replicaSets, replicaSet, replicaSet.getSpec().getSelector(), pods, candidates, null)
                .compose(mine -> {
                    Future<Void> managed = mayManage ? manage(key, replicaSet, mine) : Future.succeededFuture();
                    return managed.transform(done -> report(replicaSet, mine, done.cause())
                            .compose(status -> done.failed()
                                    ? Future.failedFuture(done.cause())
                                    : Future.succeededFuture(nextLook(replicaSet, mine))));
                });
    }

    private Future<Void> manage(ObjectKey key, ReplicaSet replicaSet, List<Pod> mine) {
        ReplicaPlan plan = ReplicaPlan.of(replicaSet, mine, related(replicaSet), clock.instant());
        if (plan.create() > 0) {
            return create(key, replicaSet, plan.create());
        }
        return plan.delete().isEmpty() ? Future.succeededFuture() : delete(key, replicaSet, plan.delete());
    }

    private Future<Void> create(ObjectKey key, ReplicaSet replicaSet, int count) {
        expectations.expectCreations(key, count);
        return SlowStart.run(
                        count,
                        i -> podControl
                                .create(
                                        replicaSet,
                                        PodControl.fromTemplate(
                                                replicaSet.getSpec().getTemplate(), replicaSet))
                                .onFailure(cause -> expectations.creationObserved(key)))
                .compose(outcome -> {
                    for (int i = 0; i < outcome.skipped(); i++) {
                        expectations.creationObserved(key);
                    }
                    Future<Void> first = outcome.firstFailure();
                    // Nothing can be created in a namespace that is being deleted; trying again would not help.
                    return first.failed() && PodControl.namespaceTerminating(first.cause())
                            ? Future.succeededFuture()
                            : first;
                });
    }

    private Future<Void> delete(ObjectKey key, ReplicaSet replicaSet, List<Pod> superfluous) {
        superfluous.forEach(
                pod -> expectations.expectDeletion(key, pod.getMetadata().getUid()));
        List<Future<Void>> deletions = superfluous.stream()
                .map(pod -> podControl.delete(replicaSet, pod).recover(cause -> {
                    expectations.deletionObserved(key, pod.getMetadata().getUid());
                    return cause instanceof ApiException no && no.notFound()
                            ? Future.succeededFuture()
                            : Future.failedFuture(cause);
                }))
                .toList();
        return Future.join(deletions).mapEmpty();
    }

    /** The pods of all ReplicaSets of the owner, for example those of one Deployment. */
    private List<Pod> related(ReplicaSet replicaSet) {
        @Nullable OwnerReference owner = OwnerReferences.controllerOf(replicaSet);
        if (owner == null) {
            return PodIndexes.controlledBy(podLister, replicaSet.getMetadata().getUid());
        }
        return replicaSetLister.inNamespace(replicaSet.getMetadata().getNamespace()).stream()
                .filter(each -> {
                    @Nullable OwnerReference other = OwnerReferences.controllerOf(each);
                    return other != null && other.getUid().equals(owner.getUid());
                })
                .flatMap(each ->
                        PodIndexes.controlledBy(podLister, each.getMetadata().getUid()).stream())
                .toList();
    }

    private Future<Void> report(ReplicaSet replicaSet, List<Pod> mine, @Nullable Throwable failure) {
        ReplicaSetStatus next = ReplicaSetStatuses.next(replicaSet, mine, failure, clock.instant());
        if (ReplicaSetStatuses.same(replicaSet.getStatus(), next)) {
            return Future.succeededFuture();
        }
        return replicaSets
                .updateStatus(new ReplicaSetBuilder(replicaSet).withStatus(next).build())
                .mapEmpty();
    }

    /** A pod becomes available by the passing of time alone, so somebody must look when it does. */
    private Result nextLook(ReplicaSet replicaSet, List<Pod> mine) {
        int minReadySeconds = ReplicaSetStatuses.minReadySeconds(replicaSet);
        Instant now = clock.instant();
        @Nullable Duration soonest = null;
        for (Pod pod : mine) {
            @Nullable
            Duration wait = PodStates.active(pod) ? PodStates.untilAvailable(pod, minReadySeconds, now) : null;
            if (wait != null && (soonest == null || wait.compareTo(soonest) < 0)) {
                soonest = wait;
            }
        }
        return soonest == null ? Result.done() : Result.after(soonest.plusMillis(1));
    }

    private @Nullable ObjectKey ownerOf(Pod pod) {
        @Nullable OwnerReference owner = OwnerReferences.controllerOf(pod);
        if (owner == null || !owner.getKind().equals("ReplicaSet")) {
            return null;
        }
        ObjectKey key = new ObjectKey(pod.getMetadata().getNamespace(), owner.getName());
        @Nullable ReplicaSet replicaSet = replicaSetLister.get(key);
        // One of the same name but another uid is not the owner.
        return replicaSet != null && replicaSet.getMetadata().getUid().equals(owner.getUid()) ? key : null;
    }

    private void enqueueMatching(Pod orphan) {
        for (ReplicaSet each : replicaSetLister.inNamespace(orphan.getMetadata().getNamespace())) {
            if (LabelSelectors.matches(
                    each.getSpec().getSelector(), orphan.getMetadata().getLabels())) {
                controller.enqueue(ObjectKey.of(each));
            }
        }
    }

    private final class ReplicaSetHandler implements Informer.Handler<ReplicaSet> {
        @Override
        public void added(ReplicaSet replicaSet) {
            controller.enqueue(ObjectKey.of(replicaSet));
        }

        @Override
        public void updated(ReplicaSet before, ReplicaSet after) {
            if (!before.getMetadata().getUid().equals(after.getMetadata().getUid())) {
                expectations.forget(ObjectKey.of(after));
            }
            controller.enqueue(ObjectKey.of(after));
        }

        @Override
        public void deleted(ReplicaSet replicaSet) {
            expectations.forget(ObjectKey.of(replicaSet));
            controller.enqueue(ObjectKey.of(replicaSet));
        }
    }

    private final class PodHandler implements Informer.Handler<Pod> {
        @Override
        public void added(Pod pod) {
            if (PodStates.terminating(pod)) {
                // After a restart or a relist a pod may be seen first when it is on its way out.
                deleted(pod);
                return;
            }
            @Nullable ObjectKey owner = ownerOf(pod);
            if (owner != null) {
                expectations.creationObserved(owner);
                controller.enqueue(owner);
            } else if (OwnerReferences.controllerOf(pod) == null) {
                enqueueMatching(pod);
            }
        }

        @Override
        public void updated(Pod before, Pod after) {
            if (!PodStates.terminating(before) && PodStates.terminating(after)) {
                // The replacement need not wait for the end of the grace period.
                deleted(after);
                return;
            }
            @Nullable ObjectKey owner = ownerOf(after);
            @Nullable ObjectKey formerOwner = ownerOf(before);
            if (formerOwner != null && !Objects.equals(owner, formerOwner)) {
                controller.enqueue(formerOwner);
            }
            if (owner != null) {
                controller.enqueue(owner);
            } else if (OwnerReferences.controllerOf(after) == null) {
                enqueueMatching(after);
            }
        }

        @Override
        public void deleted(Pod pod) {
            @Nullable ObjectKey owner = ownerOf(pod);
            if (owner != null) {
                expectations.deletionObserved(owner, pod.getMetadata().getUid());
                controller.enqueue(owner);
            }
        }
    }
}
