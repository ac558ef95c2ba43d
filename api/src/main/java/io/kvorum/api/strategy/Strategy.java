package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What a resource does around writes. Objects are changed in place; they have been decoded and defaulted, and carry
 * their uid and creationTimestamp before {@link #prepareForCreate}. No strategy sets metadata that the store owns
 * (resourceVersion, uid, times).
 */
public interface Strategy {
    /** Resets what a client may not set on a new object (status), sets the first generation, adds what the kind has at birth. */
    void prepareForCreate(ObjectNode object);

    /** Makes {@code next} a legal successor of {@code old}: keeps status where it has its own subresource, raises the generation when the spec differs. */
    void prepareForUpdate(ObjectNode old, ObjectNode next);

    /** Makes {@code next} the old object with a new status, and with those parts of metadata a status update may change. */
    void prepareStatusUpdate(ObjectNode old, ObjectNode next);

    /**
     * Makes {@code next} the old object with the part replaced that a subresource other than {@code status} is for.
     *
     * @param subresource for example {@code approval} or {@code ephemeralcontainers}
     */
    default void preparePartUpdate(String subresource, ObjectNode old, ObjectNode next) {
        throw new IllegalStateException("no part " + subresource);
    }

    /** Brings the valid object into its stored form. */
    void canonicalize(ObjectNode object);

    /** Whether objects of the resource carry {@code metadata.generation}. */
    boolean hasGeneration();

    /** Whether PUT of an object that does not exist creates it. */
    boolean allowCreateOnUpdate();

    /** Whether an update without resourceVersion is taken as it is. */
    boolean allowUnconditionalUpdate();

    /**
     * How long a deletion waits, in seconds; 0 deletes at once.
     *
     * @param requested {@code gracePeriodSeconds} of the request, null when it names none
     */
    long deletionGraceSeconds(ObjectNode object, @Nullable Long requested);
}
