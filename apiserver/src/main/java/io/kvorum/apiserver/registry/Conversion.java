package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.vertx.core.Future;
import java.util.List;

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
        if (info.custom() == null) {
            return IDENTITY;
        }
        return info.custom().convertsByWebhook()
                ? new WebhookConversion(info.custom())
                : new CustomConversion(info.custom());
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

    /** Whether objects can be converted without asking anybody, so that nothing needs to be prepared. */
    default boolean immediate() {
        return true;
    }

    /** Gets objects of the store ready for {@link #toWire} and {@link #afterStore}; those are called right after it. */
    default Future<Void> prepare(Converter converter, List<ObjectNode> stored) {
        return Future.succeededFuture();
    }

    /** Gets an object ready for {@link #beforeStore}. */
    default Future<Void> prepareStore(Converter converter, ObjectNode object) {
        return Future.succeededFuture();
    }

    /** From what the store holds to what admission and validation see. */
    default ObjectNode afterStore(ObjectNode stored) {
        return stored;
    }

    /** From what admission and validation have seen to what the store holds. {@code object} is left as it was. */
    default ObjectNode beforeStore(ObjectNode object) {
        return object;
    }

    ObjectNode toWire(ObjectNode stored);

    ObjectNode toStored(ObjectNode wire);
}
