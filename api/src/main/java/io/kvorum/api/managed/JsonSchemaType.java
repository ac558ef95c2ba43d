package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.api.schema.Schema;
import io.kvorum.api.schema.Schemas;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The type that the structural schema of a custom resource describes ({@code openAPIV3Schema} of a version). Immutable. */
public final class JsonSchemaType implements FieldType {
    private static final String EXTENSION = "x-kubernetes-";
    private static final FieldType OBJECT_META =
            BuiltinTypes.load().of(Schemas.load().definition("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"));
    private static final FieldType TEXT = new FieldType() {
        @Override
        public Form form() {
            return Form.SCALAR;
        }

        @Override
        public Scalar scalar() {
            return Scalar.STRING;
        }
    };

    private final JsonNode schema;
    private final Form form;
    private final Map<String, FieldType> fields = new HashMap<>();
    private final @Nullable FieldType element;

    private JsonSchemaType(JsonNode schema, Form form, boolean resource) {
        this.schema = schema;
        this.form = form;
        schema.path("properties").properties().forEach(field -> fields.put(field.getKey(), nested(field.getValue())));
        if (resource) {
            fields.put("apiVersion", TEXT);
            fields.put("kind", TEXT);
            fields.put("metadata", OBJECT_META);
        }
        element = elementOf(schema, form);
    }

    /** @param schema a {@code JSONSchemaProps}; missing or null when the version has none */
    public static FieldType of(JsonNode schema) {
        return schema.path("properties").isObject()
                        || schema.path("type").asText().equals("object")
                ? new JsonSchemaType(schema, Form.MAP, true)
                : DEDUCED;
    }

    private static FieldType nested(JsonNode schema) {
        boolean embedded = Tree.flag(schema, EXTENSION + "embedded-resource");
        if (Tree.flag(schema, EXTENSION + "int-or-string")) {
            return new JsonSchemaType(schema, Form.SCALAR, false);
        }
        switch (Tree.text(schema, "type")) {
            case "array":
                return new JsonSchemaType(schema, Form.LIST, false);
            case "string":
            case "integer":
            case "number":
            case "boolean":
                return new JsonSchemaType(schema, Form.SCALAR, false);
            case "object":
                boolean known = embedded
                        || atomic(schema)
                        || schema.path("properties").isObject()
                        || schema.path("additionalProperties").isObject();
                return known ? new JsonSchemaType(schema, Form.MAP, embedded) : DEDUCED;
            default:
                return DEDUCED;
        }
    }

    private static boolean atomic(JsonNode schema) {
        return Tree.text(schema, EXTENSION + "map-type").equals("atomic");
    }

    private static @Nullable FieldType elementOf(JsonNode schema, Form form) {
        if (form == Form.LIST) {
            return nested(schema.path("items"));
        }
        JsonNode more = schema.path("additionalProperties");
        if (more.isObject()) {
            return nested(more);
        }
        boolean any = more.asBoolean(false) || Tree.flag(schema, EXTENSION + "preserve-unknown-fields");
        return any ? DEDUCED : null;
    }

    @Override
    public Form form() {
        return form;
    }

    @Override
    public Scalar scalar() {
        if (Tree.flag(schema, EXTENSION + "int-or-string")) {
            return Scalar.ANY;
        }
        switch (Tree.text(schema, "type")) {
            case "string":
                return Scalar.STRING;
            case "boolean":
                return Scalar.BOOLEAN;
            default:
                return Scalar.NUMERIC;
        }
    }

    @Override
    public boolean atomicMap() {
        return atomic(schema);
    }

    @Override
    public Schema.ListType listType() {
        switch (Tree.text(schema, EXTENSION + "list-type")) {
            case "set":
                return Schema.ListType.SET;
            case "map":
                return Schema.ListType.MAP;
            default:
                return Schema.ListType.ATOMIC;
        }
    }

    @Override
    public List<String> keys() {
        return Tree.texts(schema, EXTENSION + "list-map-keys");
    }

    @Override
    public @Nullable JsonNode keyDefault(String key) {
        return schema.path("properties").path(key).get("default");
    }

    @Override
    public @Nullable FieldType field(String name) {
        return fields.get(name);
    }

    @Override
    public @Nullable FieldType element() {
        return element;
    }
}
