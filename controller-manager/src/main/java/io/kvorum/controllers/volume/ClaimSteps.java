package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.pods.PodStates;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Brings one claim a step further: finds its volume, or says what it waits for. */
final class ClaimSteps {
    private static final String FAILED_BINDING = "FailedBinding";

    private final ResourceClient<PersistentVolumeClaim> claims;
    private final Lister<PersistentVolume> volumes;
    private final Lister<StorageClass> classes;
    private final Lister<Pod> pods;
    private final Bindings bindings;
    private final Provisioning provisioning;
    private final EventRecorder events;

    ClaimSteps(ControllerContext context, Bindings bindings, Provisioning provisioning, EventRecorder events) {
        claims = context.client().resources(PersistentVolumeClaim.class);
        volumes = context.informers().of(PersistentVolume.class).lister();
        classes = context.informers().of(StorageClass.class).lister();
        pods = context.pods().lister();
        this.bindings = bindings;
        this.provisioning = provisioning;
        this.events = events;
    }

    Future<Void> step(PersistentVolumeClaim claim) {
        return Annotations.has(claim, Annotations.BIND_COMPLETED) ? bound(claim) : unbound(claim);
    }

    private Future<Void> unbound(PersistentVolumeClaim claim) {
        @Nullable String wanted = claim.getSpec().getVolumeName();
        if (wanted != null && !wanted.isEmpty()) {
            return wanting(claim, wanted);
        }
        boolean delayed = delayed(claim);
        Optional<PersistentVolume> found = VolumeRules.best(claim, volumes.list(), delayed);
        return found.isPresent() ? bindings.bind(found.get(), claim) : waiting(claim, delayed);
    }

    /** Whether a pod has to be placed first, and none is. */
    private boolean delayed(PersistentVolumeClaim claim) {
        @Nullable StorageClass type = classes.get(ControllerContext.key(null, VolumeRules.className(claim)));
        return type != null
                && "WaitForFirstConsumer".equals(type.getVolumeBindingMode())
                && !Annotations.has(claim, Annotations.SELECTED_NODE);
    }

    private Future<Void> waiting(PersistentVolumeClaim claim, boolean delayed) {
        boolean classless =
                claim.getSpec().getStorageClassName() == null && !Annotations.has(claim, Annotations.CLASS_BETA);
        Optional<StorageClass> byDefault = classless ? defaultClass() : Optional.empty();
        if (byDefault.isPresent()) {
            return claims.update(new PersistentVolumeClaimBuilder(claim)
                            .editSpec()
                            .withStorageClassName(byDefault.get().getMetadata().getName())
                            .endSpec()
                            .build())
                    .mapEmpty();
        }
        if (delayed) {
            tellDelay(claim);
        } else if (!VolumeRules.className(claim).isEmpty()) {
            return provisioning.provision(claim);
        } else {
            events.event(
                    claim,
                    "Normal",
                    FAILED_BINDING,
                    "no persistent volumes available for this claim and no storage class is set");
        }
        return pending(claim);
    }

    /** The newest of those marked so. */
    private Optional<StorageClass> defaultClass() {
        return classes.list().stream()
                .filter(each -> "true".equals(Annotations.get(each, Annotations.DEFAULT_CLASS)))
                .min(Comparator.comparing(
                                (StorageClass each) -> each.getMetadata().getCreationTimestamp())
                        .reversed()
                        .thenComparing(each -> each.getMetadata().getName()));
    }

    private void tellDelay(PersistentVolumeClaim claim) {
        List<String> waiting = ClaimUsers.of(pods, ObjectKey.of(claim)).stream()
                .filter(pod -> !PodStates.terminal(pod)
                        && (pod.getSpec().getNodeName() == null
                                || pod.getSpec().getNodeName().isEmpty()))
                .map(pod -> pod.getMetadata().getName())
                .sorted()
                .toList();
        if (waiting.isEmpty()) {
            events.event(
                    claim, "Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
        } else {
            events.event(
                    claim,
                    "Normal",
                    "WaitForPodScheduled",
                    "waiting for pod" + (waiting.size() > 1 ? "s " : " ") + String.join(",", waiting)
                            + " to be scheduled");
        }
    }

    private Future<Void> pending(PersistentVolumeClaim claim) {
        return bindings.phase(claim, Phases.PENDING, null).mapEmpty();
    }

    /** One that names its volume. */
    private Future<Void> wanting(PersistentVolumeClaim claim, String wanted) {
        @Nullable PersistentVolume volume = volumes.get(ControllerContext.key(null, wanted));
        if (volume == null) {
            return pending(claim);
        }
        if (volume.getSpec().getClaimRef() == null) {
            Optional<String> mismatch = VolumeRules.mismatch(volume, claim);
            if (mismatch.isEmpty()) {
                return bindings.bind(volume, claim);
            }
            events.event(
                    claim,
                    "Warning",
                    "VolumeMismatch",
                    "Cannot bind to requested volume \"" + wanted + "\": " + mismatch.get());
            return pending(claim);
        }
        if (VolumeRules.boundTo(volume, claim)) {
            return bindings.bind(volume, claim);
        }
        events.event(claim, "Warning", FAILED_BINDING, "volume \"" + wanted + "\" already bound to a different claim.");
        return pending(claim);
    }

    private Future<Void> bound(PersistentVolumeClaim claim) {
        @Nullable String name = claim.getSpec().getVolumeName();
        if (name == null || name.isEmpty()) {
            return bindings.lost(
                    claim,
                    "ClaimLost",
                    "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!");
        }
        @Nullable PersistentVolume volume = volumes.get(ControllerContext.key(null, name));
        if (volume == null) {
            return bindings.lost(
                    claim, "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
        }
        if (volume.getSpec().getClaimRef() == null
                || claim.getMetadata()
                        .getUid()
                        .equals(volume.getSpec().getClaimRef().getUid())) {
            return bindings.bind(volume, claim);
        }
        return bindings.lost(
                claim, "ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly");
    }
}
