package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import java.util.List;

/** CustomResourceDefinitions remember in their status every version objects were ever stored in. */
final class DefinitionStrategy extends GenericStrategy {
    DefinitionStrategy(ResourceInfo resource) {
        super(resource);
    }

    @Override
    public void prepareForCreate(ObjectNode object) {
        super.prepareForCreate(object);
        rememberStorage(object);
    }

    @Override
    public void prepareForUpdate(ObjectNode old, ObjectNode next) {
        super.prepareForUpdate(old, next);
        rememberStorage(next);
    }

    private static void rememberStorage(ObjectNode definition) {
        ArrayNode stored = Tree.ensureArray(Tree.ensureObject(definition, "status"), "storedVersions");
        List<String> known = Tree.texts(definition, "status", "storedVersions");
        Tree.objects(definition, "spec", "versions").stream()
                .filter(version -> Tree.flag(version, "storage"))
                .map(version -> Tree.text(version, "name"))
                .filter(name -> !known.contains(name))
                .forEach(stored::add);
    }
}
