package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.kvorum.client.ApiClient;
import io.kvorum.client.Expectations;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.OwnerReferences;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Timers;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.kvorum.controllers.pods.Claims;
import io.kvorum.controllers.pods.ExpectedPods;
import io.kvorum.controllers.pods.OwnedPods;
import io.kvorum.controllers.pods.OwnerLookup;
import io.kvorum.controllers.pods.PodControl;
import io.kvorum.controllers.pods.PodIndexes;
import io.kvorum.controllers.pods.PodStates;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The controller of a kind that keeps a number of alike pods: claims pods, creates the missing, deletes the superfluous,
 * reports in the status.
 *
 * <p>Its pods' names are chosen by the server, so it waits until the cache shows what it asked for before it counts again.
 */
class ReplicaController<O extends HasMetadata> extends ReconcileLoop<ObjectKey> {
    private final ReplicaKind<O> kind;
    private final ResourceClient<O> owners;
    private final ResourceClient<Pod> pods;
    private final Lister<O> ownerLister;
    private final Lister<Pod> podLister;
    private final Expectations<ObjectKey> expectations;
    private final ExpectedPods expectedPods;
    private final Clock clock;

    /**
     * @param name as in {@code --controllers}
     * @param source the component that its events name
     */
    ReplicaController(ControllerContext context, String name, String source, ReplicaKind<O> kind, int concurrency) {
        super(context, name, concurrency);
        this.kind = kind;
        ApiClient client = context.client();
        owners = client.resources(kind.type());
        pods = client.resources(Pod.class);
        Informer<O> ownerInformer = context.informers().of(kind.type());
        ownerLister = ownerInformer.lister();
        podLister = context.pods().lister();
        expectations = new Expectations<>(Timers.on(context.vertx()));
        expectedPods = new ExpectedPods(new PodControl(pods, context.events(source)), expectations);
        clock = context.clock();
        ownerInformer.handler(new OwnerHandler());
        OwnerLookup<O> lookup = new OwnerLookup<>(
                kind.kind(), ownerLister, each -> kind.read(each).selector());
        context.pods().handler(new OwnedPods<>(lookup, expectations, controller::enqueue));
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable O owner = ownerLister.get(key);
        if (owner == null) {
            expectations.forget(key);
            return Future.succeededFuture(Result.done());
        }
        boolean mayManage = expectations.satisfied(key) && owner.getMetadata().getDeletionTimestamp() == null;
        List<Pod> candidates = PodIndexes.candidates(
                podLister, owner.getMetadata().getUid(), owner.getMetadata().getNamespace());
        return Claims.claim(owners, owner, kind.read(owner).selector(), pods, candidates, null)
                .compose(mine -> {
                    Future<Void> managed = mayManage ? manage(key, owner, mine) : Future.succeededFuture();
                    return managed.transform(done -> report(owner, mine, done.cause())
                            .compose(status -> done.failed()
                                    ? Future.failedFuture(done.cause())
                                    : Future.succeededFuture(nextLook(owner, mine))));
                });
    }

    private Future<Void> manage(ObjectKey key, O owner, List<Pod> mine) {
        ReplicaPlan plan = ReplicaPlan.of(kind.read(owner).replicas(), mine, related(owner), clock.instant());
        return plan.create() > 0
                ? expectedPods.create(
                        key,
                        owner,
                        plan.create(),
                        i -> PodControl.fromTemplate(kind.read(owner).template(), owner))
                : expectedPods.delete(key, owner, plan.delete());
    }

    /** The pods of all ReplicaSets of the owner, for example those of one Deployment. */
    private List<Pod> related(O owner) {
        @Nullable OwnerReference above = OwnerReferences.controllerOf(owner);
        if (above == null) {
            return PodIndexes.controlledBy(podLister, owner.getMetadata().getUid());
        }
        return ownerLister.inNamespace(owner.getMetadata().getNamespace()).stream()
                .filter(each -> {
                    @Nullable OwnerReference other = OwnerReferences.controllerOf(each);
                    return other != null && other.getUid().equals(above.getUid());
                })
                .flatMap(each ->
                        PodIndexes.controlledBy(podLister, each.getMetadata().getUid()).stream())
                .toList();
    }

    private Future<Void> report(O owner, List<Pod> mine, @Nullable Throwable failure) {
        ReplicaSetStatus next = ReplicaSetStatuses.next(kind.read(owner), mine, failure, clock.instant());
        if (ReplicaSetStatuses.same(kind.read(owner).status(), next)) {
            return Future.succeededFuture();
        }
        return owners.updateStatus(kind.withStatus(owner, next)).mapEmpty();
    }

    /** A pod becomes available by the passing of time alone, so somebody must look when it does. */
    private Result nextLook(O owner, List<Pod> mine) {
        int minReadySeconds = kind.read(owner).minReadySeconds();
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

    private final class OwnerHandler implements Informer.Handler<O> {
        @Override
        public void added(O owner) {
            controller.enqueue(ObjectKey.of(owner));
        }

        @Override
        public void updated(O before, O after) {
            if (!before.getMetadata().getUid().equals(after.getMetadata().getUid())) {
                expectations.forget(ObjectKey.of(after));
            }
            controller.enqueue(ObjectKey.of(after));
        }

        @Override
        public void deleted(O owner) {
            expectations.forget(ObjectKey.of(owner));
            controller.enqueue(ObjectKey.of(owner));
        }
    }
}
