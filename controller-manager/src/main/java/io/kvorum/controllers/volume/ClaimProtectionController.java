package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.Informer;
import io.kvorum.client.ListOptions;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.vertx.core.Future;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Every claim has the finalizer {@value #FINALIZER}; a deleted one loses it when no pod on a node names it any more. */
public final class ClaimProtectionController extends ReconcileLoop<ObjectKey> {
    static final String FINALIZER = "kubernetes.io/pvc-protection";

    private final Finalizers<PersistentVolumeClaim> finalizers;
    private final ResourceClient<Pod> pods;
    private final Lister<PersistentVolumeClaim> claims;
    private final Lister<Pod> podLister;

    public ClaimProtectionController(ControllerContext context) {
        super(context, "persistentvolumeclaim-protection-controller", 1);
        finalizers = new Finalizers<>(
                context.client().resources(PersistentVolumeClaim.class), PersistentVolumeClaim.class, FINALIZER);
        pods = context.client().resources(Pod.class);
        Informer<PersistentVolumeClaim> informer = context.informers().of(PersistentVolumeClaim.class);
        claims = informer.lister();
        podLister = context.pods().lister();
        ClaimUsers.index(context.pods());
        informer.handler(Informer.Handler.each(claim -> {
            if (finalizers.missing(claim) || finalizers.held(claim)) {
                controller.enqueue(ObjectKey.of(claim));
            }
        }));
        context.pods().handler(new PodHandler());
    }

    /** Only what ends a use can let a claim go: a pod that is gone, or another of its name. */
    private final class PodHandler implements Informer.Handler<Pod> {
        @Override
        public void added(Pod pod) {}

        @Override
        public void updated(Pod before, Pod after) {
            if (!Objects.equals(
                    before.getMetadata().getUid(), after.getMetadata().getUid())) {
                deleted(before);
            }
        }

        @Override
        public void deleted(Pod pod) {
            ClaimUsers.claims(pod).forEach(controller::enqueue);
        }
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable PersistentVolumeClaim claim = claims.get(key);
        if (claim == null) {
            return Future.succeededFuture(Result.done());
        }
        if (finalizers.missing(claim)) {
            return finalizers.add(claim).map(Result.done());
        }
        if (!finalizers.held(claim)
                || ClaimUsers.of(podLister, key).stream().anyMatch(pod -> ClaimUsers.uses(pod, claim))) {
            return Future.succeededFuture(Result.done());
        }
        // The cache may not have a pod that was just put on a node.
        return pods.list(key.namespace(), ListOptions.ALL)
                .compose(list -> list.items().stream().anyMatch(pod -> ClaimUsers.uses(pod, claim))
                        ? Future.succeededFuture()
                        : finalizers.remove(claim))
                .map(Result.done());
    }
}
