package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What values an OpenAPI schema allows, ready to be checked: the part of {@code JSONSchemaProps} that says nothing of
 * structure. Immutable.
 */
record ValueSchema(
        String type,
        boolean nullable,
        boolean intOrString,
        boolean embedded,
        String format,
        List<JsonNode> allowed,
        List<String> required,
        Limits limits,
        @Nullable Pattern pattern,
        String patternText,
        boolean uniqueItems,
        Map<String, ValueSchema> properties,
        @Nullable ValueSchema items,
        @Nullable ValueSchema additional,
        boolean forbidsAdditional,
        List<ValueSchema> allOf,
        List<ValueSchema> anyOf,
        List<ValueSchema> oneOf,
        @Nullable ValueSchema not,
        List<String> mapKeys) {

    /** Numbers that bound a value; null or negative for none. */
    record Limits(
            @Nullable BigDecimal minimum,
            boolean exclusiveMinimum,
            @Nullable BigDecimal maximum,
            boolean exclusiveMaximum,
            @Nullable BigDecimal multipleOf,
            long minLength,
            long maxLength,
            long minItems,
            long maxItems,
            long minProperties,
            long maxProperties) {
        static Limits of(JsonNode source) {
            return new Limits(
                    decimal(source, "minimum"),
                    Tree.flag(source, "exclusiveMinimum"),
                    decimal(source, "maximum"),
                    Tree.flag(source, "exclusiveMaximum"),
                    decimal(source, "multipleOf"),
                    count(source, "minLength"),
                    count(source, "maxLength"),
                    count(source, "minItems"),
                    count(source, "maxItems"),
                    count(source, "minProperties"),
                    count(source, "maxProperties"));
        }

        private static @Nullable BigDecimal decimal(JsonNode source, String field) {
            return source.path(field).isNumber() ? source.get(field).decimalValue() : null;
        }

        private static long count(JsonNode source, String field) {
            return source.path(field).asLong(-1);
        }
    }

    /** @param source a {@code JSONSchemaProps} */
    static ValueSchema of(JsonNode source) {
        String pattern = Tree.text(source, "pattern");
        Map<String, ValueSchema> properties = new LinkedHashMap<>();
        source.path("properties").properties().forEach(entry -> properties.put(entry.getKey(), of(entry.getValue())));
        JsonNode more = source.path("additionalProperties");
        return new ValueSchema(
                Tree.text(source, "type"),
                Tree.flag(source, "nullable"),
                Tree.flag(source, "x-kubernetes-int-or-string"),
                Tree.flag(source, "x-kubernetes-embedded-resource"),
                Tree.text(source, "format"),
                Tree.items(source, "enum"),
                Tree.texts(source, "required"),
                Limits.of(source),
                compiled(pattern),
                pattern,
                Tree.flag(source, "uniqueItems"),
                properties,
                inner(source.path("items")),
                inner(more),
                more.isBoolean() && !more.booleanValue(),
                all(source, "allOf"),
                all(source, "anyOf"),
                all(source, "oneOf"),
                inner(source.path("not")),
                Tree.text(source, "x-kubernetes-list-type").equals("map")
                        ? Tree.texts(source, "x-kubernetes-list-map-keys")
                        : List.of());
    }

    private static @Nullable ValueSchema inner(JsonNode source) {
        return source.isObject() ? of(source) : null;
    }

    private static List<ValueSchema> all(JsonNode source, String field) {
        List<ValueSchema> all = new ArrayList<>();
        Tree.items(source, field).forEach(one -> all.add(of(one)));
        return List.copyOf(all);
    }

    /** Null for none and for one that cannot be read, which the definition's own rules refuse. */
    static @Nullable Pattern compiled(String pattern) {
        if (pattern.isEmpty()) {
            return null;
        }
        try {
            return Pattern.compile(pattern.replace("(?P<", "(?<"));
        } catch (PatternSyntaxException e) {
            return null;
        }
    }
}
