package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException.Cause;
import io.kvorum.api.Tree;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Checks values against an OpenAPI schema; the findings are worded as those of the API server's OpenAPI validator. What
 * is as it was before the update is not looked at again (ratcheting).
 */
final class ValueCheck {
    private static final String UNDER = ".";
    private static final Set<String> ENVELOPE = Set.of("apiVersion", "kind", "metadata");

    private final List<Cause> causes = new ArrayList<>();

    private ValueCheck() {}

    /** @param old what was at the same place before, null for none */
    static List<Cause> check(ValueSchema schema, JsonNode value, @Nullable JsonNode old, String path) {
        ValueCheck check = new ValueCheck();
        check.value(schema, value, old, path);
        return check.causes;
    }

    private void value(ValueSchema schema, JsonNode value, @Nullable JsonNode old, String path) {
        if (value.equals(old)) {
            return;
        }
        if (value.isNull()) {
            if (!schema.nullable() && !(schema.type().isEmpty() && !schema.intOrString())) {
                wrongType(schema, value, path);
            }
            return;
        }
        if (!typeFits(schema, value)) {
            wrongType(schema, value, path);
            return;
        }
        if (value.isTextual()) {
            text(schema, value.textValue(), path);
        } else if (value.isNumber()) {
            number(schema, value, path);
        } else if (value instanceof ArrayNode array) {
            array(schema, array, old, path);
        } else if (value instanceof ObjectNode object) {
            object(schema, object, old, path);
        }
        allowed(schema, value, path);
        composed(schema, value, old, path);
    }

    private static boolean typeFits(ValueSchema schema, JsonNode value) {
        if (schema.intOrString()) {
            return value.isTextual() || wholeNumber(value);
        }
        return switch (schema.type()) {
            case "" -> true;
            case "integer" -> wholeNumber(value);
            case "number" -> value.isNumber();
            default -> schema.type().equals(typeOf(value));
        };
    }

    private static boolean wholeNumber(JsonNode value) {
        return value.isIntegralNumber()
                || (value.isNumber()
                        && value.decimalValue().stripTrailingZeros().scale() <= 0);
    }

