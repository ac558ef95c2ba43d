package io.kvorum.cel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet.Builder;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import io.kvorum.api.GoDuration;
import io.kvorum.api.Tree;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The type of a variable, from a structural schema ({@code JSONSchemaProps}) or none at all, and the way from JSON to values
 * of it. Fields are named as expressions name them: {@code a-b} is {@code a__dash__b}.
 */
public final class ValueType {
    private static final AtomicLong NAMES = new AtomicLong();
    private static final List<String> METADATA = List.of("name", "generateName");

    private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";

    private final CelType type;
    private final Form form;
    private final Map<String, Field> fields;
    private final @Nullable ValueType element;

    private enum Form {
        /** Of no known type: as JSON has it. */
        DYNAMIC,
        STRUCT,
        MAP,
        LIST,
        INTEGER,
        NUMBER,
        TIMESTAMP,
        DURATION,
        BYTES,
        PLAIN
    }

    private record Field(String name, ValueType type) {}

    private ValueType(CelType type, Form form, Map<String, Field> fields, @Nullable ValueType element) {
        this.type = type;
        this.form = form;
        this.fields = fields;
        this.element = element;
    }

    /** What nothing is known of; whatever an expression does with it is checked when it is evaluated. */
    public static ValueType dynamic() {
        return new ValueType(SimpleType.DYN, Form.DYNAMIC, Map.of(), null);
    }

    /** Of the variable {@code authorizer}; its values are {@link Authorization}s. */
    public static ValueType authorizer() {
        return new ValueType(AuthorizerLibrary.AUTHORIZER, Form.PLAIN, Map.of(), null);
    }

    /** Of the variable {@code authorizer.requestResource}; its values are made by {@link #resourceCheck}. */
    public static ValueType resourceCheck() {
        return new ValueType(AuthorizerLibrary.RESOURCE, Form.PLAIN, Map.of(), null);
    }

    /** @param about the verb of it counts for nothing */
    public static Object resourceCheck(Authorization whom, Authorization.Question about) {
        return new AuthorizerLibrary.Check(whom, about);
    }

    /** Of a variable that has fields, each of a type of its own; its values are maps. */
    static ValueType ofFields(Map<String, ValueType> types) {
        Map<String, Field> fields = new LinkedHashMap<>();
        types.forEach((name, type) -> fields.put(name, new Field(name, type)));
        return struct(fields);
    }

    /** Of what an expression evaluates to; of objects and what is not CEL's own nothing is known. */
    static ValueType ofResult(CelType found) {
        return new ValueType(plain(found), Form.PLAIN, Map.of(), null);
    }

    private static CelType plain(CelType found) {
        if (found instanceof ListType list && list.hasElemType()) {
            return ListType.create(plain(list.elemType()));
        }
        if (found instanceof MapType map) {
            return MapType.create(plain(map.keyType()), plain(map.valueType()));
        }
        return found instanceof SimpleType ? found : SimpleType.DYN;
    }

    /**
     * Of a whole object: its apiVersion and kind are there too, and its metadata.name and metadata.generateName where the schema
     * does not tell of the metadata itself.
     */
    public static ValueType ofResource(JsonNode schema) {
        return of(schema, true);
    }

    public static ValueType of(JsonNode schema) {
        return of(schema, Tree.flag(schema, "x-kubernetes-embedded-resource"));
    }

