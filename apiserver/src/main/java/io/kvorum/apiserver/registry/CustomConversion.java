package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.custom.CustomObjects;
import io.kvorum.api.custom.CustomType;

/**
 * Between the version a custom resource is stored in and the version spoken, where the two differ in nothing but what
 * their schemas know. Objects pass admission and validation in the version spoken.
 */
final class CustomConversion implements Conversion {
    private final CustomType type;

    CustomConversion(CustomType type) {
        this.type = type;
    }

    @Override
    public ObjectNode toWire(ObjectNode stored) {
        return CustomObjects.fromStorage(type, stored);
    }

    @Override
    public ObjectNode toStored(ObjectNode wire) {
        return wire;
    }

    @Override
    public ObjectNode afterStore(ObjectNode stored) {
        return CustomObjects.fromStorage(type, stored);
    }

    @Override
    public ObjectNode beforeStore(ObjectNode object) {
        return CustomObjects.forStorage(type, object);
    }
}
