package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.strategy.Strategy;
import io.kvorum.api.validation.Validation;
import io.kvorum.api.validation.ValidationOptions;
import io.kvorum.api.warning.KindWarnings;
import java.util.List;
import java.util.Set;

/**
 * What of an object an update is about: all of it, or the part that a subresource stands for.
 *
 * @param name of the subresource; empty for the whole object
 */
record ObjectPart(String name) {
    /** Subresources that show the object and change a part of it. */
    private static final Set<String> NAMES = Set.of("status", "approval", "ephemeralcontainers", "resize", "finalize");

    static final ObjectPart WHOLE = new ObjectPart("");

    static ObjectPart of(String subresource) {
        return new ObjectPart(NAMES.contains(subresource) ? subresource : "");
    }

    static boolean exists(String subresource) {
        return NAMES.contains(subresource);
    }

    boolean isWhole() {
        return name.isEmpty();
    }

    boolean isResize() {
        return name.equals("resize");
    }

    /** Whether it may change what an object of a resource takes of a quota: claims' status tells what they have. */
    boolean isCharged(ResourceInfo resource) {
        return isWhole()
                || isResize()
                || name.equals("status") && resource.groupResource().equals("persistentvolumeclaims");
    }

    /** Makes {@code next} a legal successor of {@code old} as far as the strategy can. */
    void prepare(Strategy strategy, ObjectNode old, ObjectNode next) {
        if (isWhole()) {
            strategy.prepareForUpdate(old, next);
        } else if (name.equals("status")) {
            strategy.prepareStatusUpdate(old, next);
        } else {
            strategy.preparePartUpdate(name, old, next);
        }
    }

    List<ApiException.Cause> validate(
            ResourceInfo resource, ObjectNode old, ObjectNode next, ValidationOptions options) {
        if (isWhole()) {
            return Validation.update(resource, old, next, options);
        }
        return name.equals("status")
                ? Validation.updateStatus(resource, old, next, options)
                : Validation.updatePart(resource, name, old, next, options);
    }

    /** What there is to tell of the change, which is valid. */
    List<String> warnings(ResourceInfo resource, ObjectNode old, ObjectNode next) {
        if (isWhole()) {
            return KindWarnings.updated(resource, old, next);
        }
        return name.equals("status") ? KindWarnings.statusUpdated(resource, next) : List.of();
    }
}
