package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatusBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeStatusBuilder;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes of bonds and phases. Each writes what differs and nothing else; all fail when the cache was behind. */
final class Bindings {
    private final ResourceClient<PersistentVolume> volumes;
    private final ResourceClient<PersistentVolumeClaim> claims;
    private final EventRecorder events;

    Bindings(ControllerContext context, EventRecorder events) {
        volumes = context.client().resources(PersistentVolume.class);
        claims = context.client().resources(PersistentVolumeClaim.class);
        this.events = events;
    }

    /** In the order that can be taken up again wherever it ends: the volume, its phase, the claim, its phase. */
    Future<Void> bind(PersistentVolume volume, PersistentVolumeClaim claim) {
        return give(volume, claim)
                .compose(given -> phase(given, Phases.BOUND, ""))
                .compose(bound -> take(claim, bound)
                        .compose(taken -> phase(taken, Phases.BOUND, bound))
                        .mapEmpty());
    }

    private Future<PersistentVolume> give(PersistentVolume volume, PersistentVolumeClaim claim) {
        boolean chosen = !VolumeRules.boundTo(volume, claim);
        @Nullable ObjectReference now = volume.getSpec().getClaimRef();
        boolean named = !chosen
                && now != null
                && Objects.equals(now.getUid(), claim.getMetadata().getUid());
        boolean marked = !chosen || Annotations.has(volume, Annotations.BOUND_BY_CONTROLLER);
        if (named && marked) {
            return Future.succeededFuture(volume);
        }
        PersistentVolumeBuilder next = new PersistentVolumeBuilder(volume)
                .editSpec()
                .withClaimRef(reference(claim))
                .endSpec();
        return volumes.update(
                marked
                        ? next.build()
                        : next.editMetadata()
                                .addToAnnotations(Annotations.BOUND_BY_CONTROLLER, Annotations.YES)
                                .endMetadata()
                                .build());
    }

    private static ObjectReference reference(PersistentVolumeClaim claim) {
        return new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("PersistentVolumeClaim")
                .withNamespace(claim.getMetadata().getNamespace())
                .withName(claim.getMetadata().getName())
                .withUid(claim.getMetadata().getUid())
                .withResourceVersion(claim.getMetadata().getResourceVersion())
                .build();
    }

    private Future<PersistentVolumeClaim> take(PersistentVolumeClaim claim, PersistentVolume volume) {
        String name = volume.getMetadata().getName();
        boolean named = name.equals(claim.getSpec().getVolumeName());
        if (named && Annotations.has(claim, Annotations.BIND_COMPLETED)) {
            return Future.succeededFuture(claim);
        }
        PersistentVolumeClaimBuilder next = new PersistentVolumeClaimBuilder(claim)
                .editSpec()
                .withVolumeName(name)
                .endSpec()
                .editMetadata()
                .addToAnnotations(Annotations.BIND_COMPLETED, Annotations.YES)
                .endMetadata();
        return claims.update(
                named
                        ? next.build()
                        : next.editMetadata()
                                .addToAnnotations(Annotations.BOUND_BY_CONTROLLER, Annotations.YES)
                                .endMetadata()
                                .build());
    }

    /** Undoes what the controller chose; of what somebody else wished, forgets which claim of that name it was. */
    Future<PersistentVolume> unbind(PersistentVolume volume) {
        PersistentVolume next = Annotations.has(volume, Annotations.BOUND_BY_CONTROLLER)
                ? new PersistentVolumeBuilder(volume)
                        .editMetadata()
                        .removeFromAnnotations(Annotations.BOUND_BY_CONTROLLER)
                        .endMetadata()
                        .editSpec()
                        .withClaimRef(null)
                        .endSpec()
                        .build()
                : new PersistentVolumeBuilder(volume)
                        .editSpec()
                        .editClaimRef()
                        .withUid(null)
                        .endClaimRef()
                        .endSpec()
                        .build();
        return volumes.update(next).compose(free -> phase(free, Phases.AVAILABLE, ""));
    }

    Future<PersistentVolume> phase(PersistentVolume volume, String phase, String message) {
        if (Phases.of(volume).equals(phase)) {
            return Future.succeededFuture(volume);
        }
        @Nullable PersistentVolumeStatus before = volume.getStatus();
        PersistentVolumeStatus status = (before == null
                        ? new PersistentVolumeStatusBuilder()
                        : new PersistentVolumeStatusBuilder(before))
                .withPhase(phase)
                .withMessage(message.isEmpty() ? null : message)
                .build();
        return volumes.updateStatus(
                new PersistentVolumeBuilder(volume).withStatus(status).build());
    }

    /** A volume that could not be reclaimed; told once. */
    Future<PersistentVolume> failed(PersistentVolume volume, String reason, String message) {
        if (Phases.of(volume).equals(Phases.FAILED)) {
            return Future.succeededFuture(volume);
        }
        return phase(volume, Phases.FAILED, message).onSuccess(told -> events.event(told, "Warning", reason, message));
    }

    /** A claim without its volume; told once. */
    Future<Void> lost(PersistentVolumeClaim claim, String reason, String message) {
        if (Phases.of(claim).equals(Phases.LOST)) {
            return Future.succeededFuture();
        }
        return phase(claim, Phases.LOST, null)
                .onSuccess(told -> events.event(told, "Warning", reason, message))
                .mapEmpty();
    }

    /** @param volume whose access modes and capacity the claim has; null for none */
    Future<PersistentVolumeClaim> phase(PersistentVolumeClaim claim, String phase, @Nullable PersistentVolume volume) {
        @Nullable PersistentVolumeClaimStatus before = claim.getStatus();
        PersistentVolumeClaimStatus status = before == null
                ? new PersistentVolumeClaimStatus()
                : new PersistentVolumeClaimStatusBuilder(before).build();
        status.setPhase(phase);
        if (volume == null) {
            status.setAccessModes(new ArrayList<>());
            // An empty one is written as none, and would differ from none for ever.
            if (status.getCapacity() != null && !status.getCapacity().isEmpty()) {
                status.setCapacity(null);
            }
        } else {
            status.setAccessModes(volume.getSpec().getAccessModes());
            if (!Phases.of(claim).equals(Phases.BOUND)) {
                // Later differences are somebody's intention: a file system smaller than its device.
                status.setCapacity(volume.getSpec().getCapacity());
                status.setCurrentVolumeAttributesClassName(volume.getSpec().getVolumeAttributesClassName());
            }
        }
        return Objects.equals(before, status)
                ? Future.succeededFuture(claim)
                : claims.updateStatus(new PersistentVolumeClaimBuilder(claim)
                        .withStatus(status)
                        .build());
    }
}
