package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceCatalog;
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

    /** The version that is stored. */
    default ResourceInfo storedInfo(ResourceInfo info, ResourceCatalog catalog) {
        return info;
    }

    /** The catalogue's entry of a version that others convert to. */
    static ResourceInfo builtin(ResourceCatalog catalog, String group, String version, String resource) {
        return catalog.byResource(group, version, resource)
                .orElseThrow(() -> new IllegalStateException("no " + resource + " in " + group + "/" + version));
    }

    default boolean identity() {
        return false;
    }

    ObjectNode toWire(ObjectNode stored);

    ObjectNode toStored(ObjectNode wire);
}
