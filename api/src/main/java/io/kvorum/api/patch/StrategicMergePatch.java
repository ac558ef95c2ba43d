package io.kvorum.api.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Kubernetes' strategic merge patch: a merge patch that merges lists by a key and knows the directives {@code $patch}
 * (replace, delete, merge), {@code $retainKeys}, {@code $deleteFromPrimitiveList} and {@code $setElementOrder}. As
 * upstream, elements of a merged list that only the patch has come before those they have no order with.
 */
public final class StrategicMergePatch {
    private static final String DIRECTIVE = "$patch";
    private static final String RETAIN_KEYS = "$retainKeys";
    private static final String DELETE_FROM = "$deleteFromPrimitiveList/";
    private static final String ELEMENT_ORDER = "$setElementOrder/";

    private StrategicMergePatch() {}

    /**
     * The object with the patch applied; neither argument changes.
     *
     * @throws ApiException BadRequest for a malformed patch or directive
     */
    public static ObjectNode apply(ObjectNode object, JsonNode patch, PatchSchema schema) {
        if (!(patch instanceof ObjectNode changes)) {
            throw ApiException.badRequest(NoObject.message(patch));
        }
        return mergeMap(object.deepCopy(), changes.deepCopy(), schema);
    }

    /** Consumes both arguments. */
    private static ObjectNode mergeMap(ObjectNode original, ObjectNode patch, PatchSchema schema) {
        JsonNode directive = patch.remove(DIRECTIVE);
        if (directive != null) {
            switch (directive.asText()) {
                case "replace":
                    return withoutDirectives(patch);
                case "delete":
                    return Tree.newObject();
                case "merge":
                    break;
                default:
                    throw ApiException.badRequest("unknown patch type '" + directive.asText() + "' in map: " + patch);
            }
        }
        retainKeys(original, patch);
        setElementOrders(original, patch, schema);
        for (String field : fieldNames(patch)) {
            JsonNode value = patch.get(field);
            if (field.startsWith(DELETE_FROM)) {
                deleteFromList(original, field.substring(DELETE_FROM.length()), value);
                continue;
            }
            PatchSchema type = schema.field(field);
            JsonNode old = original.get(field);
            if (value.isNull()) {
                original.remove(field);
            } else if (value instanceof ObjectNode map && old instanceof ObjectNode oldMap) {
                original.set(
                        field,
                        type.strategies().contains("replace") ? withoutDirectives(map) : mergeMap(oldMap, map, type));
            } else if (value instanceof ArrayNode list && old instanceof ArrayNode oldList) {
                original.set(field, mergeList(oldList, list, type));
            } else {
                original.set(field, withoutDirectives(value));
            }
        }
        return original;
    }

    private static void retainKeys(ObjectNode original, ObjectNode patch) {
        JsonNode directive = patch.remove(RETAIN_KEYS);
        if (directive == null) {
            return;
        }
        if (!directive.isArray()) {
            throw ApiException.badRequest("invalid patch format of retainKeys");
        }
        Set<String> retained = new TreeSet<>();
        directive.forEach(key -> retained.add(key.asText()));
        for (String field : fieldNames(patch)) {
            // Directives beside it speak of fields, and a null clears one.
            if (!field.startsWith("$") && !patch.get(field).isNull() && !retained.contains(field)) {
                throw ApiException.badRequest("invalid patch format of retainKeys");
            }
        }
        original.retain(retained);
    }

    private static void deleteFromList(ObjectNode original, String field, JsonNode values) {
        if (!values.isArray()) {
            throw ApiException.badRequest("invalid patch format of primitive list");
        }
        if (original.get(field) instanceof ArrayNode list) {
            ArrayNode kept = Tree.newArray();
            for (JsonNode item : list) {
                if (indexOf(values, item, "") < 0) {
                    kept.add(item);
                }
            }
            original.set(field, kept);
        }
    }

