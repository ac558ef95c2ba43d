package io.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.Conditions;
import java.util.List;

/** How a definition goes: it waits, behind a finalizer, until its objects are gone. */
public final class DefinitionDeletion {
    static final String FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

    private DefinitionDeletion() {}

    /** Marks a definition that is about to be deleted, in place. */
    public static void begin(ObjectNode definition, String now) {
        ObjectNode metadata = Tree.ensureObject(definition, "metadata");
        if (!pending(definition)) {
            Tree.ensureArray(metadata, "finalizers").add(FINALIZER);
        }
        Conditions.set(
                definition,
                "Terminating",
                "True",
                "InstanceDeletionPending",
                "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
                now);
    }

    static boolean pending(ObjectNode definition) {
        return Tree.texts(definition, "metadata", "finalizers").contains(FINALIZER);
    }

    static void inProgress(ObjectNode definition, String now) {
        Conditions.set(
                definition,
                "Terminating",
                "True",
                "InstanceDeletionInProgress",
                "CustomResource deletion is in progress",
                now);
    }

    /** Takes the finalizer away, in place. */
    static void end(ObjectNode definition, String now) {
        List<String> finalizers = Tree.texts(definition, "metadata", "finalizers");
        ArrayNode rest = Tree.ensureObject(definition, "metadata").putArray("finalizers");
        finalizers.stream().filter(one -> !one.equals(FINALIZER)).forEach(rest::add);
        Conditions.set(definition, "Terminating", "False", "InstanceDeletionCompleted", "removed all instances", now);
    }
}
