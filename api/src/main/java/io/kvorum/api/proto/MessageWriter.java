package io.kvorum.api.proto;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.proto.Messages.Shape;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Base64;

/**
 * Writes JSON objects as the messages of their kinds: the opposite of {@link MessageReader}. What is in the JSON is written,
 * zero or not; fields come in the order of their numbers, map entries in that of the JSON. What the message's type does not
 * know is left out.
 */
final class MessageWriter {
    private final Messages messages;

    MessageWriter(Messages messages) {
        this.messages = messages;
    }

    WireWriter write(JsonNode object, int shapeIndex) {
        WireWriter out = new WireWriter();
        Shape shape = messages.shape(shapeIndex);
        for (Field field : shape.inOrder()) {
            if (field.type() == Field.Type.EMBEDDED) {
                WireWriter embedded = write(object, field.shape());
                if (!embedded.isEmpty()) {
                    out.message(field.number(), embedded);
                }
                continue;
            }
            JsonNode value = object.get(field.name());
            if (value == null || value.isNull()) {
                continue;
            }
            if (field.map()) {
                value.properties().forEach(entry -> entry(out, field, entry.getKey(), entry.getValue()));
            } else if (field.repeated()) {
                value.forEach(item -> value(out, field.number(), field, item));
            } else {
                value(out, field.number(), field, value);
            }
        }
        return out;
    }

    private void entry(WireWriter out, Field field, String key, JsonNode value) {
        WireWriter pair = new WireWriter();
        pair.string(1, key);
        value(pair, 2, field, value);
        out.message(field.number(), pair);
    }

    private void value(WireWriter out, int number, Field field, JsonNode value) {
        switch (field.type()) {
            case STRING -> out.string(number, value.asText());
            case BYTES -> out.bytes(number, Base64.getDecoder().decode(value.asText()));
            case BOOL -> out.number(number, value.booleanValue() ? 1 : 0);
            case INT32, INT64 -> out.number(number, value.longValue());
            case DOUBLE -> out.fixed64(number, Double.doubleToLongBits(value.doubleValue()));
            case MESSAGE, EMBEDDED -> out.message(number, write(value, field.shape()));
            case WRAPPED_LIST -> out.message(number, strings(value));
            case QUANTITY -> out.message(number, text(1, value.asText()));
            case INT_OR_STRING -> out.message(number, intOrString(value));
            case TIME, MICRO_TIME -> out.message(number, time(value));
            case RAW -> out.message(number, raw(value));
            case SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRINGS -> out.message(number, schemaOr(field, value));
        }
    }

    private static WireWriter text(int number, String text) {
        WireWriter out = new WireWriter();
        out.string(number, text);
        return out;
    }

    private static WireWriter strings(JsonNode list) {
        WireWriter out = new WireWriter();
        list.forEach(item -> out.string(1, item.asText()));
        return out;
    }

    private static WireWriter intOrString(JsonNode value) {
        WireWriter out = new WireWriter();
        out.number(1, value.isTextual() ? 1 : 0);
        out.number(2, value.isTextual() ? 0 : value.intValue());
        out.string(3, value.isTextual() ? value.textValue() : "");
        return out;
    }

    /** Null, Go's zero time, is a message without fields. */
    private static WireWriter time(JsonNode value) {
        WireWriter out = new WireWriter();
        if (!value.isNull()) {
            OffsetDateTime time = OffsetDateTime.parse(value.asText());
            out.number(1, time.toEpochSecond());
            out.number(2, time.getNano());
        }
        return out;
    }

    private static WireWriter raw(JsonNode value) {
        WireWriter out = new WireWriter();
        out.bytes(1, value.toString().getBytes(StandardCharsets.UTF_8));
        return out;
    }

    /** See {@link MessageReader}: the numbers differ with the alternative. */
    private WireWriter schemaOr(Field field, JsonNode value) {
        WireWriter out = new WireWriter();
        boolean orBool = field.type() == Field.Type.SCHEMA_OR_BOOL;
        if (value.isBoolean()) {
            out.number(1, value.booleanValue() ? 1 : 0);
        } else if (value instanceof ObjectNode) {
            if (orBool) {
                out.number(1, 1);
            }
            out.message(orBool ? 2 : 1, write(value, field.shape()));
        } else if (field.type() == Field.Type.SCHEMA_OR_STRINGS) {
            value.forEach(item -> out.string(2, item.asText()));
        } else {
            value.forEach(item -> out.message(2, write(item, field.shape())));
        }
        return out;
    }
}
