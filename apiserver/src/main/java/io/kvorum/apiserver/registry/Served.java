package io.kvorum.apiserver.registry;

import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.strategy.Strategies;
import io.kvorum.api.strategy.Strategy;
import io.kvorum.apiserver.cache.StoreKeys;

/**
 * A resource at one version with where and how its objects are stored.
 *
 * @param info the version spoken
 * @param storedInfo the version stored; several versions of a resource share one
 * @param stored the cache's name of what is stored
 */
public record Served(
        ResourceInfo info, ResourceInfo storedInfo, String stored, Conversion conversion, Strategy strategy) {
    public static Served of(ResourceInfo info, ResourceCatalog catalog) {
        Conversion conversion = Conversion.of(info);
        ResourceInfo storedInfo = conversion.storedInfo(info, catalog);
        String stored = StoreKeys.resource(storedInfo.group(), storedInfo.resource());
        return new Served(info, storedInfo, stored, conversion, Strategies.of(storedInfo));
    }

    /** {@code namespace/name} or {@code name}. */
    public String path(String namespace, String name) {
        return info.namespaced() ? namespace + "/" + name : name;
    }

    public boolean is(String group, String resource) {
        return info.group().equals(group) && info.resource().equals(resource);
    }
}
