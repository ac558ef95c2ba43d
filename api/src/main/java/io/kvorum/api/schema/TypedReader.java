package io.kvorum.api.schema;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Quantity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one object along its schema, in one pass, and remembers what was wrong. For one use. */
final class TypedReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MAX_STRICT_ERRORS = 100;
    private static final int MAX_DEPTH = 500;
    /** The type Go reads first, to learn the kind. */
    private static final String TYPE_META = "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; "
            + "Kind string \"json:\\\"kind,omitempty\\\"\" }";

    private final List<String> strictErrors = new ArrayList<>();
    /** Field names from the root, for type errors. */
    private final List<String> fields = new ArrayList<>();
    /** Path with indexes and map keys, for unknown and duplicate fields. */
    private final StringBuilder path = new StringBuilder();

    private String struct = "";
    private String otherThanObject = "";
    private @Nullable Misfit typeError;
    private @Nullable String valueError;
    private int depth;

    ObjectNode read(JsonParser parser, Schema schema) throws IOException {
        JsonToken token = parser.nextToken();
        ObjectNode object = NODES.objectNode();
        if (token == JsonToken.START_OBJECT) {
            readStruct(parser, schema, object);
        } else if (token != null && token != JsonToken.VALUE_NULL) {
            otherThanObject = "json: cannot unmarshal " + goKind(parser) + " into Go value of type " + TYPE_META;
            parser.skipChildren();
        }
        if (token == null || parser.nextToken() != null) {
            throw new JsonParseException(parser, "one value expected");
        }
        return object;
    }

    /** What is wrong with a body that is no object at all; empty if it is one. */
    String otherThanObject() {
        return otherThanObject;
    }

    /** Why the body is not of the type; a malformed value counts before a value of the wrong kind. */
    Optional<Misfit> misfit() {
        return Optional.ofNullable(valueError != null ? new Misfit(valueError, valueError) : typeError);
    }

    /** Unknown and duplicate fields, in the order they were met. */
    List<String> strictErrors() {
        return strictErrors;
    }

    private void readStruct(JsonParser parser, Schema schema, ObjectNode into) throws IOException {
        String outer = struct;
        struct = schema.goName();
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            int length = enter(name);
            Schema property = schema.property(name);
            if (property == null) {
                strict("unknown field");
                parser.nextToken();
                parser.skipChildren();
            } else {
                if (!seen.add(name)) {
                    strict("duplicate field");
                }
                fields.add(name);
                parser.nextToken();
                JsonNode value = readValue(parser, property, into.get(name));
                fields.remove(fields.size() - 1);
                if (value != null && leftOut(schema, name, property, value)) {
                    into.remove(name);
                } else if (value != null) {
                    into.set(name, value);
                }
            }
            path.setLength(length);
        }
        struct = outer;
    }

    /** Whether upstream's type, which marks the field {@code omitempty}, does not write this value of it. */
    private static boolean leftOut(Schema schema, String name, Schema property, JsonNode value) {
        boolean empty = value.isContainerNode()
                ? value.isEmpty()
                        && (property.type() == Schema.Type.ARRAY || property.additionalProperties() != null)
                        && !name.equals("managedFields") // empty, it says that they shall be reset
                : !property.keepsZero() && isZero(property.type(), value);
        return empty && !schema.required().contains(name);
    }

    private static boolean isZero(Schema.Type type, JsonNode value) {
        return switch (type) {
            case STRING -> value.textValue().isEmpty();
            case INTEGER, NUMBER -> value.doubleValue() == 0;
            case BOOLEAN -> !value.booleanValue();
            default -> false; // quantities and IntOrStrings are structs in Go, and those are always written
        };
    }

    private void readMap(JsonParser parser, Schema values, ObjectNode into) throws IOException {
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            int length = enter(key);
            if (!seen.add(key)) {
                strict("duplicate field");
            }
            parser.nextToken();
            JsonNode value = readValue(parser, values, null);
            into.set(key, value == null ? zero(values) : value);
            path.setLength(length);
        }
    }

    private ArrayNode readArray(JsonParser parser, Schema items) throws IOException {
        ArrayNode array = NODES.arrayNode();
        int index = 0;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            int length = path.length();
            path.append('[').append(index++).append(']');
            JsonNode value = readValue(parser, items, null);
            array.add(value == null ? zero(items) : value);
            path.setLength(length);
        }
        return array;
    }

    /** The value at the parser, or null for nothing: a JSON null, or a value that does not fit (then remembered). */
    private @Nullable JsonNode readValue(JsonParser parser, Schema schema, @Nullable JsonNode before)
            throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return schema.type() == Schema.Type.ANY ? null : before;
        }
        switch (schema.type()) {
            case OBJECT:
                return readObject(parser, schema, token, before);
            case ARRAY:
                return token == JsonToken.START_ARRAY ? readArray(parser, itemsOf(schema)) : wrongType(parser, schema);
            case STRING:
                return readString(parser, schema, token);
            case INTEGER:
                return readInteger(parser, schema, token);
            case NUMBER:
                return token.isNumeric() ? NODES.numberNode(parser.getDoubleValue()) : wrongType(parser, schema);
            case BOOLEAN:
                return token.isBoolean() ? NODES.booleanNode(token == JsonToken.VALUE_TRUE) : wrongType(parser, schema);
            case INT_OR_STRING:
                return readIntOrString(parser, token);
            case QUANTITY:
                return readQuantity(parser, token);
            case ANY:
            default:
                return readAny(parser, token);
        }
    }

    private @Nullable JsonNode readObject(JsonParser parser, Schema schema, JsonToken token, @Nullable JsonNode before)
            throws IOException {
        if (token != JsonToken.START_OBJECT) {
            return wrongType(parser, schema);
        }
        // A field given twice is read into the same value, as Go does.
        ObjectNode object = before instanceof ObjectNode ? (ObjectNode) before : NODES.objectNode();
        deeper();
        Schema values = schema.additionalProperties();
        if (values != null) {
            readMap(parser, values, object);
        } else {
            readStruct(parser, schema, object);
        }
        depth--;
        return object;
    }

    private @Nullable JsonNode readString(JsonParser parser, Schema schema, JsonToken token) throws IOException {
        boolean time = schema.format().equals("date-time") || schema.format().equals("micro-time");
        if (token != JsonToken.VALUE_STRING) {
            if (time) {
                return wrongValue(parser, "json: cannot unmarshal " + goKind(parser) + " into Go value of type string");
            }
            return wrongType(parser, schema);
        }
        String text = parser.getText();
        if (time) {
            Optional<String> normal = Timestamps.normalize(text, schema.format().equals("micro-time"));
            return normal.isPresent()
                    ? NODES.textNode(normal.get())
                    : wrongValue(parser, Timestamps.error(text, schema.format().equals("micro-time")));
        }
        if (schema.format().equals("byte")) {
            int bad = Base64Syntax.illegalByte(text);
            if (bad >= 0) {
                return wrongValue(parser, "illegal base64 data at input byte " + bad);
            }
        }
        return NODES.textNode(text);
    }

    private @Nullable JsonNode readInteger(JsonParser parser, Schema schema, JsonToken token) throws IOException {
        boolean small = schema.format().equals("int32");
        if (token == JsonToken.VALUE_NUMBER_INT) {
            JsonParser.NumberType type = parser.getNumberType();
            if (type == JsonParser.NumberType.INT) {
                return NODES.numberNode(parser.getIntValue());
            } else if (type == JsonParser.NumberType.LONG && !small) {
                return NODES.numberNode(parser.getLongValue());
            }
        }
        return token.isNumeric() ? wrongType(parser, schema, "number " + parser.getText()) : wrongType(parser, schema);
    }

    private @Nullable JsonNode readIntOrString(JsonParser parser, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            return NODES.textNode(parser.getText());
        } else if (token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() == JsonParser.NumberType.INT) {
            return NODES.numberNode(parser.getIntValue());
        }
        String kind = token.isNumeric() ? "number " + parser.getText() : goKind(parser);
        return wrongValue(parser, "json: cannot unmarshal " + kind + " into Go value of type int32");
    }

    private @Nullable JsonNode readQuantity(JsonParser parser, JsonToken token) throws IOException {
        if (token != JsonToken.VALUE_STRING && !token.isNumeric()) {
            return wrongValue(parser, Quantity.MALFORMED);
        }
        String text = parser.getText();
        try {
            return NODES.textNode(Quantity.parse(text).toString());
        } catch (IllegalArgumentException e) {
            return wrongValue(parser, Quantity.MALFORMED);
        }
    }

    private JsonNode readAny(JsonParser parser, JsonToken token) throws IOException {
        switch (token) {
            case START_OBJECT:
                deeper();
                ObjectNode object = NODES.objectNode();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    object.set(name, readAny(parser, parser.nextToken()));
                }
                depth--;
                return object;
            case START_ARRAY:
                deeper();
                ArrayNode array = NODES.arrayNode();
                for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
                    array.add(readAny(parser, t));
                }
                depth--;
                return array;
            case VALUE_STRING:
                return NODES.textNode(parser.getText());
            case VALUE_NUMBER_INT:
                return parser.getNumberType() == JsonParser.NumberType.INT
                        ? NODES.numberNode(parser.getIntValue())
                        : parser.getNumberType() == JsonParser.NumberType.LONG
                                ? NODES.numberNode(parser.getLongValue())
                                : NODES.numberNode(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT:
                return NODES.numberNode(parser.getDoubleValue());
            case VALUE_TRUE:
            case VALUE_FALSE:
                return NODES.booleanNode(token == JsonToken.VALUE_TRUE);
            default:
                return NODES.nullNode();
        }
    }

    private void deeper() {
        if (++depth > MAX_DEPTH) {
            throw ApiException.badRequest("json: exceeded max depth");
        }
    }

    private static Schema itemsOf(Schema schema) {
        Schema items = schema.items();
        if (items == null) {
            throw new IllegalStateException("a list without a type of items");
        }
        return items;
    }

    /** What Go leaves in a list or map where the document has null. */
    private static JsonNode zero(Schema schema) {
        switch (schema.type()) {
            case STRING:
                return schema.format().isEmpty() ? NODES.textNode("") : NODES.nullNode();
            case INTEGER:
            case NUMBER:
            case INT_OR_STRING:
                return NODES.numberNode(0);
            case BOOLEAN:
                return NODES.booleanNode(false);
            case QUANTITY:
                return NODES.textNode("0");
            case OBJECT:
                return schema.struct() ? NODES.objectNode() : NODES.nullNode();
            case ARRAY:
            case ANY:
            default:
                return NODES.nullNode();
        }
    }

    private int enter(String name) {
        int length = path.length();
        path.append(length == 0 ? "" : ".").append(name);
        return length;
    }

    private void strict(String what) {
        String error = what + " \"" + path + "\"";
        if (strictErrors.size() < MAX_STRICT_ERRORS && !strictErrors.contains(error)) {
            strictErrors.add(error);
        }
    }

    private @Nullable JsonNode wrongType(JsonParser parser, Schema schema) throws IOException {
        return wrongType(parser, schema, goKind(parser));
    }

    private @Nullable JsonNode wrongType(JsonParser parser, Schema schema, String what) throws IOException {
        if (typeError == null) {
            String type = goType(schema);
            if (type.equals("string") && !fields.isEmpty()) {
                type = GoTypeNames.ofString(struct, fields.get(fields.size() - 1));
            }
            typeError = new Misfit(
                    "json: cannot unmarshal " + what + " into Go struct field " + struct + "."
                            + String.join(".", fields) + " of type " + type,
                    GoConversion.failure(parser.currentToken(), schema, type));
        }
        parser.skipChildren();
        return null;
    }

    private @Nullable JsonNode wrongValue(JsonParser parser, String message) throws IOException {
        if (valueError == null) {
            valueError = message;
        }
        parser.skipChildren();
        return null;
    }

    private static String goKind(JsonParser parser) {
        switch (parser.currentToken()) {
            case START_OBJECT:
                return "object";
            case START_ARRAY:
                return "array";
            case VALUE_STRING:
                return "string";
            case VALUE_TRUE:
            case VALUE_FALSE:
                return "bool";
            default:
                return "number";
        }
    }

    private static String goType(Schema schema) {
        switch (schema.type()) {
            case STRING:
                return schema.format().equals("byte") ? "[]uint8" : "string";
            case INTEGER:
                return schema.format().isEmpty() ? "int64" : schema.format();
            case NUMBER:
                return "float64";
            case BOOLEAN:
                return "bool";
            case ARRAY:
                return "[]" + goType(itemsOf(schema));
            case INT_OR_STRING:
                return "intstr.IntOrString";
            case QUANTITY:
                return "resource.Quantity";
            case OBJECT:
                Schema values = schema.additionalProperties();
                if (values != null) {
                    return values.type() == Schema.Type.QUANTITY ? "v1.ResourceList" : "map[string]" + goType(values);
                }
                String name = schema.definition();
                int dot = name.lastIndexOf('.', name.lastIndexOf('.') - 1);
                return name.substring(dot + 1);
            case ANY:
            default:
                return "interface {}";
        }
    }
}
