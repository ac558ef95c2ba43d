package io.kvorum.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reading and writing API objects as Jackson trees. A field that is missing, null or of another type reads as its
 * zero value, as it would in a decoded Go struct; objects here have passed the decoder, so other types do not occur.
 */
public final class Tree {
    private Tree() {}

    public static ObjectNode newObject() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ArrayNode newArray() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** The node at the path of field names, or a missing node. */
    public static JsonNode at(@Nullable JsonNode node, String... path) {
        JsonNode here = node == null ? MissingNode.getInstance() : node;
        for (String field : path) {
            here = here.path(field);
        }
        return here;
    }

    /** Whether a field holds something else than null. */
    public static boolean has(@Nullable JsonNode node, String field) {
        return node != null && node.hasNonNull(field);
    }

    /** The string at the path; empty where there is none. */
    public static String text(@Nullable JsonNode node, String... path) {
        JsonNode value = at(node, path);
        return value.isTextual() ? value.textValue() : "";
    }

    public static long number(@Nullable JsonNode node, String... path) {
        return at(node, path).asLong(0);
    }

    public static boolean flag(@Nullable JsonNode node, String... path) {
        return at(node, path).asBoolean(false);
    }

    /** The object at the path, or an empty detached one. */
    public static ObjectNode object(@Nullable JsonNode node, String... path) {
        return at(node, path) instanceof ObjectNode found ? found : newObject();
    }

    /** The object in the field, put there if it is not. */
    public static ObjectNode ensureObject(ObjectNode node, String field) {
        return node.get(field) instanceof ObjectNode found ? found : node.putObject(field);
    }

    public static ArrayNode ensureArray(ObjectNode node, String field) {
        return node.get(field) instanceof ArrayNode found ? found : node.putArray(field);
    }

    /** The elements of the list at the path, none where there is no list. */
    public static List<JsonNode> items(@Nullable JsonNode node, String... path) {
        List<JsonNode> found = new ArrayList<>();
        if (at(node, path) instanceof ArrayNode array) {
            array.forEach(found::add);
        }
        return found;
    }

    /** Those elements of the list at the path that are objects; edits go to the tree. */
    public static List<ObjectNode> objects(@Nullable JsonNode node, String... path) {
        List<ObjectNode> found = new ArrayList<>();
        for (JsonNode item : items(node, path)) {
            if (item instanceof ObjectNode object) {
                found.add(object);
            }
        }
        return found;
    }

    public static List<String> texts(@Nullable JsonNode node, String... path) {
        List<String> found = new ArrayList<>();
        for (JsonNode item : items(node, path)) {
            found.add(item.asText());
        }
        return found;
    }

    /** The map of strings at the path, in its order; empty where there is none. */
    public static Map<String, String> map(@Nullable JsonNode node, String... path) {
        Map<String, String> found = new LinkedHashMap<>();
        if (at(node, path) instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                found.put(entry.getKey(), entry.getValue().asText(""));
            }
        }
        return found;
    }

    /** Puts the value where the field is missing or null. */
    public static void setDefault(ObjectNode node, String field, String value) {
        if (!node.hasNonNull(field)) {
            node.put(field, value);
        }
    }

    public static void setDefault(ObjectNode node, String field, int value) {
        if (!node.hasNonNull(field)) {
            node.put(field, value);
        }
    }

    public static void setDefault(ObjectNode node, String field, boolean value) {
        if (!node.hasNonNull(field)) {
            node.put(field, value);
        }
    }

    /** Puts the value where the field is missing, null or an empty string: strings that upstream holds by value. */
    public static void setDefaultIfEmpty(ObjectNode node, String field, String value) {
        if (text(node, field).isEmpty()) {
            node.put(field, value);
        }
    }

    /** Whether two JSON values are the same: numbers by their value, objects without order. */
    public static boolean sameValue(JsonNode a, JsonNode b) {
        if (a == b) {
            return true;
        }
        if (a.isNumber() && b.isNumber()) {
            return a.canConvertToLong() && b.canConvertToLong() && a.isIntegralNumber() && b.isIntegralNumber()
                    ? a.longValue() == b.longValue()
                    : a.decimalValue().compareTo(b.decimalValue()) == 0;
        }
        if (a.isObject() && b.isObject()) {
            if (a.size() != b.size()) {
                return false;
            }
            for (Map.Entry<String, JsonNode> entry : a.properties()) {
                JsonNode other = b.get(entry.getKey());
                if (other == null || !sameValue(entry.getValue(), other)) {
                    return false;
                }
            }
            return true;
        }
        if (a.isArray() && b.isArray()) {
            if (a.size() != b.size()) {
                return false;
            }
            for (int i = 0; i < a.size(); i++) {
                if (!sameValue(a.get(i), b.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return a.equals(b);
    }

    /** Whether two values mean the same to the API: missing, null, empty lists and empty maps are equal. */
    public static boolean semanticallyEqual(@Nullable JsonNode a, @Nullable JsonNode b) {
        boolean emptyA = isEmpty(a);
        boolean emptyB = isEmpty(b);
        if (emptyA || emptyB) {
            return emptyA && emptyB;
        }
        if (a instanceof ObjectNode left && b instanceof ObjectNode right) {
            for (Map.Entry<String, JsonNode> entry : left.properties()) {
                if (!semanticallyEqual(entry.getValue(), right.get(entry.getKey()))) {
                    return false;
                }
            }
            for (Map.Entry<String, JsonNode> entry : right.properties()) {
                if (!left.has(entry.getKey()) && !isEmpty(entry.getValue())) {
                    return false;
                }
            }
            return true;
        }
        if (a instanceof ArrayNode left && b instanceof ArrayNode right) {
            if (left.size() != right.size()) {
                return false;
            }
            for (int i = 0; i < left.size(); i++) {
                if (!semanticallyEqual(left.get(i), right.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (a != null && b != null && a.isIntegralNumber() && b.isIntegralNumber()) {
            return a.bigIntegerValue().equals(b.bigIntegerValue());
        }
        return a != null && a.equals(b);
    }

    private static boolean isEmpty(@Nullable JsonNode node) {
        return node == null || node.isMissingNode() || node.isNull() || (node.isArray() && node.isEmpty());
    }

    /** Removes fields that are null, at every depth: the decoder of a struct reads them as absent. */
    public static void dropNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().removeIf(entry -> entry.getValue().isNull());
        }
        for (JsonNode child : node) {
            dropNulls(child);
        }
    }
}
