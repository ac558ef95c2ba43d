package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Puts a configuration over an object as an apply does, but nobody comes to manage its fields: KEP-3962. */
public final class Overlay {
    private Overlay() {}

    /**
     * The object with the configuration's fields; neither is changed.
     *
     * @param type of both
     * @throws TypeMismatchException the configuration is not of the type, or has lists or maps that are written as a
     *     whole: what it does not name in them would be lost
     */
    public static ObjectNode apply(FieldType type, ObjectNode object, ObjectNode configuration) {
        try {
            TypeCheck.check(type, configuration);
        } catch (TypeMismatchException e) {
            throw new TypeMismatchException("failed to convert patch object to typed object: " + e.getMessage());
        }
        List<String> atomics = new ArrayList<>();
        findAtomics(type, configuration, new ArrayList<>(), atomics);
        if (!atomics.isEmpty()) {
            throw new TypeMismatchException(
                    "invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: "
                            + String.join(", ", atomics));
        }
        try {
            return TreeMerge.merge(type, object, configuration) instanceof ObjectNode merged ? merged : object;
        } catch (ListItems.UnidentifiableException e) {
            throw new TypeMismatchException("failed to merge patch: " + e.why());
        }
    }

    private static void findAtomics(FieldType type, JsonNode value, List<String> path, List<String> found) {
        if (value.isObject()) {
            if (type.form() == FieldType.Form.MAP && type.atomicMap()) {
                found.add(PathElement.display(path));
            }
            for (Map.Entry<String, JsonNode> entry : value.properties()) {
                FieldType field = type.field(entry.getKey());
                if (field != null) {
                    below(field, entry.getValue(), PathElement.field(entry.getKey()), path, found);
                }
            }
        } else if (value.isArray()) {
            if (!ListItems.associative(type)) {
                found.add(PathElement.display(path));
            }
            for (int i = 0; i < value.size(); i++) {
                below(type.elementOrDeduced(), value.get(i), PathElement.index(i), path, found);
            }
        }
    }

    private static void below(FieldType type, JsonNode value, String element, List<String> path, List<String> found) {
        path.add(element);
        findAtomics(type, value, path, found);
        path.remove(path.size() - 1);
    }
}