    private static void setElementOrders(ObjectNode original, ObjectNode patch, PatchSchema schema) {
        for (String name : fieldNames(patch)) {
            if (!name.startsWith(ELEMENT_ORDER)) {
                continue;
            }
            JsonNode order = patch.remove(name);
            String field = name.substring(ELEMENT_ORDER.length());
            if (!(order instanceof ArrayNode wanted)) {
                throw ApiException.badRequest("invalid patch format of setElementOrder list");
            }
            PatchSchema type = schema.field(field);
            String key = elementsAreMaps(wanted) ? mergeKey(type, field) : "";
            ArrayNode old = original.get(field) instanceof ArrayNode list ? list : null;
            JsonNode given = patch.get(field);
            if (given != null && given.isNull()) {
                // The list is to go; the loop over the fields removes it.
                continue;
            }
            ArrayNode changes = given instanceof ArrayNode list ? list : null;
            if (old == null && changes == null) {
                continue;
            }
            if (changes != null) {
                checkOrder(changes, wanted, key);
            }
            ArrayNode merged;
            if (changes == null) {
                merged = old == null ? Tree.newArray() : old.deepCopy();
            } else if (old == null) {
                merged = (ArrayNode) withoutDirectives((JsonNode) changes);
            } else {
                merged = mergeList(old.deepCopy(), changes, type);
            }
            original.set(field, ordered(merged, wanted, old == null ? Tree.newArray() : old, key));
            patch.remove(field);
        }
    }

    /** Elements of the patch's list must stand in the order that the directive gives. */
    private static void checkOrder(ArrayNode changes, ArrayNode wanted, String key) {
        int last = -1;
        for (JsonNode change : changes) {
            if (change.has(DIRECTIVE)) {
                continue;
            }
            int at = indexOf(wanted, change, key);
            if (at < last || at < 0) {
                throw ApiException.badRequest("The order in patch list:\n" + changes
                        + "\n doesn't match $setElementOrder list:\n" + wanted + "\n");
            }
            last = at;
        }
    }

    private static ArrayNode mergeList(ArrayNode original, ArrayNode patch, PatchSchema schema) {
        if (!schema.strategies().contains("merge")) {
            return (ArrayNode) withoutDirectives((JsonNode) patch);
        }
        if (!elementsAreMaps(original) && !elementsAreMaps(patch)) {
            ArrayNode merged = Tree.newArray();
            for (ArrayNode source : List.of(original, patch)) {
                for (JsonNode item : source) {
                    if (indexOf(merged, item, "") < 0) {
                        merged.add(item);
                    }
                }
            }
            return ordered(merged, patch, original, "");
        }
        String key = mergeKey(schema, "");
        ArrayNode merged = original.deepCopy();
        ArrayNode plain = Tree.newArray();
        boolean replace = false;
        for (JsonNode item : patch) {
            if (!(item instanceof ObjectNode map)) {
                throw ApiException.badRequest("invalid JSON document: list of maps holds " + item);
            }
            JsonNode directive = map.get(DIRECTIVE);
            if (directive == null || directive.asText().equals("merge")) {
                map.remove(DIRECTIVE);
                plain.add(map);
            } else if (directive.asText().equals("replace")) {
                replace = true;
                if (map.size() > 1) {
                    map.remove(DIRECTIVE);
                    plain.add(map);
                }
            } else if (directive.asText().equals("delete")) {
                remove(merged, map, key);
            } else {
                throw ApiException.badRequest("unknown patch type '" + directive.asText() + "' in map: " + map);
            }
        }
        if (replace) {
            return (ArrayNode) withoutDirectives((JsonNode) plain);
        }
        for (JsonNode item : plain) {
            if (!item.hasNonNull(key)) {
                throw ApiException.badRequest("map: " + item + " does not contain declared merge key: " + key);
            }
            int at = indexOf(merged, item, key);
            if (at >= 0 && merged.get(at) instanceof ObjectNode old) {
                merged.set(at, mergeMap(old, (ObjectNode) item.deepCopy(), schema));
            } else {
                merged.add(withoutDirectives(item));
            }
        }
        return ordered(merged, plain, original, key);
    }

