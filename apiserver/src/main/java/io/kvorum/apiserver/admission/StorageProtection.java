package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * New volumes and claims are not removed while they are used: each has a finalizer that its protection controller takes away;
 * upstream's plugin StorageObjectInUseProtection.
 */
public final class StorageProtection implements Admission {
    private static final Map<String, String> FINALIZERS = Map.of(
            "persistentvolumeclaims", "kubernetes.io/pvc-protection",
            "persistentvolumes", "kubernetes.io/pv-protection");

    @Override
    public Future<Void> mutate(Attempt attempt) {
        ObjectNode object = attempt.object();
        @Nullable String finalizer = FINALIZERS.get(attempt.info().groupResource());
        boolean creation =
                attempt.operation() == Operation.CREATE && attempt.subresource().isEmpty();
        if (object != null && finalizer != null && creation) {
            ArrayNode finalizers = Tree.ensureArray(Tree.ensureObject(object, "metadata"), "finalizers");
            for (JsonNode each : finalizers) {
                if (each.asText().equals(finalizer)) {
                    return Future.succeededFuture();
                }
            }
            finalizers.add(finalizer);
        }
        return Future.succeededFuture();
    }
}
