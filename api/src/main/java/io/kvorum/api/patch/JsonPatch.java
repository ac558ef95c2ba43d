package io.kvorum.api.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.managed.GoValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** JSON patch, RFC 6902, with JSON pointers of RFC 6901. */
public final class JsonPatch {
    private static final int MAX_OPERATIONS = 10_000;

    private JsonPatch() {}

    /**
     * The object with all operations applied in order; neither argument changes.
     *
     * @throws ApiException BadRequest when the patch is malformed; Invalid (422) when an operation does not apply or
     *     a test fails, worded as upstream, which does not say which
     */
    public static ObjectNode apply(ObjectNode object, JsonNode patch) {
        return applyWhereTestsHold(object, patch).orElseThrow(JsonPatch::rejected);
    }

    /** As {@link #apply}; empty when a test does not hold. */
    public static Optional<ObjectNode> applyWhereTestsHold(ObjectNode object, JsonNode patch) {
        if (!patch.isArray()) {
            throw ApiException.badRequest(
                    "json: cannot unmarshal " + GoValue.json(patch) + " into Go value of type jsonpatch.Patch");
        }
        if (patch.size() > MAX_OPERATIONS) {
            throw new ApiException(
                    413,
                    "RequestEntityTooLarge",
                    "Request entity too large: The allowed maximum operations in a JSON patch is " + MAX_OPERATIONS
                            + ", got " + patch.size(),
                    null);
        }
        for (JsonNode operation : patch) {
            if (!operation.isObject()) {
                throw ApiException.badRequest("json: cannot unmarshal " + GoValue.json(operation)
                        + " into Go value of type jsonpatch.Operation");
            }
        }
        JsonNode document = object.deepCopy();
        for (JsonNode operation : patch) {
            if (!operation.path("op").asText("").equals("test")) {
                document = applyOne(document, operation);
            } else if (!holds(document, operation)) {
                return Optional.empty();
            }
        }
        if (document instanceof ObjectNode result) {
            return Optional.of(result);
        }
        throw rejected();
    }

    private static JsonNode applyOne(JsonNode document, JsonNode operation) {
        List<String> path = pointer(operation.path("path"));
        return switch (operation.path("op").asText("")) {
            case "add" -> add(document, path, value(operation));
            case "remove" -> remove(document, path);
            case "replace" -> replace(document, path, value(operation));
            case "move" -> {
                List<String> from = pointer(operation.path("from"));
                if (path.size() > from.size() && path.subList(0, from.size()).equals(from)) {
                    // A value cannot move into itself.
                    throw rejected();
                }
                JsonNode moved = get(document, from);
                yield add(remove(document, from), path, moved);
            }
            case "copy" ->
                add(
                        document,
                        path,
                        get(document, pointer(operation.path("from"))).deepCopy());
            default -> throw rejected();
        };
    }

    private static boolean holds(JsonNode document, JsonNode operation) {
        JsonNode expected = operation.get("value");
        List<String> path = pointer(operation.path("path"));
        JsonNode found;
        try {
            found = get(document, path);
        } catch (ApiException missing) {
            // Upstream lets a test for null hold where the field is missing.
            return expected == null || expected.isNull();
        }
        return expected == null ? found.isNull() : same(found, expected);
    }

    private static boolean same(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue()) == 0;
        }
        if (a instanceof ArrayNode left && b instanceof ArrayNode right) {
            if (left.size() != right.size()) {
                return false;
            }
            for (int i = 0; i < left.size(); i++) {
                if (!same(left.get(i), right.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (a instanceof ObjectNode left && b instanceof ObjectNode right) {
            if (left.size() != right.size()) {
                return false;
            }
            for (Map.Entry<String, JsonNode> entry : left.properties()) {
                JsonNode other = right.get(entry.getKey());
                if (other == null || !same(entry.getValue(), other)) {
                    return false;
                }
            }
            return true;
        }
        return a.equals(b);
    }

    private static JsonNode add(JsonNode document, List<String> path, JsonNode value) {
        if (path.isEmpty()) {
            return value;
        }
        JsonNode parent = get(document, path.subList(0, path.size() - 1));
        String last = path.get(path.size() - 1);
        if (parent instanceof ObjectNode object) {
            object.set(last, value);
        } else if (parent instanceof ArrayNode array) {
            int at = last.equals("-") ? array.size() : index(last, array.size() + 1);
            array.insert(at, value);
        } else {
            throw rejected();
        }
        return document;
    }

    private static JsonNode replace(JsonNode document, List<String> path, JsonNode value) {
        get(document, path);
        if (path.isEmpty()) {
            return value;
        }
        JsonNode parent = get(document, path.subList(0, path.size() - 1));
        String last = path.get(path.size() - 1);
        if (parent instanceof ObjectNode object) {
            object.set(last, value);
        } else if (parent instanceof ArrayNode array) {
            array.set(index(last, array.size()), value);
        }
        return document;
    }

    private static JsonNode remove(JsonNode document, List<String> path) {
        if (path.isEmpty()) {
            throw rejected();
        }
        JsonNode parent = get(document, path.subList(0, path.size() - 1));
        String last = path.get(path.size() - 1);
        if (parent instanceof ObjectNode object && object.has(last)) {
            object.remove(last);
        } else if (parent instanceof ArrayNode array) {
            array.remove(index(last, array.size()));
        } else {
            throw rejected();
        }
        return document;
    }

    private static JsonNode get(JsonNode document, List<String> path) {
        JsonNode here = document;
        for (String token : path) {
            JsonNode next;
            if (here instanceof ArrayNode array) {
                next = array.get(index(token, array.size()));
            } else {
                next = here.get(token);
            }
            if (next == null) {
                throw rejected();
            }
            here = next;
        }
        return here;
    }

    private static int index(String token, int size) {
        if (!token.matches("0|-?[1-9][0-9]{0,8}")) {
            throw rejected();
        }
        int index = Integer.parseInt(token);
        if (index < 0 || index >= size) {
            throw rejected();
        }
        return index;
    }

    private static List<String> pointer(JsonNode text) {
        if (!text.isTextual()) {
            throw rejected();
        }
        String pointer = text.textValue();
        if (pointer.isEmpty()) {
            return List.of();
        }
        if (!pointer.startsWith("/")) {
            throw rejected();
        }
        List<String> tokens = new ArrayList<>();
        for (String token : pointer.substring(1).split("/", -1)) {
            tokens.add(token.replace("~1", "/").replace("~0", "~"));
        }
        return tokens;
    }

    private static JsonNode value(JsonNode operation) {
        JsonNode value = operation.get("value");
        if (value == null) {
            throw rejected();
        }
        return value.deepCopy();
    }

    private static ApiException rejected() {
        return new ApiException(
                422,
                "Invalid",
                "the server rejected our request due to an error in our request",
                new ApiException.Details("", "", "", "", List.of(), 0));
    }
}