    private static void remove(ArrayNode list, ObjectNode like, String key) {
        if (!like.hasNonNull(key)) {
            throw ApiException.badRequest("map: " + like + " does not contain declared merge key: " + key);
        }
        for (int at = indexOf(list, like, key); at >= 0; at = indexOf(list, like, key)) {
            list.remove(at);
        }
    }

    /**
     * The merged elements in order: those the patch speaks of as it orders them, the others as the server has them,
     * and between the two the server's order where it knows both, else the patch's first.
     */
    private static ArrayNode ordered(ArrayNode merged, ArrayNode patchOrder, ArrayNode serverOrder, String key) {
        List<JsonNode> ofPatch = new ArrayList<>();
        List<JsonNode> ofServer = new ArrayList<>();
        for (JsonNode item : merged) {
            (indexOf(patchOrder, item, key) >= 0 ? ofPatch : ofServer).add(item);
        }
        ofPatch.sort(Comparator.comparingInt(item -> indexOf(patchOrder, item, key)));
        ofServer.sort(Comparator.comparingInt(item -> indexOf(serverOrder, item, key)));
        ArrayNode result = Tree.newArray();
        int server = 0;
        int patch = 0;
        while (server < ofServer.size() || patch < ofPatch.size()) {
            boolean takeServer;
            if (server == ofServer.size()) {
                takeServer = false;
            } else if (patch == ofPatch.size()) {
                takeServer = true;
            } else {
                int left = indexOf(serverOrder, ofServer.get(server), key);
                int right = indexOf(serverOrder, ofPatch.get(patch), key);
                takeServer = left >= 0 && right >= 0 && left < right;
            }
            result.add(takeServer ? ofServer.get(server++) : ofPatch.get(patch++));
        }
        return result;
    }

    private static int indexOf(JsonNode list, JsonNode item, String key) {
        for (int i = 0; i < list.size(); i++) {
            JsonNode other = list.get(i);
            boolean same = key.isEmpty()
                    ? other.equals(item)
                    : item.has(key) && item.get(key).equals(other.get(key));
            if (same) {
                return i;
            }
        }
        return -1;
    }

    private static String mergeKey(PatchSchema schema, String field) {
        if (schema.mergeKey().isEmpty()) {
            throw ApiException.badRequest(
                    "cannot merge list of maps" + (field.isEmpty() ? "" : " " + field) + ": it has no merge key");
        }
        return schema.mergeKey();
    }

    private static boolean elementsAreMaps(ArrayNode list) {
        return !list.isEmpty() && list.get(0).isObject();
    }

    private static ObjectNode withoutDirectives(ObjectNode map) {
        return (ObjectNode) withoutDirectives((JsonNode) map);
    }

    /** A value that nothing is merged with: directives and nulls in it have no meaning. */
    private static JsonNode withoutDirectives(JsonNode value) {
        if (value instanceof ObjectNode map) {
            ObjectNode clean = Tree.newObject();
            for (String field : fieldNames(map)) {
                boolean directive = field.equals(DIRECTIVE)
                        || field.equals(RETAIN_KEYS)
                        || field.startsWith(DELETE_FROM)
                        || field.startsWith(ELEMENT_ORDER);
                JsonNode child = map.get(field);
                if (!directive && !child.isNull()) {
                    clean.set(field, withoutDirectives(child));
                }
            }
            return clean;
        }
        if (value instanceof ArrayNode list) {
            ArrayNode clean = Tree.newArray();
            for (JsonNode item : list) {
                String directive = item.path(DIRECTIVE).asText("");
                boolean onlyDirective = directive.equals("delete") || (!directive.isEmpty() && item.size() == 1);
                if (!onlyDirective) {
                    clean.add(withoutDirectives(item));
                }
            }
            return clean;
        }
        return value.deepCopy();
    }

    private static List<String> fieldNames(ObjectNode map) {
        List<String> names = new ArrayList<>();
        map.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
