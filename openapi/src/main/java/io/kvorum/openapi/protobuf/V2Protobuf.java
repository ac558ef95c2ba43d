package io.kvorum.openapi.protobuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The OpenAPI v2 document as the message {@code openapi.v2.Document} of gnostic's OpenAPIv2.proto, whose field numbers
 * these are. Extensions ({@code x-...}) travel as YAML text, and JSON is YAML.
 */
public final class V2Protobuf {
    private V2Protobuf() {}

    /** A document as bytes; one without info adds to another when it is appended to it. */
    public static byte[] encode(ObjectNode document) {
        ProtoWriter out = new ProtoWriter();
        out.string(1, document.path("swagger").asText());
        JsonNode info = document.path("info");
        if (!info.isMissingNode()) {
            out.message(
                    2,
                    new ProtoWriter()
                            .string(1, info.path("title").asText())
                            .string(2, info.path("version").asText())
                            .string(3, info.path("description").asText()));
        }
        ProtoWriter paths = new ProtoWriter();
        each(document.path("paths"), (name, path) -> paths.message(2, named(name, pathItem(path))));
        out.message(8, paths);
        ProtoWriter definitions = new ProtoWriter();
        each(document.path("definitions"), (name, schema) -> definitions.message(1, named(name, schema(schema))));
        out.message(9, definitions);
        ProtoWriter parameters = new ProtoWriter();
        each(document.path("parameters"), (name, one) -> parameters.message(1, named(name, parameter(one))));
        out.message(10, parameters);
        return out.toBytes();
    }

    private interface Entry {
        void accept(String name, JsonNode value);
    }

    private static void each(JsonNode object, Entry entry) {
        for (Iterator<Map.Entry<String, JsonNode>> i = object.fields(); i.hasNext(); ) {
            Map.Entry<String, JsonNode> field = i.next();
            entry.accept(field.getKey(), field.getValue());
        }
    }

    private static ProtoWriter named(String name, ProtoWriter value) {
        return new ProtoWriter().string(1, name).message(2, value);
    }

    private static ProtoWriter any(JsonNode value) {
        return new ProtoWriter().string(2, value + "\n");
    }

    private static void extensions(ProtoWriter out, int field, JsonNode object) {
        each(object, (name, value) -> {
            if (name.startsWith("x-")) {
                out.message(field, named(name, any(value)));
            }
        });
    }

    private static void elements(ProtoWriter out, int field, JsonNode array) {
        array.forEach(item -> out.element(field, item.asText()));
    }

    private static ProtoWriter pathItem(JsonNode path) {
        ProtoWriter out = new ProtoWriter();
        List<String> methods = List.of("get", "put", "post", "delete", "options", "head", "patch");
        for (int i = 0; i < methods.size(); i++) {
            if (path.has(methods.get(i))) {
                out.message(i + 2, operation(path.get(methods.get(i))));
            }
        }
        path.path("parameters").forEach(parameter -> out.message(9, parametersItem(parameter)));
        return out;
    }

    private static ProtoWriter operation(JsonNode operation) {
        ProtoWriter out = new ProtoWriter();
        elements(out, 1, operation.path("tags"));
        out.string(3, operation.path("description").asText());
        out.string(5, operation.path("operationId").asText());
        elements(out, 6, operation.path("produces"));
        elements(out, 7, operation.path("consumes"));
        operation.path("parameters").forEach(parameter -> out.message(8, parametersItem(parameter)));
        ProtoWriter responses = new ProtoWriter();
        each(
                operation.path("responses"),
                (code, response) ->
                        responses.message(1, named(code, new ProtoWriter().message(1, response(response)))));
        out.message(9, responses);
        elements(out, 10, operation.path("schemes"));
        extensions(out, 13, operation);
        return out;
    }

    private static ProtoWriter response(JsonNode response) {
        ProtoWriter out =
                new ProtoWriter().string(1, response.path("description").asText());
        if (response.has("schema")) {
            out.message(2, new ProtoWriter().message(1, schema(response.get("schema"))));
        }
        return out;
    }

    private static ProtoWriter parametersItem(JsonNode parameter) {
        return parameter.has("$ref")
                ? new ProtoWriter()
                        .message(
                                2,
                                new ProtoWriter()
                                        .string(1, parameter.get("$ref").asText()))
                : new ProtoWriter().message(1, parameter(parameter));
    }

    private static ProtoWriter parameter(JsonNode parameter) {
        String in = parameter.path("in").asText();
        if (in.equals("body")) {
            ProtoWriter body = new ProtoWriter()
                    .string(1, parameter.path("description").asText())
                    .string(2, parameter.path("name").asText())
                    .string(3, in)
                    .bool(4, parameter.path("required").asBoolean())
                    .message(5, schema(parameter.path("schema")));
            return new ProtoWriter().message(1, body);
        }
        boolean query = in.equals("query");
        ProtoWriter sub = new ProtoWriter()
                .bool(1, parameter.path("required").asBoolean())
                .string(2, in)
                .string(3, parameter.path("description").asText())
                .string(4, parameter.path("name").asText())
                .string(query ? 6 : 5, parameter.path("type").asText())
                .bool(query ? 20 : 19, parameter.path("uniqueItems").asBoolean());
        return new ProtoWriter().message(2, new ProtoWriter().message(query ? 3 : 4, sub));
    }

    /** What custom resources say of their values; built-in kinds say nothing of the kind. */
    private static void limits(ProtoWriter out, JsonNode schema) {
        out.number(6, schema.path("multipleOf").asDouble());
        out.number(7, schema.path("maximum").asDouble());
        out.bool(8, schema.path("exclusiveMaximum").asBoolean());
        out.number(9, schema.path("minimum").asDouble());
        out.bool(10, schema.path("exclusiveMinimum").asBoolean());
        out.integer(11, schema.path("maxLength").asLong());
        out.integer(12, schema.path("minLength").asLong());
        out.string(13, schema.path("pattern").asText());
        out.integer(14, schema.path("maxItems").asLong());
        out.integer(15, schema.path("minItems").asLong());
        out.bool(16, schema.path("uniqueItems").asBoolean());
        out.integer(17, schema.path("maxProperties").asLong());
        out.integer(18, schema.path("minProperties").asLong());
    }

    private static ProtoWriter schema(JsonNode schema) {
        ProtoWriter out = new ProtoWriter();
        out.string(1, schema.path("$ref").asText());
        out.string(2, schema.path("format").asText());
        out.string(4, schema.path("description").asText());
        if (schema.has("default")) {
            out.message(5, any(schema.get("default")));
        }
        limits(out, schema);
        elements(out, 19, schema.path("required"));
        schema.path("enum").forEach(value -> out.message(20, any(value)));
        if (schema.has("additionalProperties")) {
            out.message(21, new ProtoWriter().message(1, schema(schema.get("additionalProperties"))));
        }
        if (schema.has("type")) {
            out.message(22, new ProtoWriter().element(1, schema.get("type").asText()));
        }
        if (schema.has("items")) {
            out.message(23, new ProtoWriter().message(1, schema(schema.get("items"))));
        }
        if (schema.has("properties")) {
            ProtoWriter properties = new ProtoWriter();
            each(schema.get("properties"), (name, one) -> properties.message(1, named(name, schema(one))));
            out.message(25, properties);
        }
        extensions(out, 31, schema);
        return out;
    }
}
