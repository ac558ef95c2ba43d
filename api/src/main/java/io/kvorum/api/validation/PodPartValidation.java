package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.QosClass;
import io.kvorum.api.Tree;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The rules of {@code pods/ephemeralcontainers} and {@code pods/resize}. */
final class PodPartValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final Set<String> RESIZABLE = Set.of("cpu", "memory");

    private PodPartValidation() {}

    static void check(String subresource, ObjectNode old, ObjectNode next, FieldErrors errors) {
        if (subresource.equals("resize")) {
            resize(old, next, errors);
        } else {
            ephemeralContainers(old, next, errors);
        }
    }

    /** Ephemeral containers are only ever added. */
    private static void ephemeralContainers(ObjectNode old, ObjectNode next, FieldErrors errors) {
        if (PodAnnotationRules.isMirror(old)) {
            errors.forbidden(FieldPath.ROOT, "static pods do not support ephemeral containers");
            return;
        }
        PodValidation.spec(next.path("spec"), SPEC, errors);
        FieldPath path = SPEC.child("ephemeralContainers");
        Map<String, JsonNode> wanted = new HashMap<>();
        for (JsonNode container : Tree.items(next, "spec", "ephemeralContainers")) {
            wanted.put(Tree.text(container, "name"), container);
        }
        for (JsonNode container : Tree.items(old, "spec", "ephemeralContainers")) {
            String name = Tree.text(container, "name");
            JsonNode now = wanted.get(name);
            if (now == null) {
                errors.forbidden(path, "existing ephemeral containers \"" + name + "\" may not be removed\n");
            } else if (!Tree.semanticallyEqual(container, now)) {
                errors.forbidden(
                        path,
                        "existing ephemeral containers \"" + name + "\" may not be changed\n"
                                + LineDiff.of((ObjectNode) container, (ObjectNode) now));
            }
        }
    }

    private static void resize(ObjectNode old, ObjectNode next, FieldErrors errors) {
        if (PodAnnotationRules.isMirror(old)) {
            errors.forbidden(FieldPath.ROOT, "static pods cannot be resized");
            return;
        }
        if (Tree.text(old, "spec", "os", "name").equals("windows")) {
            errors.forbidden(FieldPath.ROOT, "windows pods cannot be resized");
            return;
        }
        PodValidation.spec(next.path("spec"), SPEC, errors);
        for (String list : List.of("containers", "initContainers")) {
            List<JsonNode> before = Tree.items(old, "spec", list);
            List<JsonNode> after = Tree.items(next, "spec", list);
            for (int i = 0; i < before.size() && i < after.size(); i++) {
                container(before.get(i), after.get(i), SPEC.child(list).index(i), list, errors);
            }
        }
        if (!QosClass.of(old).equals(QosClass.of(next))) {
            errors.invalid(SPEC, QosClass.of(next), "Pod QOS Class may not change as a result of resizing");
        }
    }

    private static void container(JsonNode before, JsonNode after, FieldPath at, String list, FieldErrors errors) {
        JsonNode old = before.path("resources");
        JsonNode now = after.path("resources");
        if (Tree.semanticallyEqual(old, now)) {
            return;
        }
        boolean init = list.equals("initContainers");
        if (init && !Tree.text(before, "restartPolicy").equals("Always")) {
            errors.forbidden(at.child("resources"), "resources for non-sidecar init containers are immutable");
            return;
        }
        for (String kind : List.of("limits", "requests")) {
            amounts(old.path(kind), now.path(kind), at.child("resources", kind), kind, errors);
        }
        if (!Tree.semanticallyEqual(old.get("claims"), now.get("claims"))) {
            errors.forbidden(at.child("resources", "claims"), "field is immutable");
        }
    }

    private static void amounts(JsonNode old, JsonNode now, FieldPath path, String kind, FieldErrors errors) {
        Set<String> names = new TreeSet<>();
        old.fieldNames().forEachRemaining(names::add);
        now.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            boolean changed = !old.path(name).asText().equals(now.path(name).asText());
            if (changed && !RESIZABLE.contains(name)) {
                errors.forbidden(path.child(name), "only cpu and memory resources are mutable");
            } else if (old.hasNonNull(name) && !now.hasNonNull(name)) {
                errors.forbidden(path, "resource " + kind + " cannot be removed");
            }
        }
    }
}
