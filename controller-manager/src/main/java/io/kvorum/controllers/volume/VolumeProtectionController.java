package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Every PersistentVolume has the finalizer {@value #FINALIZER}; a deleted one loses it when it is not Bound any more. */
public final class VolumeProtectionController extends ReconcileLoop<ObjectKey> {
    static final String FINALIZER = "kubernetes.io/pv-protection";

    private final Finalizers<PersistentVolume> finalizers;
    private final Lister<PersistentVolume> volumes;

    public VolumeProtectionController(ControllerContext context) {
        super(context, "persistentvolume-protection-controller", 1);
        finalizers =
                new Finalizers<>(context.client().resources(PersistentVolume.class), PersistentVolume.class, FINALIZER);
        Informer<PersistentVolume> informer = context.informers().of(PersistentVolume.class);
        volumes = informer.lister();
        informer.handler(Informer.Handler.each(volume -> {
            if (finalizers.missing(volume) || finalizers.held(volume)) {
                controller.enqueue(ObjectKey.of(volume));
            }
        }));
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable PersistentVolume volume = volumes.get(key);
        if (volume == null) {
            return Future.succeededFuture(Result.done());
        }
        Future<Void> step = Future.succeededFuture();
        if (finalizers.missing(volume)) {
            step = finalizers.add(volume);
        } else if (finalizers.held(volume) && !Phases.of(volume).equals(Phases.BOUND)) {
            step = finalizers.remove(volume);
        }
        return step.map(Result.done());
    }
}
