package io.kvorum.client;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The objects of an informer by key, and by the values of its indexes. Written by one context, readable from any thread;
 * a reader on another thread may see an object a moment before or after its index entries.
 */
final class IndexedCache<T extends HasMetadata> implements Lister<T> {
    private static final String NAMESPACE = "namespace";

    private final Map<ObjectKey, T> objects = new ConcurrentHashMap<>();
    private final Map<String, Function<T, List<String>>> indexers = new HashMap<>();
    private final Map<String, Map<String, Map<ObjectKey, T>>> indexes = new HashMap<>();

    IndexedCache() {
        addIndex(NAMESPACE, object -> List.of(ObjectKey.of(object).namespace()));
    }

    /** Only while empty and before any reader is there. */
    void addIndex(String name, Function<T, List<String>> values) {
        if (!objects.isEmpty()) {
            throw new IllegalStateException("index " + name + " was added to a filled cache");
        }
        if (indexers.putIfAbsent(name, values) == null) {
            indexes.put(name, new ConcurrentHashMap<>());
        }
    }

    boolean hasIndex(String name) {
        return indexers.containsKey(name);
    }

    Set<ObjectKey> keys() {
        return objects.keySet();
    }

    int size() {
        return objects.size();
    }

    /** Returns what was there before. */
    @Nullable
    T put(T object) {
        ObjectKey key = ObjectKey.of(object);
        @Nullable T before = objects.put(key, object);
        reindex(key, before, object);
        return before;
    }

    @Nullable
    T remove(ObjectKey key) {
        @Nullable T before = objects.remove(key);
        reindex(key, before, null);
        return before;
    }

    private void reindex(ObjectKey key, @Nullable T before, @Nullable T after) {
        indexers.forEach((name, values) -> {
            Map<String, Map<ObjectKey, T>> index = index(name);
            List<String> kept = after == null ? List.of() : values.apply(after);
            if (after != null) {
                for (String value : kept) {
                    index.computeIfAbsent(value, v -> new ConcurrentHashMap<>()).put(key, after);
                }
            }
            if (before != null) {
                for (String value : values.apply(before)) {
                    if (!kept.contains(value)) {
                        index.computeIfPresent(value, (v, entries) -> {
                            entries.remove(key);
                            return entries.isEmpty() ? null : entries;
                        });
                    }
                }
            }
        });
    }

    private Map<String, Map<ObjectKey, T>> index(String name) {
        @Nullable Map<String, Map<ObjectKey, T>> index = indexes.get(name);
        if (index == null) {
            throw new IllegalArgumentException("no index \"" + name + "\"");
        }
        return index;
    }

    @Override
    public @Nullable T get(ObjectKey key) {
        return objects.get(key);
    }

    @Override
    public List<T> list() {
        return new ArrayList<>(objects.values());
    }

    @Override
    public List<T> inNamespace(String namespace) {
        return byIndex(NAMESPACE, namespace);
    }

    @Override
    public List<T> byIndex(String index, String value) {
        @Nullable Map<ObjectKey, T> entries = index(index).get(value);
        return entries == null ? List.of() : new ArrayList<>(entries.values());
    }
}
