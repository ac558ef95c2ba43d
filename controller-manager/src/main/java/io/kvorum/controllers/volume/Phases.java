package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import org.jspecify.annotations.Nullable;

/** The phases of volumes and claims. */
final class Phases {
    static final String PENDING = "Pending";
    static final String AVAILABLE = "Available";
    static final String BOUND = "Bound";
    static final String RELEASED = "Released";
    static final String FAILED = "Failed";
    static final String LOST = "Lost";

    private Phases() {}

    /** Empty for one that says none. */
    static String of(PersistentVolume volume) {
        return text(volume.getStatus() == null ? null : volume.getStatus().getPhase());
    }

    /** Empty for one that says none. */
    static String of(PersistentVolumeClaim claim) {
        return text(claim.getStatus() == null ? null : claim.getStatus().getPhase());
    }

    private static String text(@Nullable String phase) {
        return phase == null ? "" : phase;
    }
}
