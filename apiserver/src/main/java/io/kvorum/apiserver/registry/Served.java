package io.kvorum.apiserver.registry;

import io.kvorum.api.ResourceInfo;
import io.kvorum.apiserver.cache.StoreKeys;

/**
 * A resource at one version with where its objects lie.
 *
 * @param stored the cache's name of what is stored; several versions of a resource share one
 * @param conversion between the stored version and this one
 */
public record Served(ResourceInfo info, String stored, Conversion conversion) {
    public static Served of(ResourceInfo info) {
        Conversion conversion = Conversion.of(info);
        return new Served(info, StoreKeys.resource(conversion.group(info), info.resource()), conversion);
    }

    /** {@code namespace/name} or {@code name}. */
    public String path(String namespace, String name) {
        return info.namespaced() ? namespace + "/" + name : name;
    }
}
