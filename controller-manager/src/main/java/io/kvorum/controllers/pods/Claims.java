package io.kvorum.controllers.pods;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.kvorum.api.ApiException;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.OwnerReferences;
import io.kvorum.client.PatchType;
import io.kvorum.client.ResourceClient;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who controls what: an owner claims the objects that match its selector: it keeps its own, adopts what nobody
 * controls, and releases what it controls but no longer matches.
 */
public final class Claims {
    private Claims() {}

    /** What is to be done with one candidate. */
    enum Claim {
        KEEP,
        ADOPT,
        RELEASE,
        IGNORE;

        static Claim of(HasMetadata owner, LabelSelector selector, HasMetadata candidate) {
            boolean ownerLeaves = owner.getMetadata().getDeletionTimestamp() != null;
            @Nullable Map<String, String> labels = candidate.getMetadata().getLabels();
            boolean matches = LabelSelectors.matches(selector, labels == null ? Map.of() : labels);
            @Nullable OwnerReference controller = OwnerReferences.controllerOf(candidate);
            if (controller != null) {
                if (!controller.getUid().equals(owner.getMetadata().getUid())) {
                    return IGNORE;
                }
                return matches ? KEEP : ownerLeaves ? IGNORE : RELEASE;
            }
            boolean candidateLeaves = candidate.getMetadata().getDeletionTimestamp() != null;
            return matches && !ownerLeaves && !candidateLeaves ? ADOPT : IGNORE;
        }
    }

    /**
     * Claims {@code candidates} for {@code owner}.
     *
     * @param owners to read the owner afresh before anything is adopted: the cached one may be deleted already
     * @param finalizer a finalizer to add to what is adopted, null for none
     * @return the objects that are the owner's now; fails when a patch fails, except for what vanished meanwhile
     */
    public static <O extends HasMetadata, T extends HasMetadata> Future<List<T>> claim(
            ResourceClient<O> owners,
            O owner,
            LabelSelector selector,
            ResourceClient<T> resources,
            List<T> candidates,
            @Nullable String finalizer) {
        List<T> mine = new ArrayList<>();
        List<T> adopt = new ArrayList<>();
        List<Future<?>> patches = new ArrayList<>();
        for (T each : candidates) {
            switch (Claim.of(owner, selector, each)) {
                case KEEP -> mine.add(each);
                case ADOPT -> adopt.add(each);
                case RELEASE -> patches.add(ignoreGone(patch(resources, each, releasePatch(owner, each))));
                case IGNORE -> {}
            }
        }
        Future<?> canAdopt = adopt.isEmpty() ? Future.succeededFuture() : verifyAlive(owners, owner);
        return canAdopt.compose(alive -> {
                    for (T each : adopt) {
                        patches.add(ignoreGone(patch(resources, each, adoptPatch(owner, each, finalizer))
                                .onSuccess(mine::add)));
                    }
                    return patches.isEmpty() ? Future.succeededFuture() : Future.join(patches);
                })
                .map(done -> mine);
    }

    private static <T extends HasMetadata> Future<T> patch(ResourceClient<T> resources, T object, String patch) {
        return resources.patch(
                object.getMetadata().getNamespace(), object.getMetadata().getName(), PatchType.STRATEGIC, patch, null);
    }

    /** An object that is gone (404) or was replaced by one of the same name (409, 422 on the uid) needs no patch. */
    private static Future<?> ignoreGone(Future<?> patch) {
        return patch.<Void>mapEmpty()
                .recover(cause ->
                        cause instanceof ApiException no && (no.notFound() || no.conflict() || no.code() == 422)
                                ? Future.succeededFuture()
                                : Future.failedFuture(cause));
    }

    private static <O extends HasMetadata> Future<Void> verifyAlive(ResourceClient<O> owners, O owner) {
        return owners.get(
                        owner.getMetadata().getNamespace(), owner.getMetadata().getName())
                .compose(fresh -> {
                    if (!fresh.getMetadata().getUid().equals(owner.getMetadata().getUid())) {
                        return Future.failedFuture("original " + owner.getKind() + " "
                                + owner.getMetadata().getNamespace() + "/"
                                + owner.getMetadata().getName() + " is gone: got uid "
                                + fresh.getMetadata().getUid() + ", wanted "
                                + owner.getMetadata().getUid());
                    }
                    if (fresh.getMetadata().getDeletionTimestamp() != null) {
                        return Future.failedFuture(owner.getKind() + " "
                                + owner.getMetadata().getNamespace() + "/"
                                + owner.getMetadata().getName() + " has just been deleted at "
                                + fresh.getMetadata().getDeletionTimestamp());
                    }
                    return Future.succeededFuture();
                });
    }

    private static String adoptPatch(HasMetadata owner, HasMetadata object, @Nullable String finalizer) {
        String finalizers = finalizer == null ? "" : ",\"finalizers\":[\"" + finalizer + "\"]";
        return "{\"metadata\":{\"ownerReferences\":[{\"apiVersion\":\"" + owner.getApiVersion() + "\",\"kind\":\""
                + owner.getKind() + "\",\"name\":\"" + owner.getMetadata().getName() + "\",\"uid\":\""
                + owner.getMetadata().getUid() + "\",\"controller\":true,\"blockOwnerDeletion\":true}],\"uid\":\""
                + object.getMetadata().getUid() + "\"" + finalizers + "}}";
    }

    private static String releasePatch(HasMetadata owner, HasMetadata object) {
        return "{\"metadata\":{\"ownerReferences\":[{\"$patch\":\"delete\",\"uid\":\""
                + owner.getMetadata().getUid() + "\"}],\"uid\":\""
                + object.getMetadata().getUid() + "\"}}";
    }
}
