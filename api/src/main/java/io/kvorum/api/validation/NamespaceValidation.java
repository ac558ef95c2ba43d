package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Set;

/** The rules of Namespaces. */
final class NamespaceValidation implements KindValidation {
    private static final FieldPath FINALIZERS = FieldPath.of("spec", "finalizers");
    private static final Set<String> STANDARD = Set.of("kubernetes", "orphan", "foregroundDeletion");

    @Override
    public void create(ObjectNode namespace, ValidationOptions options, FieldErrors errors) {
        // Upstream names no index here.
        Tree.texts(namespace, "spec", "finalizers").forEach(name -> finalizer(name, FINALIZERS, errors));
    }

    /** {@code finalize}: every name is one of a finalizer. */
    @Override
    public void updatePart(
            String subresource, ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        List<String> names = Tree.texts(next, "spec", "finalizers");
        for (int i = 0; i < names.size(); i++) {
            finalizer(names.get(i), FINALIZERS.index(i), errors);
        }
    }

    private static void finalizer(String name, FieldPath path, FieldErrors errors) {
        errors.invalidEach(path, name, ObjectNames.qualifiedName(name));
        if (!name.contains("/") && !STANDARD.contains(name)) {
            errors.invalid(path, name, "name is neither a standard finalizer name nor is it fully qualified");
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
