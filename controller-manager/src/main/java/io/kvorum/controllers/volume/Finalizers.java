package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kvorum.api.ApiException;
import io.kvorum.client.KubernetesJson;
import io.kvorum.client.ResourceClient;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * One finalizer of one kind, as its protection controller keeps it.
 *
 * @param resources of the kind
 * @param type its model class
 */
record Finalizers<T extends HasMetadata>(ResourceClient<T> resources, Class<T> type, String finalizer) {
    boolean on(T object) {
        return object.getMetadata().getFinalizers().contains(finalizer);
    }

    /** Whether it is all that is known to hold the object back. */
    boolean held(T object) {
        return object.getMetadata().getDeletionTimestamp() != null && on(object);
    }

    /** Whether a living object lacks it. */
    boolean missing(T object) {
        return object.getMetadata().getDeletionTimestamp() == null && !on(object);
    }

    Future<Void> add(T object) {
        List<String> all = new ArrayList<>(object.getMetadata().getFinalizers());
        all.add(finalizer);
        return write(object, all);
    }

    Future<Void> remove(T object) {
        List<String> all = new ArrayList<>(object.getMetadata().getFinalizers());
        all.remove(finalizer);
        return write(object, all);
    }

    /** What is gone already is no failure. */
    private Future<Void> write(T object, List<String> all) {
        T copy = KubernetesJson.read(KubernetesJson.write(object), type);
        copy.getMetadata().setFinalizers(all);
        return resources
                .update(copy)
                .<Void>mapEmpty()
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }
}
