package io.kvorum.client;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The operations on one resource. Immutable; {@code null} as namespace stands for cluster-scoped resources, and for all
 * namespaces in {@link #list} and {@link #watch}.
 *
 * <p>Reads are retried inside on loss of an API server; writes are not, since they may have been carried out.
 */
public interface ResourceClient<T extends HasMetadata> {
    Future<T> get(@Nullable String namespace, String name);

    Future<ObjectList<T>> list(@Nullable String namespace, ListOptions options);

    /** Namespace and name are taken from the object. */
    Future<T> create(T object);

    /** Replaces; carries the object's resourceVersion when it has one, and then fails with Conflict if it is stale. */
    Future<T> update(T object);

    Future<T> updateStatus(T object);

    /** @param subresource null for the object itself, or {@code status}, {@code scale}, ... */
    Future<T> patch(
            @Nullable String namespace, String name, PatchType type, String patch, @Nullable String subresource);

    /** Succeeds also when deletion goes on in the background (finalizers, grace); fails with NotFound when it is gone. */
    Future<Void> delete(@Nullable String namespace, String name, DeleteOptions options);

    /** POSTs {@code body} to a subresource of a named object, for example {@code binding} or {@code eviction}. */
    Future<Void> createSubresource(@Nullable String namespace, String name, String subresource, Object body);

    /** One watch from {@code options.resourceVersion}; it is not resumed: that is the informer's work. */
    Future<Watch> watch(@Nullable String namespace, ListOptions options, WatchHandler<T> handler);
}
