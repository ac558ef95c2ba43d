package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.request.Notes;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One admission plugin. Both steps may refuse by a failed future with an ApiException; neither may block. */
public interface Admission {
    /** What is about to be written. */
    enum Operation {
        CREATE,
        UPDATE,
        DELETE,
        /** A stream or a proxied request to a pod, service or node; the object says with which options. */
        CONNECT
    }

    /**
     * A write on its way to the store.
     *
     * @param object the new object, which {@link #mutate} may change; null for deletions
     * @param old the object before; null for creations
     * @param warnings takes what the client is to be told, though it is not refused
     * @param passage what plugins share about this attempt
     */
    record Attempt(
            Operation operation,
            ResourceInfo info,
            String subresource,
            String namespace,
            String name,
            @Nullable ObjectNode object,
            @Nullable ObjectNode old,
            User user,
            boolean dryRun,
            Consumer<String> warnings,
            Passage passage) {
        private static final Set<String> ACTIONS =
                Set.of("binding", "eviction", "token", "scale", "exec", "attach", "portforward", "proxy");

        /** Whether the object is of another kind than the resource; see {@link #seesActions}. */
        public boolean isAction() {
            return ACTIONS.contains(subresource);
        }

        /** One whose warnings and annotations nobody reads. */
        public Attempt(
                Operation operation,
                ResourceInfo info,
                String subresource,
                String namespace,
                String name,
                @Nullable ObjectNode object,
                @Nullable ObjectNode old,
                User user) {
            this(
                    operation,
                    info,
                    subresource,
                    namespace,
                    name,
                    object,
                    old,
                    user,
                    false,
                    warning -> {},
                    new Passage(info, Tree.newObject(), new Notes()));
        }
    }

    /**
     * Whether it wants to see what is done to objects by way of subresources that store nothing of their own. The object
     * of such an attempt is a Binding, an Eviction, a TokenRequest, a Scale, or the options of a connection.
     */
    default boolean seesActions() {
        return false;
    }

    default Future<Void> mutate(Attempt attempt) {
        return Future.succeededFuture();
    }

    default Future<Void> validate(Attempt attempt) {
        return Future.succeededFuture();
    }
}
