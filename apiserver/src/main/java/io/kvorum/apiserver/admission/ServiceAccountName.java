package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.vertx.core.Future;

/** A pod that names no service account runs as {@code default}. */
public final class ServiceAccountName extends PodAdmission {
    @Override
    Future<Void> mutatePod(Attempt attempt, ObjectNode pod) {
        ObjectNode spec = Tree.ensureObject(pod, "spec");
        String name = Tree.text(spec, "serviceAccountName");
        if (name.isEmpty()) {
            name = Tree.text(spec, "serviceAccount");
        }
        if (name.isEmpty()) {
            name = "default";
        }
        spec.put("serviceAccountName", name);
        spec.put("serviceAccount", name);
        return Future.succeededFuture();
    }
}
