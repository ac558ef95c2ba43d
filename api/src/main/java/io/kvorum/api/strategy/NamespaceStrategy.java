package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;

/** Namespaces hold a finalizer from birth, and change it only through their {@code finalize} subresource. */
final class NamespaceStrategy extends GenericStrategy {
    NamespaceStrategy(ResourceInfo resource) {
        super(resource);
    }

    @Override
    public void prepareForCreate(ObjectNode namespace) {
        super.prepareForCreate(namespace);
        ArrayNode finalizers = Tree.ensureArray(Tree.ensureObject(namespace, "spec"), "finalizers");
        if (!Tree.texts(namespace, "spec", "finalizers").contains("kubernetes")) {
            finalizers.add("kubernetes");
        }
    }

    @Override
    public void prepareForUpdate(ObjectNode old, ObjectNode next) {
        super.prepareForUpdate(old, next);
        copyField(Tree.object(old, "spec"), Tree.ensureObject(next, "spec"), "finalizers");
    }

    /** {@code finalize}: all but the status. */
    @Override
    public void preparePartUpdate(String subresource, ObjectNode old, ObjectNode next) {
        super.prepareForUpdate(old, next);
    }

    @Override
    public void canonicalize(ObjectNode namespace) {
        super.canonicalize(namespace);
        // A generated name is known only now.
        Tree.ensureObject(Tree.ensureObject(namespace, "metadata"), "labels")
                .put("kubernetes.io/metadata.name", Tree.text(namespace, "metadata", "name"));
    }
}
