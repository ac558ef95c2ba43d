package io.kvorum.api.schema;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads any JSON value into a tree and remembers which fields came twice; the last one counts. For one use. */
final class LooseReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MAX_DEPTH = 500;

    private final List<String> duplicates = new ArrayList<>();
    private final StringBuilder path = new StringBuilder();
    private int depth;

    JsonNode read(JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            throw new JsonParseException(parser, "one value expected");
        }
        JsonNode value = value(parser);
        if (parser.nextToken() != null) {
            throw new JsonParseException(parser, "one value expected");
        }
        return value;
    }

    /** Such as {@code duplicate field "spec.foo"}. */
    List<String> duplicates() {
        return duplicates;
    }

    private JsonNode value(JsonParser parser) throws IOException {
        if (++depth > MAX_DEPTH) {
            throw new JsonParseException(parser, "exceeded max depth");
        }
        JsonToken token = parser.currentToken();
        JsonNode value = switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            default -> NODES.nullNode();
        };
        depth--;
        return value;
    }

    private static JsonNode integer(JsonParser parser) throws IOException {
        return switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            default -> NODES.numberNode(parser.getDoubleValue());
        };
    }

    private ObjectNode object(JsonParser parser) throws IOException {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            int length = path.length();
            path.append(length == 0 ? "" : ".").append(name);
            if (object.has(name)) {
                duplicates.add("duplicate field \"" + path + "\"");
            }
            parser.nextToken();
            object.set(name, value(parser));
            path.setLength(length);
        }
        return object;
    }

    private ArrayNode array(JsonParser parser) throws IOException {
        ArrayNode array = NODES.arrayNode();
        int index = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            int length = path.length();
            path.append('[').append(index++).append(']');
            array.add(value(parser));
            path.setLength(length);
        }
        return array;
    }
}
