package io.kvorum.api.managed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The annotation in which client-side {@code kubectl apply} keeps what it applied. For kubectl's own server-side apply
 * it says which fields were kubectl's before, and it is kept up to date for a way back.
 */
final class LastApplied {
    static final String ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";
    /** The field manager this is done for; any other name opts out. */
    static final String KUBECTL = "kubectl";

    private static final ObjectMapper JSON = new ObjectMapper();

    private LastApplied() {}

    static boolean in(ObjectNode object) {
        return !Tree.text(object, "metadata", "annotations", ANNOTATION).isEmpty();
    }

    /** The fields of the last client-side apply that still are as it left them; null when that cannot be told. */
    static @Nullable FieldSet unchanged(Ownership ownership, ObjectNode live) {
        if (!in(live)) {
            return null;
        }
        try {
            JsonNode tree = JSON.readTree(Tree.text(live, "metadata", "annotations", ANNOTATION));
            boolean sameVersion =
                    tree instanceof ObjectNode && Tree.text(tree, "apiVersion").equals(Tree.text(live, "apiVersion"));
            if (!sameVersion) {
                return null;
            }
            TypedObject last = ownership.typed((ObjectNode) tree);
            last.check();
            Comparison since = Comparison.of(last.type(), last.value(), live);
            return last.fields()
                    .difference(since.modified())
                    .difference(since.added())
                    .difference(since.removed());
        } catch (JsonProcessingException | TypeMismatchException e) {
            return null; // the annotation is the user's; what it cannot tell it does not allow
        }
    }

    /** Puts the applied configuration into the annotation. */
    static void record(ObjectNode object, ObjectNode config) {
        ObjectNode copy = config.deepCopy();
        if (copy.path("metadata").get("annotations") instanceof ObjectNode annotations) {
            annotations.remove(ANNOTATION);
        }
        ObjectNode metadata = Tree.ensureObject(object, "metadata");
        Tree.ensureObject(metadata, "annotations").put(ANNOTATION, GoJson.text(sorted(copy)) + "\n");
    }

    private static JsonNode sorted(JsonNode value) {
        if (value.isObject()) {
            TreeMap<String, JsonNode> fields = new TreeMap<>();
            value.properties().forEach(entry -> fields.put(entry.getKey(), sorted(entry.getValue())));
            ObjectNode object = Tree.newObject();
            fields.forEach(object::set);
            return object;
        }
        if (value.isArray()) {
            ArrayNode array = Tree.newArray();
            value.forEach(item -> array.add(sorted(item)));
            return array;
        }
        return value;
    }
}
