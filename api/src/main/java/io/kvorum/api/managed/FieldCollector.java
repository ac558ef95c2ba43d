package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** Makes the set of all fields of a value: its leaves, the items of its lists, the entries of its maps. */
final class FieldCollector {
    private FieldCollector() {}

    static FieldSet collect(FieldType type, JsonNode value) throws ListItems.UnidentifiableException {
        FieldSet set = FieldSet.draft();
        collect(type, value, set);
        return set;
    }

    private static void collect(FieldType type, JsonNode value, FieldSet set) throws ListItems.UnidentifiableException {
        switch (Values.form(type, value)) {
            case MAP -> {
                if (type.atomicMap()) {
                    set.insertSelf();
                } else if (value.isObject()) {
                    fields(type, value, set);
                }
            }
            case LIST -> {
                if (!ListItems.associative(type)) {
                    set.insertSelf();
                } else if (value.isArray()) {
                    items(type, value, set);
                }
            }
            default -> set.insertSelf();
        }
    }

    private static void fields(FieldType type, JsonNode object, FieldSet set) throws ListItems.UnidentifiableException {
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            FieldSet below = FieldSet.draft();
            collect(
                    type.form() == FieldType.Form.DEDUCED ? type : type.fieldOrDeduced(entry.getKey()),
                    entry.getValue(),
                    below);
            JsonNode value = entry.getValue();
            if (value.isNull() || (value.isObject() && value.isEmpty()) || type.field(entry.getKey()) == null) {
                below.insertSelf();
            }
            set.put(PathElement.field(entry.getKey()), below);
        }
    }

    private static void items(FieldType type, JsonNode array, FieldSet set) throws ListItems.UnidentifiableException {
        for (Map.Entry<String, List<JsonNode>> item :
                ListItems.index(type, array).entrySet()) {
            FieldSet below = FieldSet.draft();
            below.insertSelf();
            if (item.getValue().size() == 1) {
                collect(type.elementOrDeduced(), item.getValue().get(0), below);
            }
            set.put(item.getKey(), below);
        }
    }
}
