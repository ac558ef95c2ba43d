package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;

/** Between the version of an object that is stored and the version a request speaks. */
public interface Conversion {
    /** The stored version is the version spoken. */
    Conversion IDENTITY = new Conversion() {
        @Override
        public boolean identity() {
            return true;
        }

        @Override
        public ObjectNode toWire(ObjectNode stored) {
            return stored;
        }

        @Override
        public ObjectNode toStored(ObjectNode wire) {
            return wire;
        }
    };

    static Conversion of(ResourceInfo info) {
        if (info.group().equals("events.k8s.io")) {
            return new EventConversion();
        }
        if (info.group().equals("autoscaling") && info.version().equals("v1")) {
            return new AutoscalingV1Conversion();
        }
        return IDENTITY;
    }

    /** The group under which the objects are stored. */
    default String group(ResourceInfo info) {
        return info.group();
    }

    default boolean identity() {
        return false;
    }

    ObjectNode toWire(ObjectNode stored);

    ObjectNode toStored(ObjectNode wire);
}
