package io.kvorum.apiserver.cache;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;

/**
 * What a namespace holds of one resource that bounds others. Where the cache knows of nothing, the store is asked whether
 * something has just been made through another API server; half a minute later at the earliest it is asked again, as by
 * upstream's LimitRanger and ResourceQuota. Belongs to the event loop.
 */
public final class LiveLook {
    private static final Duration AGAIN = Duration.ofSeconds(30);
    private static final int MOST_NAMESPACES = 10_000;

    private final WatchCache cache;
    private final String resource;
    private final ExpiringCache<String, Boolean> foundEmpty;

    /** @param resource see {@link StoreKeys#resource} */
    public LiveLook(WatchCache cache, String resource, Clock clock) {
        this.cache = cache;
        this.resource = resource;
        this.foundEmpty = new ExpiringCache<>(clock, MOST_NAMESPACES);
    }

    /** The objects of a namespace. Fails with a StoreException when the store had to be asked and cannot be. */
    public Future<Collection<ObjectVersion>> in(String namespace) {
        Collection<ObjectVersion> known = cache.of(resource).list(namespace);
        if (!known.isEmpty() || foundEmpty.get(namespace) != null) {
            return Future.succeededFuture(known);
        }
        return cache.fresh().map(fresh -> {
            Collection<ObjectVersion> found = cache.of(resource).list(namespace);
            if (found.isEmpty()) {
                foundEmpty.put(namespace, true, AGAIN);
            }
            return found;
        });
    }
}
