package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kvorum.client.LabelSelectors;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which volume is for which claim. Pure. */
final class VolumeRules {
    private static final String STORAGE = "storage";

    private VolumeRules() {}

    /** Empty for none. */
    static String className(PersistentVolumeClaim claim) {
        @Nullable String beta = Annotations.get(claim, Annotations.CLASS_BETA);
        return beta != null ? beta : orEmpty(claim.getSpec().getStorageClassName());
    }

    /** Empty for none. */
    static String className(PersistentVolume volume) {
        @Nullable String beta = Annotations.get(volume, Annotations.CLASS_BETA);
        return beta != null ? beta : orEmpty(volume.getSpec().getStorageClassName());
    }

    /** Whether the volume is the claim's, or was kept for one of its name by whoever made it. */
    static boolean boundTo(PersistentVolume volume, PersistentVolumeClaim claim) {
        @Nullable ObjectReference reference = volume.getSpec().getClaimRef();
        if (reference == null
                || !Objects.equals(reference.getName(), claim.getMetadata().getName())
                || !Objects.equals(reference.getNamespace(), claim.getMetadata().getNamespace())) {
            return false;
        }
        String uid = orEmpty(reference.getUid());
        return uid.isEmpty() || uid.equals(claim.getMetadata().getUid());
    }

    /**
     * The volume that fits best: one that is kept for the claim, else of those with the fewest access modes the smallest.
     *
     * @param delayed whether a new bond has to wait for a pod
     */
    static Optional<PersistentVolume> best(
            PersistentVolumeClaim claim, List<PersistentVolume> volumes, boolean delayed) {
        List<PersistentVolume> able = volumes.stream()
                .filter(volume -> volume.getSpec().getClaimRef() == null || boundTo(volume, claim))
                .filter(volume -> volume.getMetadata().getDeletionTimestamp() == null)
                .filter(volume -> capacity(volume).compareTo(requested(claim)) >= 0
                        && sameMode(claim, volume)
                        && modesCovered(claim, volume)
                        && sameAttributes(claim, volume))
                .toList();
        Optional<PersistentVolume> kept =
                able.stream().filter(volume -> boundTo(volume, claim)).findFirst();
        if (kept.isPresent() || delayed) {
            return kept;
        }
        return able.stream()
                .filter(volume -> Phases.of(volume).equals(Phases.AVAILABLE)
                        && className(volume).equals(className(claim))
                        && selected(claim, volume))
                .min(Comparator.comparing((PersistentVolume volume) ->
                                volume.getSpec().getAccessModes().size())
                        .thenComparing(VolumeRules::capacity)
                        .thenComparing(volume -> volume.getMetadata().getName()));
    }

    /** Why a claim cannot have the volume it names; empty when it can. */
    static Optional<String> mismatch(PersistentVolume volume, PersistentVolumeClaim claim) {
        if (volume.getMetadata().getDeletionTimestamp() != null) {
            return Optional.of("the volume is marked for deletion \""
                    + volume.getMetadata().getName() + "\"");
        }
        if (capacity(volume).compareTo(requested(claim)) < 0) {
            return Optional.of("requested PV is too small");
        }
        if (!className(volume).equals(className(claim))) {
            return Optional.of("storageClassName does not match");
        }
        if (!sameAttributes(claim, volume)) {
            return Optional.of("volumeAttributesClassName does not match");
        }
        if (!sameMode(claim, volume)) {
            return Optional.of("incompatible volumeMode");
        }
        return modesCovered(claim, volume) ? Optional.empty() : Optional.of("incompatible accessMode");
    }

    static boolean sameMode(PersistentVolumeClaim claim, PersistentVolume volume) {
        return mode(claim.getSpec().getVolumeMode())
                .equals(mode(volume.getSpec().getVolumeMode()));
    }

    private static String mode(@Nullable String mode) {
        return mode == null ? "Filesystem" : mode;
    }

    private static boolean modesCovered(PersistentVolumeClaim claim, PersistentVolume volume) {
        return volume.getSpec().getAccessModes().containsAll(claim.getSpec().getAccessModes());
    }

    private static boolean sameAttributes(PersistentVolumeClaim claim, PersistentVolume volume) {
        return orEmpty(claim.getSpec().getVolumeAttributesClassName())
                .equals(orEmpty(volume.getSpec().getVolumeAttributesClassName()));
    }

    private static boolean selected(PersistentVolumeClaim claim, PersistentVolume volume) {
        return claim.getSpec().getSelector() == null
                || LabelSelectors.matches(
                        claim.getSpec().getSelector(), volume.getMetadata().getLabels());
    }

    static io.kvorum.api.Quantity capacity(PersistentVolume volume) {
        return amount(volume.getSpec().getCapacity());
    }

    static io.kvorum.api.Quantity requested(PersistentVolumeClaim claim) {
        return amount(
                claim.getSpec().getResources() == null
                        ? null
                        : claim.getSpec().getResources().getRequests());
    }

    private static io.kvorum.api.Quantity amount(@Nullable Map<String, Quantity> resources) {
        @Nullable Quantity storage = resources == null ? null : resources.get(STORAGE);
        return storage == null ? io.kvorum.api.Quantity.ZERO : io.kvorum.api.Quantity.parse(storage.toString());
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
