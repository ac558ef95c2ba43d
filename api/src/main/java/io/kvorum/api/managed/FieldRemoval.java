package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes the fields and items of a set out of a value; what is left empty goes as well. */
final class FieldRemoval {
    private FieldRemoval() {}

    /** The value without the set's places; null when nothing is left. The value itself is not changed. */
    static @Nullable JsonNode remove(FieldType type, JsonNode value, FieldSet set)
            throws ListItems.UnidentifiableException {
        if (set.children().isEmpty() || Values.hollow(value)) {
            return value;
        }
        FieldType.Form form = Values.form(type, value);
        if (form == FieldType.Form.MAP && value.isObject()) {
            return type.atomicMap() ? null : fields(type, value, set);
        }
        if (form == FieldType.Form.LIST && value.isArray()) {
            return ListItems.associative(type) ? items(type, value, set) : null;
        }
        return value;
    }

    private static @Nullable JsonNode fields(FieldType type, JsonNode object, FieldSet set)
            throws ListItems.UnidentifiableException {
        ObjectNode rest = Tree.newObject();
        boolean deduced = type.form() == FieldType.Form.DEDUCED;
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            FieldSet below = set.below(PathElement.field(entry.getKey()));
            FieldType field = deduced ? type : type.fieldOrDeduced(entry.getKey());
            JsonNode value = without(field, entry.getValue(), below);
            if (value != null) {
                rest.set(entry.getKey(), value);
            }
        }
        return rest.isEmpty() ? null : rest;
    }

    private static @Nullable JsonNode items(FieldType type, JsonNode array, FieldSet set)
            throws ListItems.UnidentifiableException {
        ArrayNode rest = Tree.newArray();
        for (JsonNode item : array) {
            JsonNode value = without(type.elementOrDeduced(), item, set.below(ListItems.element(type, item)));
            if (value != null) {
                rest.add(value);
            }
        }
        return rest.isEmpty() ? null : rest;
    }

    private static @Nullable JsonNode without(FieldType type, JsonNode value, @Nullable FieldSet below)
            throws ListItems.UnidentifiableException {
        if (below == null) {
            return value;
        }
        return below.includesSelf() ? null : remove(type, value, below);
    }
}
