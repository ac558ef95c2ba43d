package io.kvorum.client;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kvorum.api.ResourceInfo;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A client of the Kubernetes API. Futures fail with {@link io.kvorum.api.ApiException}. */
public interface ApiClient {
    /** The resource of a model class; its group, version and plural come from the class's annotations. */
    <T extends HasMetadata> ResourceClient<T> resources(Class<T> type);

    /** Any resource, as a generic tree; for controllers over all kinds (namespace deletion, garbage collection). */
    ResourceClient<GenericKubernetesResource> resources(ResourceInfo resource);

    /** One request as it is; the answer's status is below 400, else the future fails. */
    Future<Buffer> raw(
            String method, String uri, @Nullable String contentType, @Nullable Buffer body, Duration timeout);
}
