package io.kvorum.client;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads and makes {@code metadata.ownerReferences}. */
public final class OwnerReferences {
    private OwnerReferences() {}

    /** The reference to the one owner that controls {@code object}; null when nobody does. */
    public static @Nullable OwnerReference controllerOf(HasMetadata object) {
        for (OwnerReference reference : object.getMetadata().getOwnerReferences()) {
            if (Boolean.TRUE.equals(reference.getController())) {
                return reference;
            }
        }
        return null;
    }

    /** Whether {@code owner}, this very object and not a namesake, controls {@code object}. */
    public static boolean controlledBy(HasMetadata object, HasMetadata owner) {
        @Nullable OwnerReference reference = controllerOf(object);
        return reference != null
                && Objects.equals(reference.getUid(), owner.getMetadata().getUid());
    }

    /** A controller reference to {@code owner} that holds up its foreground deletion. */
    public static OwnerReference controller(HasMetadata owner) {
        return new OwnerReferenceBuilder()
                .withApiVersion(owner.getApiVersion())
                .withKind(owner.getKind())
                .withName(owner.getMetadata().getName())
                .withUid(owner.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }
}
