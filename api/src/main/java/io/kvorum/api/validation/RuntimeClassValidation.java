package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of RuntimeClasses. */
final class RuntimeClassValidation implements KindValidation {
    private static final FieldPath HANDLER = FieldPath.of("handler");
    private static final FieldPath SCHEDULING = FieldPath.of("scheduling");

    @Override
    public void create(ObjectNode runtime, ValidationOptions options, FieldErrors errors) {
        String handler = Tree.text(runtime, "handler");
        errors.invalidEach(HANDLER, handler, ObjectNames.dns1123Label(handler));
        // Upstream checks the overhead as the limits of a container, and names it so.
        ObjectNode overhead = Tree.newObject();
        overhead.set("limits", Tree.object(runtime, "overhead", "podFixed"));
        ResourceListValidation.requirements(overhead, FieldPath.of("overhead"), errors);
        JsonNode scheduling = runtime.path("scheduling");
        MetaValidation.labels(scheduling.path("nodeSelector"), SCHEDULING.child("nodeSelector"), errors);
        tolerations(Tree.items(scheduling, "tolerations"), SCHEDULING.child("tolerations"), errors);
    }

    private static void tolerations(List<JsonNode> tolerations, FieldPath path, FieldErrors errors) {
        SchedulingValidation.tolerations(tolerations, path, errors);
        Set<List<String>> seen = new HashSet<>();
        for (int i = 0; i < tolerations.size(); i++) {
            JsonNode each = tolerations.get(i);
            boolean isNew = seen.add(List.of(
                    Tree.text(each, "key"),
                    Tree.text(each, "operator"),
                    Tree.text(each, "value"),
                    Tree.text(each, "effect")));
            if (!isNew) {
                errors.duplicate(path.index(i), InternalForm.toleration(each));
            }
        }
    }

    /** Nothing else is looked at again. */
    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        errors.immutable(
                HANDLER, TextNode.valueOf(Tree.text(old, "handler")), TextNode.valueOf(Tree.text(next, "handler")));
    }
}
