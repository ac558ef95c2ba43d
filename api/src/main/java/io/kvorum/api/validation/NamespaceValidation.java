package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.List;

/** The rules of Namespaces. */
final class NamespaceValidation implements KindValidation {
    private static final FieldPath FINALIZERS = FieldPath.of("spec", "finalizers");

    @Override
    public void create(ObjectNode namespace, ValidationOptions options, FieldErrors errors) {
        List<String> finalizers = Tree.texts(namespace, "spec", "finalizers");
        for (String name : finalizers) {
            errors.invalidEach(FINALIZERS, name, ObjectNames.qualifiedName(name));
            if (!name.contains("/") && !name.equals("kubernetes")) {
                errors.invalid(FINALIZERS, name, "name is neither a standard finalizer name nor is it fully qualified");
            }
        }
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        boolean deleted = next.path("metadata").hasNonNull("deletionTimestamp");
        String phase = Tree.text(next, "status", "phase");
        String expected = deleted ? "Terminating" : "Active";
        if (!phase.equals(expected)) {
            // The capital is upstream's.
            errors.invalid(
                    FieldPath.of("status", "Phase"),
                    phase,
                    "may only be '" + expected + "' if `deletionTimestamp` is " + (deleted ? "not empty" : "empty"));
        }
    }
}
