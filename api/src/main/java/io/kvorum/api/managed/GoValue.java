package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/** Values as Go's formatting shows them in messages. */
public final class GoValue {
    private GoValue() {}

    /** What Go's JSON decoder calls it. */
    public static String json(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case NUMBER -> "number";
            case BOOLEAN -> "bool";
            default -> "null";
        };
    }

    /** As {@code %T} shows it. */
    static String type(JsonNode value) {
        if (value.isTextual()) {
            return "string";
        }
        if (value.isBoolean()) {
            return "bool";
        }
        if (value.isObject()) {
            return "map[string]interface {}";
        }
        if (value.isArray()) {
            return "[]interface {}";
        }
        return value.isIntegralNumber() ? "int64" : "float64";
    }

    /** As {@code %#v} shows it. */
    static String verbose(JsonNode value) {
        if (value.isObject() || value.isArray()) {
            StringBuilder text = new StringBuilder(type(value)).append('{');
            int start = text.length();
            if (value.isObject()) {
                sorted(value).forEach((name, field) -> {
                    text.append(text.length() == start ? "" : ", ");
                    GoJson.write(name, text);
                    text.append(':').append(verbose(field));
                });
            } else {
                value.forEach(
                        item -> text.append(text.length() == start ? "" : ", ").append(verbose(item)));
            }
            return text.append('}').toString();
        }
        return value.isNull() ? "interface {}(nil)" : GoJson.text(value);
    }

    /** As {@code %v} shows it. */
    public static String plain(JsonNode value) {
        StringBuilder text = new StringBuilder();
        if (value.isObject()) {
            text.append("map[");
            sorted(value)
                    .forEach((name, field) -> text.append(text.length() == 4 ? "" : " ")
                            .append(name)
                            .append(':')
                            .append(plain(field)));
            return text.append(']').toString();
        }
        if (value.isArray()) {
            text.append('[');
            value.forEach(item -> text.append(text.length() == 1 ? "" : " ").append(plain(item)));
            return text.append(']').toString();
        }
        return value.isNull() ? "<nil>" : value.asText();
    }

    private static Map<String, JsonNode> sorted(JsonNode object) {
        Map<String, JsonNode> fields = new TreeMap<>();
        object.properties().forEach(entry -> fields.put(entry.getKey(), entry.getValue()));
        return fields;
    }
}
