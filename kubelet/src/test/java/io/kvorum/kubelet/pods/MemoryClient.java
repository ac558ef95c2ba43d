package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kvorum.api.ApiException;
import io.kvorum.client.KubernetesJson;
import io.kvorum.client.ListOptions;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ObjectList;
import io.kvorum.client.PatchType;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Watch;
import io.kvorum.client.WatchHandler;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The objects of one resource in memory, as far as a kubelet asks for them. */
final class MemoryClient<T extends HasMetadata> implements ResourceClient<T> {
    private static final JsonMapper JSON = KubernetesJson.mapper();

    private final Class<T> type;
    final Map<ObjectKey, T> objects = new ConcurrentHashMap<>();
    final List<ObjectKey> deletions = new CopyOnWriteArrayList<>();
    volatile @Nullable T lastDeleted;
    /** What the next writes fail with. */
    volatile @Nullable ApiException failure;

    MemoryClient(Class<T> type) {
        this.type = type;
    }

    void put(T object) {
        objects.put(ObjectKey.of(object), object);
    }

    private ApiException missing(String name) {
        return ApiException.notFound("", type.getSimpleName(), name);
    }

    @Override
    public Future<T> get(@Nullable String namespace, String name) {
        T found = objects.get(new ObjectKey(String.valueOf(namespace), name));
        return found == null ? Future.failedFuture(missing(name)) : Future.succeededFuture(found);
    }

    @Override
    public Future<T> patch(
            @Nullable String namespace, String name, PatchType patchType, String patch, @Nullable String subresource) {
        if (failure != null) {
            return Future.failedFuture(failure);
        }
        ObjectKey key = new ObjectKey(String.valueOf(namespace), name);
        T old = objects.get(key);
        if (old == null) {
            return Future.failedFuture(missing(name));
        }
        try {
            ObjectNode tree = JSON.valueToTree(old);
            merge(tree, (ObjectNode) JSON.readTree(patch));
            T next = JSON.treeToValue(tree, type);
            objects.put(key, next);
            return Future.succeededFuture(next);
        } catch (JacksonException e) {
            return Future.failedFuture(e);
        }
    }

    private static void merge(ObjectNode into, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> field : patch.properties()) {
            JsonNode value = field.getValue();
            if (value.isNull()) {
                into.remove(field.getKey());
            } else if (value.isObject() && into.path(field.getKey()).isObject()) {
                merge((ObjectNode) into.get(field.getKey()), (ObjectNode) value);
            } else {
                into.set(field.getKey(), value);
            }
        }
    }

    @Override
    public Future<Void> delete(@Nullable String namespace, String name, DeleteOptions options) {
        ObjectKey key = new ObjectKey(String.valueOf(namespace), name);
        T removed = objects.remove(key);
        lastDeleted = removed;
        deletions.add(key);
        return removed == null ? Future.failedFuture(missing(name)) : Future.succeededFuture();
    }

    @Override
    public Future<ObjectList<T>> list(@Nullable String namespace, ListOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<T> create(T object) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<T> update(T object) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<T> updateStatus(T object) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> createSubresource(@Nullable String namespace, String name, String subresource, Object body) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Watch> watch(@Nullable String namespace, ListOptions options, WatchHandler<T> handler) {
        throw new UnsupportedOperationException();
    }
}
