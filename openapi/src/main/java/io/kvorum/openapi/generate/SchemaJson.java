package io.kvorum.openapi.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.openapi.generate.Definition.Field;
import io.kvorum.openapi.generate.Definition.Gvk;
import io.kvorum.openapi.generate.ListSemantics.Merge;
import java.util.Set;

/** Writes definitions as JSON schemas, in the dialect of OpenAPI v2 or v3. */
final class SchemaJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final boolean v3;
    private final ListSemantics semantics;

    SchemaJson(boolean v3, ListSemantics semantics) {
        this.v3 = v3;
        this.semantics = semantics;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    String pointer(String definition) {
        return (v3 ? "#/components/schemas/" : "#/definitions/") + definition;
    }

    ObjectNode reference(String definition) {
        return object().put("$ref", pointer(definition));
    }

    ObjectNode definition(Definition definition) {
        ObjectNode json = object();
        if (!definition.description().isEmpty()) {
            json.put("description", definition.description());
        }
        if (!scalar(definition.name(), json)) {
            json.put("type", "object");
            struct(definition, json);
        }
        return json;
    }

    private void struct(Definition definition, ObjectNode json) {
        ArrayNode required = JsonNodeFactory.instance.arrayNode();
        ObjectNode properties = object();
        for (Field field : definition.fields()) {
            properties.set(field.name(), property(definition.name(), field));
            if (field.required()) {
                required.add(field.name());
            }
        }
        if (!required.isEmpty()) {
            json.set("required", required);
        }
        if (!properties.isEmpty()) {
            json.set("properties", properties);
        }
        if (!definition.gvks().isEmpty()) {
            ArrayNode gvks = json.putArray("x-kubernetes-group-version-kind");
            definition.gvks().forEach(gvk -> gvks.add(gvk(gvk)));
        }
        if (!semantics.ofWholeType(definition.name()).type().isEmpty()) {
            json.put(
                    "x-kubernetes-map-type",
                    semantics.ofWholeType(definition.name()).type());
        }
        String unions = semantics.unions(definition.name());
        if (!unions.isEmpty()) {
            try {
                json.set("x-kubernetes-unions", JSON.readTree(unions));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("unions of " + definition.name() + ": " + unions, e);
            }
        }
    }

    static ObjectNode gvk(Gvk gvk) {
        return object().put("group", gvk.group()).put("kind", gvk.kind()).put("version", gvk.version());
    }

    private ObjectNode property(String owner, Field field) {
        ObjectNode json = object();
        if (!field.description().isEmpty()) {
            json.put("description", field.description());
        }
        boolean reference = field.type() instanceof TypeRef.Named;
        if (reference && v3) {
            // A reference may have no siblings in version 3.0.
            json.putArray("allOf").add(type(field.type()));
        } else {
            json.setAll(type(field.type()));
        }
        Merge merge = semantics.of(owner, field.name());
        if (!merge.type().isEmpty()) {
            boolean list = field.type() instanceof TypeRef.ListOf;
            json.put(list ? "x-kubernetes-list-type" : "x-kubernetes-map-type", merge.type());
        }
        if (!merge.mapKeys().isEmpty()) {
            ArrayNode keys = json.putArray("x-kubernetes-list-map-keys");
            merge.mapKeys().forEach(keys::add);
        }
        if (!merge.patchMergeKey().isEmpty()) {
            json.put("x-kubernetes-patch-merge-key", merge.patchMergeKey());
        }
        if (!merge.patchStrategy().isEmpty()) {
            json.put("x-kubernetes-patch-strategy", merge.patchStrategy());
        }
        return json;
    }

    private ObjectNode type(TypeRef type) {
        if (type instanceof TypeRef.Scalar) {
            TypeRef.Scalar scalar = (TypeRef.Scalar) type;
            ObjectNode json = object().put("type", scalar.type());
            return scalar.format().isEmpty() ? json : json.put("format", scalar.format());
        } else if (type instanceof TypeRef.Named) {
            return reference(((TypeRef.Named) type).definition());
        } else if (type instanceof TypeRef.ListOf) {
            ObjectNode json = object().put("type", "array");
            json.set("items", type(((TypeRef.ListOf) type).items()));
            return json;
        }
        ObjectNode json = object().put("type", "object");
        json.set("additionalProperties", type(((TypeRef.MapOf) type).values()));
        return json;
    }

    /** Fills in a type that is not an object with fields; false if it is one. */
    private boolean scalar(String name, ObjectNode json) {
        switch (name) {
            case Models.QUANTITY:
                either(json, "", "string", "number");
                return true;
            case Models.INT_OR_STRING:
                either(json, "int-or-string", "integer", "string");
                return true;
            case Models.TIME:
            case Models.MICRO_TIME:
                json.put("type", "string").put("format", "date-time");
                return true;
            case Models.RAW_EXTENSION:
            case Models.FIELDS:
            case Models.PATCH:
                json.put("type", "object");
                return true;
            default:
                return OPEN.contains(name);
        }
    }

    private static final Set<String> OPEN = Set.of(
            Models.API_EXTENSIONS + ".JSON",
            Models.API_EXTENSIONS + ".JSONSchemaPropsOrArray",
            Models.API_EXTENSIONS + ".JSONSchemaPropsOrBool",
            Models.API_EXTENSIONS + ".JSONSchemaPropsOrStringArray",
            Models.API_EXTENSIONS + ".CustomResourceSubresourceStatus");

    private void either(ObjectNode json, String format, String one, String other) {
        if (!format.isEmpty()) {
            json.put("format", format);
        }
        if (v3) {
            ArrayNode choice = json.putArray("oneOf");
            choice.add(object().put("type", one));
            choice.add(object().put("type", other));
        } else {
            json.put("type", "string");
        }
    }
}
