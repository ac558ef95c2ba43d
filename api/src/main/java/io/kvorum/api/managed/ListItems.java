package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How the items of lists are told apart: by keys, by value, or not at all. */
final class ListItems {
    private ListItems() {}

    /** An item that has nothing to tell it by. The message names what is missing. */
    static final class UnidentifiableException extends Exception {
        private final String why;

        UnidentifiableException(String why) {
            super(why, null, false, false);
            this.why = why;
        }

        String why() {
            return why;
        }
    }

    static boolean associative(FieldType list) {
        return list.listType() != Schema.ListType.ATOMIC;
    }

    /** The path element of an item of a set or of a list with keys. */
    static String element(FieldType list, JsonNode item) throws UnidentifiableException {
        return list.listType() == Schema.ListType.SET ? setItem(item) : keyedItem(list, item);
    }

    private static String setItem(JsonNode item) throws UnidentifiableException {
        if (item.isObject()) {
            throw new UnidentifiableException("associative list without keys has an element that's a map type");
        }
        if (item.isArray()) {
            throw new UnidentifiableException("not supported: associative list with lists as elements");
        }
        if (item.isNull()) {
            throw new UnidentifiableException("associative list without keys has an element that's an explicit null");
        }
        return PathElement.value(item);
    }

    private static String keyedItem(FieldType list, JsonNode item) throws UnidentifiableException {
        if (item.isNull()) {
            throw new UnidentifiableException("associative list with keys may not have a null element");
        }
        if (!item.isObject()) {
            throw new UnidentifiableException("associative list with keys may not have non-map elements");
        }
        FieldType type = list.elementOrDeduced();
        Map<String, JsonNode> found = new TreeMap<>();
        for (String key : list.keys()) {
            JsonNode value = item.get(key);
            if (value == null) {
                value = type.keyDefault(key);
            }
            // An item that leaves a key out is another item than those that have it.
            if (value != null) {
                found.put(key, value);
            }
        }
        if (found.isEmpty()) {
            StringBuilder keys = new StringBuilder();
            list.keys()
                    .forEach(key -> keys.append(keys.length() == 0 ? "" : " ")
                            .append('"')
                            .append(key)
                            .append('"'));
            throw new UnidentifiableException("associative list with keys has an element that omits "
                    + (list.keys().size() == 1
                            ? "key field " + keys + " (and doesn't have default value)"
                            : "all key fields [" + keys + "] (and doesn't have default values for any key fields)"));
        }
        return PathElement.keys(found);
    }

    /** The items of a list by their elements, in order; several per element where keys come twice. */
    static Map<String, List<JsonNode>> index(FieldType list, @Nullable JsonNode array) throws UnidentifiableException {
        Map<String, List<JsonNode>> index = new LinkedHashMap<>();
        if (array != null) {
            for (JsonNode item : array) {
                index.computeIfAbsent(element(list, item), any -> new ArrayList<>(1))
                        .add(item);
            }
        }
        return index;
    }
}
