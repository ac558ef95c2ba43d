package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The PersistentVolume controller: binds claims to volumes and keeps the phases of both. One queue with one worker for both
 * kinds, so that no two claims are given the same volume; a key without a namespace is a volume's. A cache that lags behind
 * makes a write fail, since it has the version that was read.
 */
public final class PersistentVolumeBinder extends ReconcileLoop<ObjectKey> {
    private final Lister<PersistentVolume> volumes;
    private final Lister<PersistentVolumeClaim> claims;
    private final ClaimSteps claimSteps;
    private final VolumeSteps volumeSteps;
    private final Duration period;

    /**
     * @param period how often claims without a volume, and volumes that could not be reclaimed, are looked at again
     * @param folders deletes those of volumes
     */
    public PersistentVolumeBinder(ControllerContext context, Duration period, FolderDeletion folders) {
        super(context, "persistentvolume-binder-controller", 1);
        this.period = period;
        Informer<PersistentVolume> volumeInformer = context.informers().of(PersistentVolume.class);
        Informer<PersistentVolumeClaim> claimInformer = context.informers().of(PersistentVolumeClaim.class);
        volumes = volumeInformer.lister();
        claims = claimInformer.lister();
        ClaimUsers.index(context.pods());
        EventRecorder events = context.events("persistentvolume-controller");
        Bindings bindings = new Bindings(context, events);
        claimSteps = new ClaimSteps(context, bindings, new Provisioning(context, events), events);
        volumeSteps = new VolumeSteps(
                context, bindings, new Reclaim(context, bindings, folders), events, controller::enqueue);
        volumeInformer.handler(Informer.Handler.each(this::changed));
        claimInformer.handler(Informer.Handler.each(this::changed));
        context.informers().of(StorageClass.class).handler(Informer.Handler.each(this::changed));
    }

    private void changed(PersistentVolume volume) {
        controller.enqueue(ObjectKey.of(volume));
        @Nullable ObjectReference reference = volume.getSpec().getClaimRef();
        if (reference != null) {
            controller.enqueue(ControllerContext.key(reference.getNamespace(), reference.getName()));
        } else if (Phases.of(volume).equals(Phases.AVAILABLE)) {
            String name = volume.getMetadata().getName();
            String className = VolumeRules.className(volume);
            waiting(claim -> VolumeRules.className(claim).equals(className)
                    || Objects.equals(claim.getSpec().getVolumeName(), name));
        }
    }

    private void changed(PersistentVolumeClaim claim) {
        controller.enqueue(ObjectKey.of(claim));
        @Nullable String volume = claim.getSpec().getVolumeName();
        if (volume != null && !volume.isEmpty()) {
            controller.enqueue(ControllerContext.key(null, volume));
        }
    }

    private void changed(StorageClass type) {
        String name = type.getMetadata().getName();
        waiting(claim -> claim.getSpec().getStorageClassName() == null
                || VolumeRules.className(claim).equals(name));
    }

    private void waiting(Predicate<PersistentVolumeClaim> concerned) {
        claims.list().stream()
                .filter(claim -> !Annotations.has(claim, Annotations.BIND_COMPLETED))
                .filter(concerned)
                .map(ObjectKey::of)
                .forEach(controller::enqueue);
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        if (key.namespace().isEmpty()) {
            @Nullable PersistentVolume volume = volumes.get(key);
            return volume == null
                    ? Future.succeededFuture(Result.done())
                    : volumeSteps
                            .step(volume)
                            .map(done -> again(Phases.of(volume).equals(Phases.FAILED)));
        }
        @Nullable PersistentVolumeClaim claim = claims.get(key);
        return claim == null
                ? Future.succeededFuture(Result.done())
                : claimSteps.step(claim).map(done -> again(Phases.of(claim).equals(Phases.PENDING)));
    }

    /** What is written changes the object, which brings it back by itself. */
    private Result again(boolean open) {
        return open ? Result.after(period) : Result.done();
    }
}
