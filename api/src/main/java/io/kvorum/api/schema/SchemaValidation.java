package io.kvorum.api.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.kvorum.api.ApiException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The check that required fields are there, for kinds without rules of their own. The object has been decoded, so its
 * shape is right. Status is the controllers' and is not looked at; a required number or boolean may be missing, because
 * upstream reads it as zero.
 */
public final class SchemaValidation {
    private final Set<String> mayBeEmpty;
    private final List<ApiException.Cause> causes = new ArrayList<>();

    private SchemaValidation(Set<String> mayBeEmpty) {
        this.mayBeEmpty = mayBeEmpty;
    }

    /** One {@code FieldValueRequired} per missing field, with paths such as {@code spec.containers[0].name}. */
    public static List<ApiException.Cause> validate(Schema schema, JsonNode object) {
        return validate(schema, object, Set.of());
    }

    /**
     * The same for kinds that upstream defines by a custom resource, where required means present.
     *
     * @param mayBeEmpty names of required text fields whose empty value is a value, such as the core {@code group}
     */
    public static List<ApiException.Cause> validate(Schema schema, JsonNode object, Set<String> mayBeEmpty) {
        List<ApiException.Cause> causes = new SchemaValidation(mayBeEmpty).of(schema, object);
        return List.copyOf(causes);
    }

    private List<ApiException.Cause> of(Schema schema, JsonNode object) {
        for (Map.Entry<String, Schema> property : schema.properties().entrySet()) {
            String name = property.getKey();
            if (!name.equals("status") && !name.equals("metadata")) {
                property(schema, name, property.getValue(), object.get(name), name);
            }
        }
        return causes;
    }

    private void property(Schema owner, String name, Schema schema, @Nullable JsonNode value, String path) {
        if (value == null
                || value.isNull()
                || (value.isTextual() && value.asText().isEmpty() && !mayBeEmpty.contains(name))) {
            if (owner.required().contains(name)) {
                missing(schema, path);
            }
            return;
        }
        value(schema, value, path);
    }

    private void missing(Schema schema, String path) {
        switch (schema.type()) {
            case INTEGER:
            case NUMBER:
            case BOOLEAN:
            case INT_OR_STRING:
                return;
            case OBJECT:
                int before = causes.size();
                if (schema.struct() && !schema.required().isEmpty()) {
                    value(schema, JsonNodeFactory.instance.objectNode(), path);
                }
                if (causes.size() == before) {
                    causes.add(required(path));
                }
                return;
            default:
                causes.add(required(path));
        }
    }

    private void value(Schema schema, JsonNode value, String path) {
        Schema items = schema.items();
        Schema values = schema.additionalProperties();
        if (items != null) {
            for (int i = 0; i < value.size(); i++) {
                value(items, value.get(i), path + "[" + i + "]");
            }
        } else if (values != null) {
            for (Iterator<Map.Entry<String, JsonNode>> i = value.fields(); i.hasNext(); ) {
                Map.Entry<String, JsonNode> entry = i.next();
                value(values, entry.getValue(), path + "[" + entry.getKey() + "]");
            }
        } else if (value.isObject()) {
            for (Map.Entry<String, Schema> property : schema.properties().entrySet()) {
                String name = property.getKey();
                property(schema, name, property.getValue(), value.get(name), path + "." + name);
            }
        }
    }

    private static ApiException.Cause required(String path) {
        return new ApiException.Cause("FieldValueRequired", "Required value", path);
    }
}
