package io.kvorum.apiserver.cache;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

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
    private final Clock clock;
    private final Map<String, Instant> foundEmpty = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MOST_NAMESPACES;
        }
    };

    /** @param resource see {@link StoreKeys#resource} */
    public LiveLook(WatchCache cache, String resource, Clock clock) {
        this.cache = cache;
        this.resource = resource;
        this.clock = clock;
    }

    /** The objects of a namespace. Fails with a StoreException when the store had to be asked and cannot be. */
    public Future<Collection<ObjectVersion>> in(String namespace) {
        Collection<ObjectVersion> known = cache.of(resource).list(namespace);
        if (!known.isEmpty() || isSettled(namespace)) {
            return Future.succeededFuture(known);
        }
        Instant asked = clock.instant();
        return cache.fresh().map(fresh -> {
            Collection<ObjectVersion> found = cache.of(resource).list(namespace);
            if (found.isEmpty()) {
                // Taken out first: what is put again stays where it was in the order of age.
                foundEmpty.remove(namespace);
                foundEmpty.put(namespace, asked);
            }
            return found;
        });
    }

    private boolean isSettled(String namespace) {
        Instant asked = foundEmpty.get(namespace);
        if (asked == null) {
            return false;
        }
        Duration since = Duration.between(asked, clock.instant());
        // A clock that was set back settles nothing.
        return !since.isNegative() && since.compareTo(AGAIN) < 0;
    }
}