    /**
     * Of something that is no object of the API: its fields are called as they are, words like {@code namespace} too.
     *
     * @param schema of OpenAPI, as it stands in this module's code
     */
    static ValueType ofPlainNames(String schema) {
        try {
            return ofPlainNames(new ObjectMapper().readTree(schema));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ValueType ofPlainNames(JsonNode schema) {
        JsonNode properties = schema.path("properties");
        JsonNode items = schema.path("items");
        if (!properties.isEmpty()) {
            Map<String, Field> fields = new LinkedHashMap<>();
            properties
                    .properties()
                    .forEach(
                            each -> fields.put(each.getKey(), new Field(each.getKey(), ofPlainNames(each.getValue()))));
            return struct(fields);
        }
        if (items.isObject()) {
            ValueType element = ofPlainNames(items);
            return new ValueType(ListType.create(element.type), Form.LIST, Map.of(), element);
        }
        return of(schema);
    }

    private static ValueType of(JsonNode schema, boolean resource) {
        if (Tree.flag(schema, "x-kubernetes-int-or-string")) {
            return dynamic();
        }
        return switch (Tree.text(schema, "type")) {
            case "object" -> object(schema, resource);
            case "array" -> {
                ValueType element = of(schema.path("items"));
                yield new ValueType(ListType.create(element.type), Form.LIST, Map.of(), element);
            }
            case "integer" -> new ValueType(SimpleType.INT, Form.INTEGER, Map.of(), null);
            case "number" -> new ValueType(SimpleType.DOUBLE, Form.NUMBER, Map.of(), null);
            case "boolean" -> new ValueType(SimpleType.BOOL, Form.PLAIN, Map.of(), null);
            case "string" ->
                switch (Tree.text(schema, "format")) {
                    case "date", "date-time" -> new ValueType(SimpleType.TIMESTAMP, Form.TIMESTAMP, Map.of(), null);
                    case "duration" -> new ValueType(SimpleType.DURATION, Form.DURATION, Map.of(), null);
                    case "byte" -> new ValueType(SimpleType.BYTES, Form.BYTES, Map.of(), null);
                    default -> new ValueType(SimpleType.STRING, Form.PLAIN, Map.of(), null);
                };
            default -> dynamic();
        };
    }

    private static ValueType object(JsonNode schema, boolean resource) {
        JsonNode additional = schema.path("additionalProperties");
        if (additional.isObject()) {
            ValueType element = of(additional);
            return new ValueType(MapType.create(SimpleType.STRING, element.type), Form.MAP, Map.of(), element);
        }
        boolean open = additional.asBoolean(false)
                || (Tree.flag(schema, PRESERVE) && schema.path("properties").isEmpty());
        if (open && !resource) {
            return dynamic();
        }
        Map<String, Field> fields = new LinkedHashMap<>();
        schema.path("properties").properties().forEach(each -> put(fields, each.getKey(), of(each.getValue())));
        if (resource) {
            ValueType text = new ValueType(SimpleType.STRING, Form.PLAIN, Map.of(), null);
            put(fields, "apiVersion", text);
            put(fields, "kind", text);
            if (METADATA.stream()
                    .anyMatch(name -> Tree.at(schema, "properties", "metadata", "properties", name)
                            .isMissingNode())) {
                Map<String, Field> metadata = new LinkedHashMap<>();
                METADATA.forEach(name -> put(metadata, name, text));
                put(fields, "metadata", struct(metadata));
            }
        }
        return struct(fields);
    }

    private static void put(Map<String, Field> fields, String name, ValueType type) {
        String escaped = PropertyNames.escape(name);
        if (escaped != null) {
            fields.put(escaped, new Field(name, type));
        }
    }

    private static ValueType struct(Map<String, Field> fields) {
        ImmutableMap.Builder<String, CelType> types = ImmutableMap.builder();
        fields.forEach((name, field) -> types.put(name, field.type().type));
        ImmutableMap<String, CelType> known = types.buildOrThrow();
        StructType type = StructType.create(
                "object.n" + NAMES.incrementAndGet(), known.keySet(), name -> Optional.ofNullable(known.get(name)));
        return new ValueType(type, Form.STRUCT, Map.copyOf(fields), null);
    }

    CelType type() {
        return type;
    }

    /** Adds the types of objects in this one, by their names. */
    void collect(Builder<CelType> types) {
        if (form == Form.STRUCT) {
            types.add(type);
        }
        fields.values().forEach(field -> field.type().collect(types));
        if (element != null) {
            element.collect(types);
        }
    }

    /** The value an expression sees. */
    Object value(JsonNode json) {
        if (json.isNull() || json.isMissingNode()) {
            return dev.cel.common.values.NullValue.NULL_VALUE;
        }
        return switch (form) {
            case STRUCT -> {
                Map<String, Object> object = new LinkedHashMap<>();
                fields.forEach((name, field) -> {
                    JsonNode value = json.path(field.name());
                    if (!value.isMissingNode()) {
                        object.put(name, field.type().value(value));
                    }
                });
                yield object;
            }
            case MAP -> {
                Map<String, Object> object = new LinkedHashMap<>();
                json.properties().forEach(each -> object.put(each.getKey(), elementOf(each.getValue())));
                yield object;
            }
            case LIST -> {
                List<Object> list = new ArrayList<>(json.size());
                json.forEach(each -> list.add(elementOf(each)));
                yield list;
            }
            case INTEGER -> json.isNumber() ? json.asLong() : plain(json);
            case NUMBER -> json.isNumber() ? json.asDouble() : plain(json);
            case TIMESTAMP -> timestamp(json.asText());
            case DURATION -> duration(json.asText());
            case BYTES -> bytes(json.asText());
            case DYNAMIC, PLAIN -> plain(json);
        };
    }

    private Object elementOf(JsonNode json) {
        return element == null ? plain(json) : element.value(json);
    }

    private static Object timestamp(String text) {
        try {
            return text.length() == "2006-01-02".length()
                    ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                    : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return text;
        }
    }

    private static Object duration(String text) {
        try {
            return GoDuration.parse(text);
        } catch (IllegalArgumentException e) {
            return text; // the format is checked elsewhere
        }
    }

    private static Object bytes(String text) {
        try {
            return dev.cel.common.values.CelByteString.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** A value of no known type. */
    static Object plain(JsonNode json) {
        if (json.isObject()) {
            Map<String, Object> object = new LinkedHashMap<>();
            json.properties().forEach(each -> object.put(each.getKey(), plain(each.getValue())));
            return object;
        }
        if (json.isArray()) {
            List<Object> list = new ArrayList<>(json.size());
            json.forEach(each -> list.add(plain(each)));
            return list;
        }
        if (json.isTextual()) {
            return json.asText();
        }
        if (json.isBoolean()) {
            return json.asBoolean();
        }
        if (json.isIntegralNumber() && json.canConvertToLong()) {
            return json.asLong();
        }
        if (json.isNumber()) {
            return json.asDouble();
        }
        return dev.cel.common.values.NullValue.NULL_VALUE;
    }

    /** The value of an object that is not there. */
    static Object absent() {
        return plain(MissingNode.getInstance());
    }
}
