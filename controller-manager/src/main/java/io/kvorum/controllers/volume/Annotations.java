package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The annotations that volumes, claims and classes are known by. */
final class Annotations {
    /** On a claim: it was bound once. */
    static final String BIND_COMPLETED = "pv.kubernetes.io/bind-completed";
    /** On either: the controller chose the other one, and may undo that. */
    static final String BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
    /** On a volume: who made it. */
    static final String PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
    /** On a claim: who is to make its volume. */
    static final String PROVISIONER = "volume.kubernetes.io/storage-provisioner";

    static final String PROVISIONER_BETA = "volume.beta.kubernetes.io/storage-provisioner";
    /** On a claim: where the scheduler wants its volume to be made. */
    static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";
    /** On either: the class, before there was a field for it. */
    static final String CLASS_BETA = "volume.beta.kubernetes.io/storage-class";

    static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";
    static final String YES = "yes";

    private Annotations() {}

    static boolean has(HasMetadata object, String name) {
        return get(object, name) != null;
    }

    static @Nullable String get(HasMetadata object, String name) {
        @Nullable Map<String, String> all = object.getMetadata().getAnnotations();
        return all == null ? null : all.get(name);
    }
}