    static String typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "string";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            case BOOLEAN -> "boolean";
            case ARRAY -> "array";
            case OBJECT -> "object";
            default -> "null";
        };
    }

    private void wrongType(ValueSchema schema, JsonNode value, String path) {
        String type = schema.intOrString() ? "integer,string" : schema.type();
        String given = typeOf(value);
        causes.add(new Cause(
                "FieldValueTypeInvalid",
                "Invalid value: \"" + given + "\": " + path + " in body must be of type " + type + ": \"" + given
                        + "\"",
                field(path)));
    }

    private void text(ValueSchema schema, String value, String path) {
        ValueSchema.Limits limits = schema.limits();
        long length = value.codePointCount(0, value.length());
        if (limits.maxLength() >= 0 && length > limits.maxLength()) {
            causes.add(new Cause(
                    "FieldValueTooLong",
                    "Too long: may not be more than " + limits.maxLength() + " bytes",
                    field(path)));
        }
        if (limits.minLength() >= 0 && length < limits.minLength()) {
            invalid(path, quoted(value), "should be at least " + limits.minLength() + " chars long");
        }
        if (schema.pattern() != null && !schema.pattern().matcher(value).find()) {
            invalid(path, quoted(value), "should match '" + schema.patternText() + "'");
        }
        if (!schema.format().isEmpty() && !Formats.matches(schema.format(), value)) {
            causes.add(new Cause(
                    "FieldValueTypeInvalid",
                    "Invalid value: " + quoted(value) + ": " + path + " in body must be of type " + schema.format()
                            + ": " + quoted(value),
                    field(path)));
        }
    }

    private void number(ValueSchema schema, JsonNode value, String path) {
        ValueSchema.Limits limits = schema.limits();
        BigDecimal number = value.decimalValue();
        BigDecimal minimum = limits.minimum();
        BigDecimal maximum = limits.maximum();
        if (limits.multipleOf() != null
                && limits.multipleOf().signum() != 0
                && number.remainder(limits.multipleOf()).signum() != 0) {
            invalid(path, value.asText(), "should be a multiple of " + plain(limits.multipleOf()));
        }
        if (maximum != null && number.compareTo(maximum) >= (limits.exclusiveMaximum() ? 0 : 1)) {
            invalid(
                    path,
                    value.asText(),
                    "should be less than " + (limits.exclusiveMaximum() ? "" : "or equal to ") + plain(maximum));
        }
        if (minimum != null && number.compareTo(minimum) <= (limits.exclusiveMinimum() ? 0 : -1)) {
            invalid(
                    path,
                    value.asText(),
                    "should be greater than " + (limits.exclusiveMinimum() ? "" : "or equal to ") + plain(minimum));
        }
        if (!Formats.fits(schema.format(), value)) {
            invalid(path, value.asText(), "must be of type " + schema.format() + ": \"" + value.asText() + "\"");
        }
    }

    private void array(ValueSchema schema, ArrayNode array, @Nullable JsonNode old, String path) {
        ValueSchema.Limits limits = schema.limits();
        if (schema.items() != null) {
            Map<JsonNode, JsonNode> before = byKey(schema, old);
            for (int i = 0; i < array.size(); i++) {
                JsonNode item = array.get(i);
                value(schema.items(), item, before.get(key(schema, item)), path + "[" + i + "]");
            }
        }
        if (limits.minItems() >= 0 && array.size() < limits.minItems()) {
            invalid(path, shown(array), "should have at least " + limits.minItems() + " items");
        }
        if (limits.maxItems() >= 0 && array.size() > limits.maxItems()) {
            tooMany(path, array.size(), limits.maxItems());
        }
        if (schema.uniqueItems() && new HashSet<>(iterated(array)).size() < array.size()) {
            invalid(path, shown(array), "shouldn't contain duplicates");
        }
    }

    private static List<JsonNode> iterated(ArrayNode array) {
        List<JsonNode> items = new ArrayList<>();
        array.forEach(items::add);
        return items;
    }

    /** The items of a list of type map before the update, by their keys; empty for all other lists. */
    private static Map<JsonNode, JsonNode> byKey(ValueSchema schema, @Nullable JsonNode old) {
        Map<JsonNode, JsonNode> found = new HashMap<>();
        if (!schema.mapKeys().isEmpty() && old instanceof ArrayNode array) {
            array.forEach(item -> found.put(key(schema, item), item));
        }
        return found;
    }

    private static JsonNode key(ValueSchema schema, JsonNode item) {
        ObjectNode key = Tree.newObject();
        schema.mapKeys().forEach(name -> key.set(name, item.path(name)));
        return key;
    }

    private void object(ValueSchema schema, ObjectNode object, @Nullable JsonNode old, String path) {
        ValueSchema.Limits limits = schema.limits();
        if (limits.minProperties() >= 0 && object.size() < limits.minProperties()) {
            invalid(path, shown(object), "should have at least " + limits.minProperties() + " properties");
        }
        if (limits.maxProperties() >= 0 && object.size() > limits.maxProperties()) {
            tooMany(path, object.size(), limits.maxProperties());
        }
        for (String name : schema.required()) {
            if (!object.has(name)) {
                causes.add(new Cause("FieldValueRequired", "Required value", under(path, name)));
            }
        }
        object.properties().forEach(entry -> {
            String name = entry.getKey();
            ValueSchema property = schema.properties().get(name);
            JsonNode before = old == null ? null : old.get(name);
            if (property != null) {
                value(property, entry.getValue(), before, under(path, name));
            } else if (schema.additional() != null) {
                value(schema.additional(), entry.getValue(), before, under(path, name));
            } else if (schema.forbidsAdditional() && !(schema.embedded() && ENVELOPE.contains(name))) {
                invalid(under(path, name), "\"\"", "is a forbidden property");
            }
        });
        if (schema.embedded()) {
            embedded(object, path);
        }
    }

    private void embedded(ObjectNode object, String path) {
        for (String name : List.of("apiVersion", "kind")) {
            if (object.path(name).asText("").isEmpty()) {
                causes.add(new Cause("FieldValueRequired", "Required value: must not be empty", under(path, name)));
            }
        }
    }

    private void allowed(ValueSchema schema, JsonNode value, String path) {
        if (schema.allowed().isEmpty() || schema.allowed().stream().anyMatch(one -> same(one, value))) {
            return;
        }
        StringJoiner supported = new StringJoiner(", ");
        schema.allowed().forEach(one -> supported.add(quoted(one.isTextual() ? one.textValue() : one.toString())));
        causes.add(new Cause(
                "FieldValueNotSupported",
                "Unsupported value: " + shown(value) + ": supported values: " + supported,
                field(path)));
    }

    private static boolean same(JsonNode one, JsonNode other) {
        return one.isNumber() && other.isNumber()
                ? one.decimalValue().compareTo(other.decimalValue()) == 0
                : one.equals(other);
    }

    private void composed(ValueSchema schema, JsonNode value, @Nullable JsonNode old, String path) {
        List<List<Cause>> every = outcomes(schema.allOf(), value, old, path);
        long passed = every.stream().filter(List::isEmpty).count();
        every.forEach(causes::addAll);
        if (passed < every.size()) {
            composition(path, "must validate all the schemas (allOf)" + (passed == 0 ? ". None validated" : ""));
        }
        List<List<Cause>> any = outcomes(schema.anyOf(), value, old, path);
        if (!any.isEmpty() && any.stream().noneMatch(List::isEmpty)) {
            composition(path, "must validate at least one schema (anyOf)");
            causes.addAll(nearest(any));
        }
        List<List<Cause>> one = outcomes(schema.oneOf(), value, old, path);
        long valid = one.stream().filter(List::isEmpty).count();
        if (!one.isEmpty() && valid != 1) {
            composition(
                    path,
                    "must validate one and only one schema (oneOf). "
                            + (valid == 0 ? "Found none valid" : "Found " + valid + " valid alternatives"));
            if (valid == 0) {
                causes.addAll(nearest(one));
            }
        }
        if (schema.not() != null && check(schema.not(), value, null, path).isEmpty()) {
            composition(path, "must not validate the schema (not)");
        }
    }

    private static List<List<Cause>> outcomes(
            List<ValueSchema> schemas, JsonNode value, @Nullable JsonNode old, String path) {
        List<List<Cause>> outcomes = new ArrayList<>();
        schemas.forEach(schema -> outcomes.add(check(schema, value, old, path)));
        return outcomes;
    }

    /** The findings of the alternative that is nearest to fit: the fewest. */
    private static List<Cause> nearest(List<List<Cause>> outcomes) {
        List<Cause> best = outcomes.get(0);
        for (List<Cause> outcome : outcomes) {
            best = outcome.size() < best.size() ? outcome : best;
        }
        return best;
    }

    private void composition(String path, String detail) {
        causes.add(new Cause("FieldValueInvalid", "Invalid value: \"\": " + quoted(path) + " " + detail, field(path)));
    }

    private void invalid(String path, String value, String detail) {
        causes.add(new Cause(
                "FieldValueInvalid", "Invalid value: " + value + ": " + path + " in body " + detail, field(path)));
    }

    private void tooMany(String path, int actual, long max) {
        causes.add(new Cause(
                "FieldValueTooMany", "Too many: " + actual + ": must have at most " + max + " items", field(path)));
    }

    private static String under(String path, String name) {
        return path.isEmpty() ? name : path + UNDER + name;
    }

    private static String field(String path) {
        return path.isEmpty() ? "<nil>" : path;
    }

    private static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }

    private static String shown(JsonNode value) {
        return value.isTextual() ? quoted(value.textValue()) : value.toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
