package io.kvorum.client;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads an informer's cache. The objects are shared and must not be changed. */
public interface Lister<T extends HasMetadata> {
    @Nullable
    T get(ObjectKey key);

    List<T> list();

    List<T> inNamespace(String namespace);

    List<T> byIndex(String index, String value);
}
