package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import org.jspecify.annotations.Nullable;

/** The conditions in the status of a CustomResourceDefinition. */
public final class Conditions {
    private Conditions() {}

    public static boolean isTrue(JsonNode definition, String type) {
        return Tree.text(find(definition, type), "status").equals("True");
    }

    /** Null where the condition is not there. */
    public static @Nullable ObjectNode find(JsonNode definition, String type) {
        for (ObjectNode condition : Tree.objects(definition, "status", "conditions")) {
            if (Tree.text(condition, "type").equals(type)) {
                return condition;
            }
        }
        return null;
    }

    /** @param now RFC 3339; when the status differs from what it was, the time of transition */
    public static void set(
            ObjectNode definition, String type, String status, String reason, String message, String now) {
        ObjectNode condition = find(definition, type);
        if (condition == null) {
            condition = Tree.ensureArray(Tree.ensureObject(definition, "status"), "conditions")
                    .addObject();
            condition.put("lastTransitionTime", now);
        } else if (!Tree.text(condition, "status").equals(status)) {
            condition.put("lastTransitionTime", now);
        }
        condition.put("message", message);
        condition.put("reason", reason);
        condition.put("status", status);
        condition.put("type", type);
    }
}
