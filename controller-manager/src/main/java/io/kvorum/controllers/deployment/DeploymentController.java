package io.kvorum.controllers.deployment;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.kvorum.client.Informer;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.OwnerReferences;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.kvorum.controllers.pods.Claims;
import io.kvorum.controllers.pods.PodIndexes;
import io.kvorum.controllers.pods.PodStates;
import io.vertx.core.Future;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The Deployment controller: claims ReplicaSets and hands the Deployment to {@link RolloutSteps}. */
public final class DeploymentController extends ReconcileLoop<ObjectKey> {
    private final ResourceClient<Deployment> deployments;
    private final ResourceClient<ReplicaSet> replicaSets;
    private final Lister<Deployment> deploymentLister;
    private final Lister<ReplicaSet> replicaSetLister;
    private final Lister<Pod> podLister;
    private final RolloutSteps steps;

    public DeploymentController(ControllerContext context, int concurrency) {
        super(context, "deployment-controller", concurrency);
        deployments = context.client().resources(Deployment.class);
        replicaSets = context.client().resources(ReplicaSet.class);
        Informer<Deployment> deploymentInformer = context.informers().of(Deployment.class);
        Informer<ReplicaSet> replicaSetInformer = context.informers().of(ReplicaSet.class);
        deploymentLister = deploymentInformer.lister();
        replicaSetLister = replicaSetInformer.lister();
        podLister = context.pods().lister();
        steps = new RolloutSteps(
                deployments,
                replicaSets,
                uid -> PodIndexes.controlledBy(podLister, uid),
                context.events("deployment-controller"),
                context.clock());
        deploymentInformer.handler(new DeploymentHandler());
        replicaSetInformer.handler(new ReplicaSetHandler());
        context.pods().handler(new PodHandler());
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable Deployment deployment = deploymentLister.get(key);
        if (deployment == null) {
            return Future.succeededFuture(Result.done());
        }
        if (selectsEverything(deployment)) {
            return steps.refuseEmptySelector(deployment);
        }
        return Claims.claim(
                        deployments,
                        deployment,
                        deployment.getSpec().getSelector(),
                        replicaSets,
                        replicaSetLister.inNamespace(key.namespace()),
                        null)
                .compose(mine -> steps.advance(Rollout.of(deployment, mine)));
    }

    private static boolean selectsEverything(Deployment deployment) {
        var selector = deployment.getSpec().getSelector();
        return selector == null
                || ((selector.getMatchLabels() == null
                                || selector.getMatchLabels().isEmpty())
                        && selector.getMatchExpressions().isEmpty());
    }

    private @Nullable ObjectKey ownerOf(ReplicaSet replicaSet) {
        @Nullable OwnerReference owner = OwnerReferences.controllerOf(replicaSet);
        if (owner == null || !owner.getKind().equals("Deployment")) {
            return null;
        }
        ObjectKey key = new ObjectKey(replicaSet.getMetadata().getNamespace(), owner.getName());
        @Nullable Deployment deployment = deploymentLister.get(key);
        return deployment != null && deployment.getMetadata().getUid().equals(owner.getUid()) ? key : null;
    }

    private void enqueueMatching(ReplicaSet orphan) {
        for (Deployment each : deploymentLister.inNamespace(orphan.getMetadata().getNamespace())) {
            if (LabelSelectors.matches(
                    each.getSpec().getSelector(), orphan.getMetadata().getLabels())) {
                controller.enqueue(ObjectKey.of(each));
            }
        }
    }

    private void enqueueOwner(ReplicaSet replicaSet) {
        @Nullable ObjectKey owner = ownerOf(replicaSet);
        if (owner != null) {
            controller.enqueue(owner);
        } else if (OwnerReferences.controllerOf(replicaSet) == null) {
            enqueueMatching(replicaSet);
        }
    }

    private final class DeploymentHandler implements Informer.Handler<Deployment> {
        @Override
        public void added(Deployment deployment) {
            controller.enqueue(ObjectKey.of(deployment));
        }

        @Override
        public void updated(Deployment before, Deployment after) {
            controller.enqueue(ObjectKey.of(after));
        }

        @Override
        public void deleted(Deployment deployment) {
            controller.enqueue(ObjectKey.of(deployment));
        }
    }

    private final class ReplicaSetHandler implements Informer.Handler<ReplicaSet> {
        @Override
        public void added(ReplicaSet replicaSet) {
            enqueueOwner(replicaSet);
        }

        @Override
        public void updated(ReplicaSet before, ReplicaSet after) {
            @Nullable ObjectKey former = ownerOf(before);
            if (former != null && !Objects.equals(former, ownerOf(after))) {
                controller.enqueue(former);
            }
            enqueueOwner(after);
        }

        @Override
        public void deleted(ReplicaSet replicaSet) {
            @Nullable ObjectKey owner = ownerOf(replicaSet);
            if (owner != null) {
                controller.enqueue(owner);
            }
        }
    }

    /** A Recreate rollout waits for the last old pod; only its end matters here. */
    private final class PodHandler implements Informer.Handler<Pod> {
        @Override
        public void added(Pod pod) {}

        @Override
        public void updated(Pod before, Pod after) {
            if (!PodStates.terminal(before) && PodStates.terminal(after)) {
                deleted(after);
            }
        }

        @Override
        public void deleted(Pod pod) {
            @Nullable OwnerReference owner = OwnerReferences.controllerOf(pod);
            if (owner == null || !owner.getKind().equals("ReplicaSet")) {
                return;
            }
            @Nullable
            ReplicaSet replicaSet =
                    replicaSetLister.get(new ObjectKey(pod.getMetadata().getNamespace(), owner.getName()));
            @Nullable ObjectKey key = replicaSet == null ? null : ownerOf(replicaSet);
            @Nullable Deployment deployment = key == null ? null : deploymentLister.get(key);
            if (key != null && deployment != null && !Scale.rolling(deployment)) {
                controller.enqueue(key);
            }
        }
    }
}
