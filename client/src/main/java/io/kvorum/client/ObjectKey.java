package io.kvorum.client;

import io.fabric8.kubernetes.api.model.HasMetadata;
import org.jspecify.annotations.Nullable;

/** Namespace and name of an object; the namespace is empty for cluster-scoped ones. */
public record ObjectKey(String namespace, String name) {
    public static ObjectKey of(HasMetadata object) {
        @Nullable String namespace = object.getMetadata().getNamespace();
        return new ObjectKey(
                namespace == null ? "" : namespace, object.getMetadata().getName());
    }

    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
