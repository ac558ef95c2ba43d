package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;

/** The rules of one kind, beside those of ObjectMeta. */
interface KindValidation {
    /** The rules an object must meet at any time. */
    void create(ObjectNode object, ValidationOptions options, FieldErrors errors);

    /** The rules of a change; unless the kind says otherwise, those of creation. */
    default void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        create(next, options, errors);
    }

    /** The rules of a change of status. */
    default void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {}

    KindValidation NONE = (object, options, errors) -> {};

    static KindValidation of(ResourceInfo resource) {
        return NONE;
    }
}
