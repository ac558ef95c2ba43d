package io.kvorum.controllers.garbage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.List;

/** Writes {@code metadata.ownerReferences} for a patch. */
final class OwnerPatches {
    private OwnerPatches() {}

    static String json(List<OwnerReference> owners) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (OwnerReference each : owners) {
            ObjectNode reference = list.addObject()
                    .put("apiVersion", each.getApiVersion())
                    .put("kind", each.getKind())
                    .put("name", each.getName())
                    .put("uid", each.getUid());
            if (each.getController() != null) {
                reference.put("controller", each.getController());
            }
            if (each.getBlockOwnerDeletion() != null) {
                reference.put("blockOwnerDeletion", each.getBlockOwnerDeletion());
            }
        }
        return list.toString();
    }
}
