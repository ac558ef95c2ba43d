package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** One admission plugin. Both steps may refuse by a failed future with an ApiException; neither may block. */
public interface Admission {
    /** What is about to be written. */
    enum Operation {
        CREATE,
        UPDATE,
        DELETE
    }

    /**
     * A write on its way to the store.
     *
     * @param object the new object, which {@link #mutate} may change; null for deletions
     * @param old the object before; null for creations
     */
    record Attempt(
            Operation operation,
            ResourceInfo info,
            String subresource,
            String namespace,
            String name,
            @Nullable ObjectNode object,
            @Nullable ObjectNode old,
            User user) {}

    default Future<Void> mutate(Attempt attempt) {
        return Future.succeededFuture();
    }

    default Future<Void> validate(Attempt attempt) {
        return Future.succeededFuture();
    }
}
