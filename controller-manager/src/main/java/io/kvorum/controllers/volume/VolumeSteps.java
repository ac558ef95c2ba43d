package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.kvorum.api.ApiException;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Brings one volume a step further: its phase, and what becomes of it after its claim. */
final class VolumeSteps {
    private final ResourceClient<PersistentVolumeClaim> claims;
    private final Lister<PersistentVolumeClaim> claimLister;
    private final Bindings bindings;
    private final Reclaim reclaim;
    private final EventRecorder events;
    private final Consumer<ObjectKey> claimQueue;

    /** @param claimQueue takes claims that are to be looked at next */
    VolumeSteps(
            ControllerContext context,
            Bindings bindings,
            Reclaim reclaim,
            EventRecorder events,
            Consumer<ObjectKey> claimQueue) {
        claims = context.client().resources(PersistentVolumeClaim.class);
        claimLister = context.informers().of(PersistentVolumeClaim.class).lister();
        this.bindings = bindings;
        this.reclaim = reclaim;
        this.events = events;
        this.claimQueue = claimQueue;
    }

    Future<Void> step(PersistentVolume volume) {
        @Nullable ObjectReference reference = volume.getSpec().getClaimRef();
        if (reference == null
                || reference.getUid() == null
                || reference.getUid().isEmpty()) {
            return bindings.phase(volume, Phases.AVAILABLE, "").mapEmpty();
        }
        return claim(reference).compose(claim -> claim.isPresent() ? claimed(volume, claim.get()) : released(volume));
    }

    /** The cache may not have it yet; to release the volume of a claim that lives would lose data, so the API is asked. */
    private Future<Optional<PersistentVolumeClaim>> claim(ObjectReference reference) {
        ObjectKey key = ControllerContext.key(reference.getNamespace(), reference.getName());
        if (key.namespace().isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        @Nullable PersistentVolumeClaim cached = claimLister.get(key);
        if (cached != null && cached.getMetadata().getUid().equals(reference.getUid())) {
            return Future.succeededFuture(Optional.of(cached));
        }
        return claims.get(key.namespace(), key.name())
                .map(found -> Optional.of(found)
                        .filter(claim -> claim.getMetadata().getUid().equals(reference.getUid())))
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(cause));
    }

    private Future<Void> claimed(PersistentVolume volume, PersistentVolumeClaim claim) {
        @Nullable String taken = claim.getSpec().getVolumeName();
        if (taken == null || taken.isEmpty()) {
            if (VolumeRules.sameMode(claim, volume)) {
                claimQueue.accept(ObjectKey.of(claim));
                return Future.succeededFuture();
            }
            String message =
                    "Cannot bind PersistentVolume \"" + volume.getMetadata().getName()
                            + "\" to requested PersistentVolumeClaim \""
                            + claim.getMetadata().getName()
                            + "\" due to incompatible volumeMode.";
            events.event(volume, "Warning", "VolumeMismatch", message);
            events.event(claim, "Warning", "VolumeMismatch", message);
            return Future.succeededFuture();
        }
        if (taken.equals(volume.getMetadata().getName())) {
            return bindings.phase(volume, Phases.BOUND, "").mapEmpty();
        }
        // It was made for the claim, which has another one now: nobody will want it.
        return Annotations.has(volume, Annotations.PROVISIONED_BY)
                        && "Delete".equals(volume.getSpec().getPersistentVolumeReclaimPolicy())
                ? released(volume)
                : bindings.unbind(volume).mapEmpty();
    }

    private Future<Void> released(PersistentVolume volume) {
        // Failed stays to be seen, though it is tried again.
        Future<PersistentVolume> free = Phases.of(volume).equals(Phases.FAILED)
                ? Future.succeededFuture(volume)
                : bindings.phase(volume, Phases.RELEASED, "");
        return free.compose(reclaim::reclaim);
    }
}
