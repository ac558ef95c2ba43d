package io.kvorum.api.proto;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.proto.Field.Type;
import io.kvorum.api.proto.Messages.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;

/**
 * Reads messages into the JSON that Go would write of the same objects. Upstream's encoder writes every field that is no
 * pointer, so a zero is absent unless the field keeps it. What a message's type does not know is passed over.
 */
final class MessageReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectMapper JSON = new ObjectMapper(new JsonFactory())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final DateTimeFormatter SECONDS = utc("yyyy-MM-dd'T'HH:mm:ss'Z'");
    private static final DateTimeFormatter MICROS = utc("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'");
    /** Go writes larger numbers with an exponent. */
    private static final double LARGEST_PLAIN = 1e21;
    /** As deep as JSON may be. */
    private static final int MAX_DEPTH = 500;

    private final Messages messages;
    private int depth;

    MessageReader(Messages messages) {
        this.messages = messages;
    }

    private static DateTimeFormatter utc(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }

    /** Adds the message's fields to an object; a message that comes in several parts is one. */
    void read(WireReader in, int shapeIndex, ObjectNode into) throws MalformedMessageException {
        if (++depth > MAX_DEPTH) {
            throw new MalformedMessageException("exceeded max depth");
        }
        Shape shape = messages.shape(shapeIndex);
        while (in.next()) {
            Field field = shape.field(in.field());
            if (field == null) {
                in.skip();
            } else if (field.map()) {
                entry(in, field, into.withObjectProperty(field.name()));
            } else if (field.repeated()) {
                items(in, field, into.withArrayProperty(field.name()));
            } else {
                single(in, field, into);
            }
        }
        depth--;
    }

    private void single(WireReader in, Field field, ObjectNode into) throws MalformedMessageException {
        if (field.type() == Type.EMBEDDED) {
            expect(in, field, WireReader.LENGTH);
            read(in.nested(), field.shape(), into);
            return;
        }
        if (field.type() == Type.MESSAGE) {
            expect(in, field, WireReader.LENGTH);
            read(in.nested(), field.shape(), into.withObjectProperty(field.name()));
            return;
        }
        JsonNode value = value(in, field);
        if (value.isNull() || (!field.keepsZero() && zero(field.type(), value))) {
            into.remove(field.name());
        } else {
            into.set(field.name(), value);
        }
    }

    /** One element, or numbers packed into one. */
    private void items(WireReader in, Field field, ArrayNode list) throws MalformedMessageException {
        boolean packed = in.wireType() == WireReader.LENGTH
                && switch (field.type()) {
                    case BOOL, INT32, INT64 -> true;
                    default -> false;
                };
        if (packed) {
            WireReader numbers = in.nested();
            while (!numbers.atEnd()) {
                list.add(number(field.type(), numbers.varint()));
            }
        } else {
            list.add(value(in, field));
        }
    }

    private void entry(WireReader in, Field field, ObjectNode map) throws MalformedMessageException {
        expect(in, field, WireReader.LENGTH);
        WireReader pair = in.nested();
        String key = "";
        JsonNode value = null;
        while (pair.next()) {
            switch (pair.field()) {
                case 1 -> {
                    expect(pair, field, WireReader.LENGTH);
                    key = pair.string();
                }
                case 2 -> value = value(pair, field);
                default -> pair.skip();
            }
        }
        map.set(key, value == null ? empty(field) : value);
    }

    /** What a map's entry without a value stands for. */
    private JsonNode empty(Field field) throws MalformedMessageException {
        WireReader nothing = new WireReader(new byte[0], 0, 0);
        return switch (field.type()) {
            case STRING, BYTES -> NODES.textNode("");
            case BOOL, INT32, INT64 -> number(field.type(), 0);
            case DOUBLE -> NODES.numberNode(0);
            default -> message(nothing, field);
        };
    }

    private JsonNode value(WireReader in, Field field) throws MalformedMessageException {
        return switch (field.type()) {
            case STRING -> {
                expect(in, field, WireReader.LENGTH);
                yield NODES.textNode(in.string());
            }
            case BYTES -> {
                expect(in, field, WireReader.LENGTH);
                yield NODES.textNode(Base64.getEncoder().encodeToString(in.bytes()));
            }
            case BOOL, INT32, INT64 -> {
                expect(in, field, WireReader.VARINT);
                yield number(field.type(), in.varint());
            }
            case DOUBLE -> {
                expect(in, field, WireReader.FIXED_64);
                yield number(Double.longBitsToDouble(in.fixed64()), field);
            }
            default -> {
                expect(in, field, WireReader.LENGTH);
                yield message(in.nested(), field);
            }
        };
    }

    private static JsonNode number(Type type, long value) {
        return switch (type) {
            case BOOL -> NODES.booleanNode(value != 0);
            case INT32 -> NODES.numberNode((int) value);
            default -> NODES.numberNode(value);
        };
    }

    private static JsonNode number(double value, Field field) throws MalformedMessageException {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new MalformedMessageException(field.name() + ": json: unsupported value: " + value);
        }
        boolean plainInteger = value == Math.rint(value) && Math.abs(value) < Long.MAX_VALUE;
        return plainInteger && Math.abs(value) < LARGEST_PLAIN
                ? NODES.numberNode((long) value)
                : NODES.numberNode(value);
    }

    private JsonNode message(WireReader in, Field field) throws MalformedMessageException {
        return switch (field.type()) {
            case WRAPPED_LIST -> strings(in, field, 1);
            case QUANTITY -> quantity(in, field);
            case INT_OR_STRING -> intOrString(in, field);
            case TIME -> time(in, field, SECONDS);
            case MICRO_TIME -> time(in, field, MICROS);
            case RAW -> raw(in, field);
            case SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRINGS -> schemaOr(in, field);
            default -> {
                ObjectNode object = NODES.objectNode();
                read(in, field.shape(), object);
                yield object;
            }
        };
    }

    private static ArrayNode strings(WireReader in, Field field, int number) throws MalformedMessageException {
        ArrayNode list = NODES.arrayNode();
        while (in.next()) {
            if (in.field() == number) {
                expect(in, field, WireReader.LENGTH);
                list.add(in.string());
            } else {
                in.skip();
            }
        }
        return list;
    }

    private static JsonNode quantity(WireReader in, Field field) throws MalformedMessageException {
        String text = "";
        while (in.next()) {
            if (in.field() == 1) {
                expect(in, field, WireReader.LENGTH);
                text = in.string();
            } else {
                in.skip();
            }
        }
        return NODES.textNode(text.isEmpty() ? "0" : text);
    }

    /** Field 1 tells which of the two it is: 0 for the integer in 2, 1 for the string in 3. */
    private static JsonNode intOrString(WireReader in, Field field) throws MalformedMessageException {
        long kind = 0;
        int number = 0;
        String text = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> {
                    expect(in, field, WireReader.VARINT);
                    kind = in.varint();
                }
                case 2 -> {
                    expect(in, field, WireReader.VARINT);
                    number = (int) in.varint();
                }
                case 3 -> {
                    expect(in, field, WireReader.LENGTH);
                    text = in.string();
                }
                default -> in.skip();
            }
        }
        if (kind != 0 && kind != 1) {
            throw new MalformedMessageException(field.name() + ": impossible IntOrString.Type");
        }
        return kind == 1 ? NODES.textNode(text) : NODES.numberNode(number);
    }

    /** Seconds since 1970 and nanoseconds. Nothing at all is Go's zero time, which JSON writes as null. */
    private static JsonNode time(WireReader in, Field field, DateTimeFormatter format)
            throws MalformedMessageException {
        if (in.atEnd()) {
            return NullNode.getInstance();
        }
        long seconds = 0;
        int nanos = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> {
                    expect(in, field, WireReader.VARINT);
                    seconds = in.varint();
                }
                case 2 -> {
                    expect(in, field, WireReader.VARINT);
                    nanos = (int) in.varint();
                }
                default -> in.skip();
            }
        }
        try {
            return NODES.textNode(format.format(Instant.ofEpochSecond(seconds, nanos)));
        } catch (DateTimeException | ArithmeticException e) {
            throw new MalformedMessageException(field.name() + ": time " + seconds + "s out of range");
        }
    }

    private JsonNode raw(WireReader in, Field field) throws MalformedMessageException {
        byte[] raw = new byte[0];
        while (in.next()) {
            if (in.field() == 1) {
                expect(in, field, WireReader.LENGTH);
                raw = in.bytes();
            } else {
                in.skip();
            }
        }
        if (raw.length == 0) {
            return NullNode.getInstance();
        }
        if (ProtobufBody.isEnvelope(raw)) {
            return Envelope.read(raw).object(this);
        }
        try {
            return JSON.readTree(raw);
        } catch (JsonProcessingException e) {
            throw new MalformedMessageException(field.name() + ": " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // reading an array does no I/O
        }
    }

    /**
     * A schema or something else. Of an array: the schema in 1, the array in 2; of a truth value: the value in 1, the schema
     * in 2; of strings: the schema in 1, the strings in 2.
     */
    private JsonNode schemaOr(WireReader in, Field field) throws MalformedMessageException {
        boolean orBool = field.type() == Type.SCHEMA_OR_BOOL;
        boolean allows = false;
        ObjectNode schema = null;
        ArrayNode others = NODES.arrayNode();
        while (in.next()) {
            int number = in.field();
            if (orBool && number == 1) {
                expect(in, field, WireReader.VARINT);
                allows = in.varint() != 0;
            } else if (number == (orBool ? 2 : 1)) {
                expect(in, field, WireReader.LENGTH);
                schema = schema == null ? NODES.objectNode() : schema;
                read(in.nested(), field.shape(), schema);
            } else if (number == 2) {
                expect(in, field, WireReader.LENGTH);
                if (field.type() == Type.SCHEMA_OR_STRINGS) {
                    others.add(in.string());
                } else {
                    read(in.nested(), field.shape(), others.addObject());
                }
            } else {
                in.skip();
            }
        }
        if (orBool) {
            return schema != null ? schema : NODES.booleanNode(allows);
        }
        return !others.isEmpty() ? others : schema != null ? schema : NullNode.getInstance();
    }

    private static boolean zero(Type type, JsonNode value) {
        return switch (type) {
            case STRING, BYTES -> value.textValue().isEmpty();
            case BOOL -> !value.booleanValue();
            case INT32, INT64 -> value.longValue() == 0;
            case DOUBLE -> value.doubleValue() == 0;
            // Go writes it, but reads it as nothing said.
            case INT_OR_STRING -> value.isTextual() ? value.textValue().isEmpty() : value.intValue() == 0;
            default -> false;
        };
    }

    private static void expect(WireReader in, Field field, int wireType) throws MalformedMessageException {
        if (in.wireType() != wireType) {
            throw new MalformedMessageException(
                    "proto: wrong wireType = " + in.wireType() + " for field " + field.name());
        }
    }
}
