package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** What a walk along typed values asks of them. */
final class Values {
    private Values() {}

    /** Whether there is nothing to walk into: absent, null, an empty list or object, or no container at all. */
    static boolean hollow(@Nullable JsonNode value) {
        return value == null || !value.isContainerNode() || value.isEmpty();
    }

    /** The form a value of a type has, looking at the value where the type says nothing. */
    static FieldType.Form form(FieldType type, @Nullable JsonNode value) {
        if (type.form() != FieldType.Form.DEDUCED || value == null) {
            return type.form();
        }
        return value.isObject() ? FieldType.Form.MAP : value.isArray() ? FieldType.Form.LIST : FieldType.Form.SCALAR;
    }
}
