package io.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.CustomType;
import java.util.List;

/** The schemas of a custom resource and of its list, as OpenAPI documents show them. */
final class SchemaPublication {
    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private static final String API_VERSION =
            "APIVersion defines the versioned schema of this representation of an object. Servers should convert"
                    + " recognized schemas to the latest internal value, and may reject unrecognized values. More info:"
                    + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";
    private static final String KIND =
            "Kind is a string value representing the REST resource this object represents. Servers may infer this from"
                    + " the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info:"
                    + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";
    private static final String METADATA = "Standard object's metadata. More info:"
            + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
    private static final String LIST_METADATA = "Standard list metadata. More info:"
            + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";

    /** What version 2 cannot say. */
    private static final List<String> NOT_IN_V2 = List.of("nullable", "oneOf", "anyOf", "not", "allOf");

    private final CustomType type;
    private final boolean v2;

    /** @param v2 whether for a document of version 2, which can say less */
    SchemaPublication(CustomType type, boolean v2) {
        this.type = type;
        this.v2 = v2;
    }

    /** {@code com.example.stable.v1.CronTab} */
    static String definition(CustomType type, String kind) {
        String[] parts = type.group().split("\\.");
        StringBuilder name = new StringBuilder();
        for (int i = parts.length - 1; i >= 0; i--) {
            name.append(parts[i]).append('.');
        }
        return name.append(type.name()).append('.').append(kind).toString();
    }

    ObjectNode object() {
        JsonNode source = type.schema().source();
        boolean open = !source.isObject() || (v2 && (type.schema().preserveUnknown() || type.preservesUnknown()));
        if (open) {
            // kubectl takes a property that is not named for an unknown one, as soon as any is named.
            ObjectNode anything = Tree.newObject();
            anything.put("type", "object");
            identify(anything);
            return anything;
        }
        ObjectNode schema = published(source);
        envelope(schema, METADATA, "ObjectMeta");
        identify(schema);
        return schema;
    }

    /** Says which kind it is, and by which of its fields a list may select. */
    private void identify(ObjectNode schema) {
        schema.set("x-kubernetes-group-version-kind", kinds(type.kind()));
        if (!type.selectableFields().isEmpty()) {
            ArrayNode fields = schema.putArray("x-kubernetes-selectable-fields");
            type.selectableFields().forEach(path -> fields.addObject().put("fieldPath", path.substring(1)));
        }
    }

    ObjectNode list() {
        ObjectNode list = Tree.newObject();
        list.put("description", type.listKind() + " is a list of " + type.kind());
        list.put("type", "object");
        list.putArray("required").add("items");
        ObjectNode items = Tree.ensureObject(list, "properties").putObject("items");
        items.put(
                "description",
                "List of " + Tree.text(type.definition(), "spec", "names", "plural") + ". More info:"
                        + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md");
        items.put("type", "array");
        items.putObject("items").put("$ref", prefix() + definition(type, type.kind()));
        envelope(list, LIST_METADATA, "ListMeta");
        list.set("x-kubernetes-group-version-kind", kinds(type.listKind()));
        return list;
    }

    private String prefix() {
        return v2 ? "#/definitions/" : "#/components/schemas/";
    }

    private ArrayNode kinds(String kind) {
        ArrayNode kinds = Tree.newArray();
        kinds.addObject().put("group", type.group()).put("kind", kind).put("version", type.name());
        return kinds;
    }

    private void envelope(ObjectNode schema, String description, String metadata) {
        ObjectNode properties = Tree.ensureObject(schema, "properties");
        properties.putObject("apiVersion").put("description", API_VERSION).put("type", "string");
        properties.putObject("kind").put("description", KIND).put("type", "string");
        ObjectNode meta = properties.putObject("metadata");
        meta.put("description", description);
        if (v2) {
            meta.put("$ref", prefix() + META + metadata);
        } else {
            meta.putArray("allOf").addObject().put("$ref", prefix() + META + metadata);
        }
    }

    private ObjectNode published(JsonNode source) {
        ObjectNode schema = source.deepCopy();
        if (v2) {
            simplify(schema);
        }
        embedded(schema);
        return schema;
    }

    /** Objects inside objects have an envelope, too. */
    private void embedded(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            boolean open = v2 && Tree.flag(object, "x-kubernetes-preserve-unknown-fields");
            if (Tree.flag(object, "x-kubernetes-embedded-resource") && !open) {
                envelope(object, METADATA, "ObjectMeta");
            }
            object.path("properties").forEach(this::embedded);
            embedded(object.path("items"));
            embedded(object.path("additionalProperties"));
        }
    }

    private static void simplify(JsonNode node) {
        if (!(node instanceof ObjectNode schema)) {
            return;
        }
        boolean nullable = Tree.flag(schema, "nullable");
        schema.remove(NOT_IN_V2);
        schema.remove("default");
        if (nullable) {
            schema.remove(List.of("type", "items", "properties"));
        }
        if (Tree.flag(schema, "x-kubernetes-preserve-unknown-fields")) {
            schema.remove(List.of("items", "properties"));
        }
        if (schema.path("additionalProperties").isBoolean()) {
            schema.remove("additionalProperties");
        }
        schema.path("properties").forEach(SchemaPublication::simplify);
        simplify(schema.path("items"));
        simplify(schema.path("additionalProperties"));
    }
}
