package io.kvorum.client;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kvorum.api.ResourceInfo;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A client that knows one resource. */
record FakeApiClient(ResourceClient<?> resource) implements ApiClient {
    @Override
    @SuppressWarnings("unchecked")
    public <T extends HasMetadata> ResourceClient<T> resources(Class<T> type) {
        return (ResourceClient<T>) resource;
    }

    @Override
    public ResourceClient<GenericKubernetesResource> resources(ResourceInfo resource) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Buffer> raw(
            String method, String uri, @Nullable String contentType, @Nullable Buffer body, Duration timeout) {
        throw new UnsupportedOperationException();
    }
}
