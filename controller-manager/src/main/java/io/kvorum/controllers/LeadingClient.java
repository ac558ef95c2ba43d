package io.kvorum.controllers;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.client.ApiClient;
import io.kvorum.client.ListOptions;
import io.kvorum.client.ObjectList;
import io.kvorum.client.PatchType;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Watch;
import io.kvorum.client.WatchHandler;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The API as a leader sees it: nothing is written when this process does not lead at that very moment. A reconcile in
 * several steps that outlives its term of leadership, also one frozen together with the process, fails at the next write.
 */
final class LeadingClient implements ApiClient {
    private final ApiClient client;
    private final BooleanSupplier leading;

    LeadingClient(ApiClient client, BooleanSupplier leading) {
        this.client = client;
        this.leading = leading;
    }

    private <R> Future<R> guard(Supplier<Future<R>> call) {
        return leading.getAsBoolean()
                ? call.get()
                : Future.failedFuture(ApiException.unavailable("this controller manager does not lead any more"));
    }

    @Override
    public <T extends HasMetadata> ResourceClient<T> resources(Class<T> type) {
        return new LeadingResourceClient<>(client.resources(type));
    }

    @Override
    public ResourceClient<GenericKubernetesResource> resources(ResourceInfo resource) {
        return new LeadingResourceClient<>(client.resources(resource));
    }

    @Override
    public Future<Buffer> raw(
            String method, String uri, @Nullable String contentType, @Nullable Buffer body, Duration timeout) {
        return method.equals("GET")
                ? client.raw(method, uri, contentType, body, timeout)
                : guard(() -> client.raw(method, uri, contentType, body, timeout));
    }

    private final class LeadingResourceClient<T extends HasMetadata> implements ResourceClient<T> {
        private final ResourceClient<T> resource;

        LeadingResourceClient(ResourceClient<T> resource) {
            this.resource = resource;
        }

        @Override
        public Future<T> get(@Nullable String namespace, String name) {
            return resource.get(namespace, name);
        }

        @Override
        public Future<ObjectList<T>> list(@Nullable String namespace, ListOptions options) {
            return resource.list(namespace, options);
        }

        @Override
        public Future<T> create(T object) {
            return guard(() -> resource.create(object));
        }

        @Override
        public Future<T> update(T object) {
            return guard(() -> resource.update(object));
        }

        @Override
        public Future<T> updateStatus(T object) {
            return guard(() -> resource.updateStatus(object));
        }

        @Override
        public Future<T> patch(
                @Nullable String namespace, String name, PatchType type, String patch, @Nullable String subresource) {
            return guard(() -> resource.patch(namespace, name, type, patch, subresource));
        }

        @Override
        public Future<Void> delete(@Nullable String namespace, String name, DeleteOptions options) {
            return guard(() -> resource.delete(namespace, name, options));
        }

        @Override
        public Future<Void> createSubresource(
                @Nullable String namespace, String name, String subresource, Object body) {
            return guard(() -> resource.createSubresource(namespace, name, subresource, body));
        }

        @Override
        public Future<Watch> watch(@Nullable String namespace, ListOptions options, WatchHandler<T> handler) {
            return resource.watch(namespace, options, handler);
        }
    }
}
