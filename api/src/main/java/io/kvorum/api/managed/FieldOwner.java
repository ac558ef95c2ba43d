package io.kvorum.api.managed;

import io.kvorum.api.Tree;
import java.util.Comparator;

/**
 * Who manages fields: a workflow by its name, apart for applies and updates, for updates of different versions, and for
 * subresources.
 *
 * @param apiVersion empty for APPLY, which keeps one set however its version changes
 * @param subresource empty for the object itself
 */
record FieldOwner(String manager, Operation operation, String apiVersion, String subresource) {
    enum Operation {
        APPLY("Apply"),
        UPDATE("Update");

        final String word;

        Operation(String word) {
            this.word = word;
        }
    }

    static final Comparator<FieldOwner> ORDER = Comparator.comparing(FieldOwner::manager)
            .thenComparing(FieldOwner::apiVersion)
            .thenComparing(FieldOwner::subresource);

    static FieldOwner apply(String manager, String subresource) {
        return new FieldOwner(named(manager), Operation.APPLY, "", subresource);
    }

    static FieldOwner update(String manager, String apiVersion, String subresource) {
        return new FieldOwner(named(manager), Operation.UPDATE, apiVersion, subresource);
    }

    private static String named(String manager) {
        return manager.isEmpty() ? "unknown" : manager;
    }

    boolean applied() {
        return operation == Operation.APPLY;
    }

    /** As messages name it: {@code "kubectl" using apps/v1}. */
    String display() {
        StringBuilder text = new StringBuilder();
        GoJson.write(manager, text);
        if (!subresource.isEmpty()) {
            text.append(" with subresource ");
            GoJson.write(subresource, text);
        }
        return applied()
                ? text.toString()
                : text.append(" using ").append(apiVersion).toString();
    }

    @Override
    public String toString() {
        return Tree.newObject()
                .put("manager", manager)
                .put("operation", operation.word)
                .put("apiVersion", apiVersion)
                .put("subresource", subresource)
                .toString();
    }
}
