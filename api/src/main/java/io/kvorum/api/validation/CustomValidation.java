package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.custom.CustomObjects;
import io.kvorum.api.custom.CustomType;

/** The rules of a custom resource: those of its definition. */
record CustomValidation(CustomType type) implements KindValidation {
    @Override
    public void create(ObjectNode object, ValidationOptions options, FieldErrors errors) {
        CustomObjects.validate(type, object, null, errors);
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        CustomObjects.validate(type, next, old, errors);
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        CustomObjects.validate(type, next, old, errors);
    }
}
