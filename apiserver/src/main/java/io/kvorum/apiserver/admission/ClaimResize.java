package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import io.kvorum.api.quota.PodResources;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Claims grow only when they are bound and their class allows it; upstream's plugin PersistentVolumeClaimResize. */
public final class ClaimResize implements Admission {
    private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

    private final WatchCache cache;

    public ClaimResize(WatchCache cache) {
        this.cache = cache;
    }

    @Override
    public Future<Void> validate(Attempt attempt) {
        JsonNode claim = attempt.object();
        JsonNode old = attempt.old();
        boolean changed = attempt.info().groupResource().equals("persistentvolumeclaims")
                && attempt.subresource().isEmpty()
                && attempt.operation() == Operation.UPDATE;
        if (!changed || claim == null || old == null || size(claim).compareTo(size(old)) <= 0) {
            return Future.succeededFuture();
        }
        if (!Tree.text(old, "status", "phase").equals("Bound")) {
            return refused(attempt, "Only bound persistent volume claims can be expanded");
        }
        String name = storageClass(claim);
        Future<Boolean> allowed = name.isEmpty() || !name.equals(storageClass(old))
                ? Future.succeededFuture(false)
                : cache.find("storage.k8s.io/storageclasses", name)
                        .map(found -> found != null && Tree.flag(found.selectable(), "allowVolumeExpansion"));
        return allowed.compose(may -> may
                ? Future.succeededFuture()
                : refused(
                        attempt,
                        "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must"
                                + " support resize"));
    }

    private static Quantity size(JsonNode claim) {
        @Nullable
        Quantity storage = PodResources.quantities(Tree.at(claim, "spec", "resources", "requests"))
                .get("storage");
        return storage == null ? Quantity.ZERO : storage;
    }

    private static String storageClass(JsonNode claim) {
        String annotated = Tree.map(claim, "metadata", "annotations").getOrDefault(CLASS_ANNOTATION, "");
        return annotated.isEmpty() ? Tree.text(claim, "spec", "storageClassName") : annotated;
    }

    private static Future<Void> refused(Attempt attempt, String why) {
        return Future.failedFuture(ApiException.forbidden("", "persistentvolumeclaims", attempt.name(), why));
    }
}
