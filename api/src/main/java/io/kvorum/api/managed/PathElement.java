package io.kvorum.api.managed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a path as FieldsV1 writes them, which is how they are kept here: {@code f:replicas} a field, {@code
 * k:{"name":"nginx"}} the item of a list by its keys (in alphabetical order), {@code v:"a"} the item of a set, {@code
 * i:0} a position.
 */
final class PathElement {
    /** The member of a FieldsV1 object that says that the parent itself is in the set. */
    static final String SELF = ".";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Elements with keys or values that were found to be in normal form: most objects repeat a few. */
    private static final Set<String> NORMAL = ConcurrentHashMap.newKeySet();

    private static final int MOST_REMEMBERED = 4096;
    private static final int LONGEST_REMEMBERED = 128;

    private PathElement() {}

    static String field(String name) {
        return "f:" + name;
    }

    static String value(JsonNode value) {
        return "v:" + GoJson.text(value);
    }

    static String index(int index) {
        return "i:" + index;
    }

    static String keys(Map<String, JsonNode> keys) {
        StringBuilder text = new StringBuilder("k:{");
        for (Map.Entry<String, JsonNode> key : new TreeMap<>(keys).entrySet()) {
            text.append(text.length() == 3 ? "" : ",");
            GoJson.write(key.getKey(), text);
            text.append(':');
            GoJson.write(key.getValue(), text);
        }
        return text.append('}').toString();
    }

    /** The name of a field, null for the other elements. */
    static @Nullable String fieldName(String element) {
        return element.startsWith("f:") ? element.substring(2) : null;
    }

    /**
     * An element that somebody else wrote, in the form used here; null for a kind of element that is not known, which a
     * newer server may have written.
     *
     * @throws IllegalArgumentException when it is malformed
     */
    static @Nullable String normal(String text) {
        if (text.startsWith("f:") || NORMAL.contains(text)) {
            return text;
        }
        String normal = parsed(text);
        if (text.equals(normal) && text.length() <= LONGEST_REMEMBERED && NORMAL.size() < MOST_REMEMBERED) {
            NORMAL.add(text);
        }
        return normal;
    }

    private static @Nullable String parsed(String text) {
        if (text.length() < 2 || text.charAt(1) != ':') {
            throw new IllegalArgumentException(
                    text.length() < 2 ? "key must be 2 characters long:" : "missing colon: " + text);
        }
        switch (text.charAt(0)) {
            case 'v':
                return value(parse(text.substring(2)));
            case 'i':
                return index(Integer.parseInt(text.substring(2)));
            case 'k':
                if (!(parse(text.substring(2)) instanceof ObjectNode object)) {
                    throw new IllegalArgumentException("not an object: " + text);
                }
                Map<String, JsonNode> keys = new TreeMap<>();
                object.properties().forEach(key -> keys.put(key.getKey(), key.getValue()));
                return keys(keys);
            default:
                return null;
        }
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    /** A path as messages show it: {@code .spec.containers[name="nginx"].image}. */
    static String display(List<String> path) {
        StringBuilder text = new StringBuilder();
        path.forEach(element -> text.append(display(element)));
        return text.toString();
    }

    static String display(String element) {
        String rest = element.substring(2);
        switch (element.charAt(0)) {
            case 'f':
                return "." + rest;
            case 'v':
                return "[=" + rest + "]";
            case 'k':
                StringBuilder text = new StringBuilder("[");
                for (Map.Entry<String, JsonNode> key : parse(rest).properties()) {
                    text.append(text.length() == 1 ? "" : ",")
                            .append(key.getKey())
                            .append('=');
                    GoJson.write(key.getValue(), text);
                }
                return text.append(']').toString();
            default:
                return "[" + rest + "]";
        }
    }
}
