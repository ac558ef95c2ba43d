package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts the defaults of a schema into an object, and takes away nulls where the schema allows none. Idempotent. */
final class CustomDefaults {
    private CustomDefaults() {}

    /** Changes {@code object} in place. */
    static void apply(ObjectNode object, StructuralSchema schema) {
        dropNulls(object, schema);
        fill(object, schema);
    }

    private static void fill(@Nullable JsonNode value, @Nullable StructuralSchema schema) {
        if (schema == null || !schema.hasDefaults()) {
            return;
        }
        if (value instanceof ObjectNode object) {
            for (Map.Entry<String, StructuralSchema> property :
                    schema.properties().entrySet()) {
                JsonNode given = object.get(property.getKey());
                JsonNode otherwise = property.getValue().defaultValue();
                if (otherwise != null && (given == null || forbiddenNull(given, property.getValue()))) {
                    object.set(property.getKey(), otherwise.deepCopy());
                }
            }
            StructuralSchema more = schema.additional();
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                StructuralSchema property = schema.property(field.getKey());
                if (property == null && more != null && forbiddenNull(field.getValue(), more)) {
                    field.setValue(orNull(more.defaultValue()));
                }
                fill(field.getValue(), property == null ? more : property);
            }
        } else if (value instanceof ArrayNode array && schema.items() != null) {
            StructuralSchema items = schema.items();
            for (int i = 0; i < array.size(); i++) {
                if (forbiddenNull(array.get(i), items)) {
                    array.set(i, orNull(items.defaultValue()));
                }
                fill(array.get(i), items);
            }
        }
    }

    private static JsonNode orNull(@Nullable JsonNode value) {
        return value == null ? NullNode.getInstance() : value.deepCopy();
    }

    private static boolean forbiddenNull(@Nullable JsonNode value, StructuralSchema schema) {
        return value != null && value.isNull() && !schema.nullable();
    }

    private static void dropNulls(@Nullable JsonNode value, @Nullable StructuralSchema schema) {
        if (schema == null) {
            return;
        }
        if (value instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                StructuralSchema property = schema.property(name);
                StructuralSchema fits = property == null ? schema.additional() : property;
                if (fits == null) {
                    continue;
                }
                if (forbiddenNull(object.get(name), fits) && fits.defaultValue() == null) {
                    object.remove(name);
                } else {
                    dropNulls(object.get(name), fits);
                }
            }
        } else if (value instanceof ArrayNode array) {
            array.forEach(item -> dropNulls(item, schema.items()));
        }
    }
}
