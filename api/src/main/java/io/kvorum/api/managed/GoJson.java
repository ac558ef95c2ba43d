package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Scalars as Go's encoder writes them, so that keys are equal to those of other servers and clients byte for byte. */
final class GoJson {
    private GoJson() {}

    static String text(JsonNode value) {
        StringBuilder text = new StringBuilder();
        write(value, text);
        return text.toString();
    }

    static void write(JsonNode value, StringBuilder to) {
        if (value.isTextual()) {
            write(value.textValue(), to);
        } else if (value.isFloatingPointNumber() && value.doubleValue() == Math.rint(value.doubleValue())) {
            to.append(value.decimalValue().toBigInteger());
        } else if (value.isObject()) {
            to.append('{');
            int start = to.length();
            for (Map.Entry<String, JsonNode> entry : value.properties()) {
                to.append(to.length() == start ? "" : ",");
                write(entry.getKey(), to);
                to.append(':');
                write(entry.getValue(), to);
            }
            to.append('}');
        } else if (value.isArray()) {
            to.append('[');
            for (int i = 0; i < value.size(); i++) {
                to.append(i == 0 ? "" : ",");
                write(value.get(i), to);
            }
            to.append(']');
        } else {
            to.append(value);
        }
    }

    static void write(String string, StringBuilder to) {
        to.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"', '\\' -> to.append('\\').append(c);
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                case '\t' -> to.append("\\t");
                default -> {
                    if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
                        to.append(String.format("\\u%04x", (int) c));
                    } else {
                        to.append(c);
                    }
                }
            }
        }
        to.append('"');
    }
}
