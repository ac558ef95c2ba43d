package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Golden;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.defaults.Defaults;
import io.kvorum.api.strategy.Strategies;
import java.util.List;

/** Findings about objects written as JSON with single quotes, each as {@code path: message}. */
final class Findings {
    private Findings() {}

    static List<String> of(String object) {
        return of(object, ValidationOptions.DEFAULT);
    }

    static List<String> of(String object, ValidationOptions options) {
        ObjectNode tree = Golden.tree(object);
        ResourceInfo resource = Golden.resource(tree);
        return texts(Validation.create(resource, prepared(resource, tree), options));
    }

    /** Findings about a change, as a server makes it: status and generation follow the strategy. */
    static List<String> ofUpdate(String object, String wanted) {
        return ofUpdate(object, wanted, ValidationOptions.DEFAULT);
    }

    static List<String> ofUpdate(String object, String wanted, ValidationOptions options) {
        ObjectNode old = Golden.tree(object);
        ResourceInfo resource = Golden.resource(old);
        prepared(resource, old);
        ObjectNode next = Golden.tree(wanted);
        if (resource.namespaced()) {
            Tree.ensureObject(next, "metadata").put("namespace", "default");
        }
        Tree.object(next, "metadata").put("uid", "u1");
        Defaults.apply(resource, next);
        Strategies.of(resource).prepareForUpdate(old, next);
        return texts(Validation.update(resource, old, next, options));
    }

    /** Findings about a change of status from one to the other. */
    static List<String> ofStatus(String object, String before, String after) {
        ObjectNode old = Golden.tree(object);
        ResourceInfo resource = Golden.resource(old);
        prepared(resource, old);
        ObjectNode next = old.deepCopy();
        old.set("status", Golden.tree(before));
        next.set("status", Golden.tree(after));
        return texts(Validation.updateStatus(resource, old, next, ValidationOptions.DEFAULT));
    }

    /** Findings about a change through the subresource {@code status}. */
    static List<String> ofStatus(String object, String wanted) {
        ObjectNode old = Golden.tree(object);
        ResourceInfo resource = Golden.resource(old);
        prepared(resource, old);
        ObjectNode next = Golden.tree(wanted);
        ObjectNode metadata = Tree.ensureObject(next, "metadata").put("uid", "u1");
        if (resource.namespaced()) {
            metadata.put("namespace", "default");
        }
        Strategies.of(resource).prepareStatusUpdate(old, next);
        return texts(Validation.updateStatus(resource, old, next, ValidationOptions.DEFAULT));
    }

    private static ObjectNode prepared(ResourceInfo resource, ObjectNode tree) {
        if (resource.namespaced()) {
            Tree.ensureObject(tree, "metadata").put("namespace", "default");
        }
        Tree.ensureObject(tree, "metadata").put("uid", "u1");
        Defaults.apply(resource, tree);
        Strategies.of(resource).prepareForCreate(tree);
        return tree;
    }

    private static List<String> texts(List<ApiException.Cause> causes) {
        return causes.stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .toList();
    }
}
