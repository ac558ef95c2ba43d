package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;

/** Nothing is created in a namespace that is missing or going; the namespaces of birth cannot be deleted. */
public final class NamespaceLifecycle implements Admission {
    private static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");

    private final WatchCache cache;

    public NamespaceLifecycle(WatchCache cache) {
        this.cache = cache;
    }

    @Override
    public Future<Void> validate(Attempt attempt) {
        boolean namespace =
                attempt.info().group().isEmpty() && attempt.info().resource().equals("namespaces");
        if (attempt.operation() == Operation.DELETE && namespace && IMMORTAL.contains(attempt.name())) {
            return Future.failedFuture(
                    ApiException.forbidden("", "namespaces", attempt.name(), "this namespace may not be deleted"));
        }
        if (attempt.operation() != Operation.CREATE || !attempt.info().namespaced()) {
            return Future.succeededFuture();
        }
        ObjectVersion known = cache.of("core/namespaces").get(attempt.namespace());
        if (known != null && !terminating(known)) {
            return Future.succeededFuture();
        }
        // It may just have been made through another API server, or be there again.
        return cache.fresh().compose(fresh -> {
            ObjectVersion found = cache.of("core/namespaces").get(attempt.namespace());
            if (found == null) {
                return Future.failedFuture(ApiException.notFound("", "namespaces", attempt.namespace()));
            }
            return terminating(found) ? Future.failedFuture(refused(attempt)) : Future.succeededFuture();
        });
    }

    private static boolean terminating(ObjectVersion namespace) {
        JsonNode tree = namespace.selectable();
        return Tree.text(tree, "status", "phase").equals("Terminating")
                || tree.path("metadata").hasNonNull("deletionTimestamp");
    }

    private static ApiException refused(Attempt attempt) {
        String what = attempt.info().groupResource();
        return new ApiException(
                403,
                "Forbidden",
                what + " \"" + attempt.name() + "\" is forbidden: unable to create new content in namespace "
                        + attempt.namespace() + " because it is being terminated",
                new ApiException.Details(
                        attempt.name(),
                        attempt.info().group(),
                        attempt.info().resource(),
                        "",
                        List.of(new ApiException.Cause(
                                "NamespaceTerminating",
                                "namespace " + attempt.namespace() + " is being terminated",
                                "metadata.namespace")),
                        0));
    }
}
