package io.kvorum.api.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import java.util.Map;

/** JSON merge patch, RFC 7386. */
public final class MergePatch {
    private MergePatch() {}

    /**
     * The object with the patch applied; neither argument changes.
     *
     * @throws ApiException BadRequest when the patch is no JSON object
     */
    public static ObjectNode apply(ObjectNode object, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            throw ApiException.badRequest("error decoding patch: " + NoObject.message(patch));
        }
        ObjectNode result = object.deepCopy();
        merge(result, changes);
        return result;
    }

    private static void merge(ObjectNode target, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            if (change.getValue().isNull()) {
                target.remove(change.getKey());
            } else if (change.getValue() instanceof ObjectNode nested) {
                merge(Tree.ensureObject(target, change.getKey()), nested);
            } else {
                target.set(change.getKey(), change.getValue().deepCopy());
            }
        }
    }
}
