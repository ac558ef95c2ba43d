package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.FieldErrors;
import io.kvorum.api.validation.FieldPath;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether the lists that are sets and maps have each item, or each key, once. */
final class ListUniqueness {
    private ListUniqueness() {}

    /** @param old what was at the same place before; lists that did not change are not looked at */
    static void check(
            @Nullable JsonNode value,
            @Nullable JsonNode old,
            @Nullable StructuralSchema schema,
            FieldPath path,
            FieldErrors errors) {
        if (schema == null || value == null || value.equals(old)) {
            return;
        }
        if (value instanceof ObjectNode object) {
            object.properties().forEach(field -> {
                StructuralSchema property = schema.property(field.getKey());
                JsonNode before = old == null ? null : old.get(field.getKey());
                if (property != null) {
                    check(field.getValue(), before, property, path.child(field.getKey()), errors);
                } else {
                    check(field.getValue(), before, schema.additional(), path.key(field.getKey()), errors);
                }
            });
        } else if (value instanceof ArrayNode array) {
            items(array, schema, path, errors);
            for (int i = 0; i < array.size(); i++) {
                check(array.get(i), null, schema.items(), path.index(i), errors);
            }
        }
    }

    private static void items(ArrayNode array, StructuralSchema schema, FieldPath path, FieldErrors errors) {
        boolean set = schema.listType().equals("set");
        if (!set && !schema.listType().equals("map")) {
            return;
        }
        Set<JsonNode> seen = new HashSet<>();
        Set<JsonNode> reported = new HashSet<>();
        for (int i = 0; i < array.size(); i++) {
            JsonNode identity = set ? array.get(i) : key(array.get(i), schema);
            if (!seen.add(identity) && reported.add(identity)) {
                errors.duplicate(path.index(i), identity);
            }
        }
    }

    private static JsonNode key(JsonNode item, StructuralSchema schema) {
        ObjectNode key = Tree.newObject();
        for (String field : schema.mapKeys()) {
            JsonNode part = item.get(field);
            if (part != null) {
                key.set(field, part);
            }
        }
        return key;
    }
}
