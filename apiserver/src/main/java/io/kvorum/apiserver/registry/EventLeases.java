package io.kvorum.apiserver.registry;

import io.kvorum.apiserver.cache.StoreFailures;
import io.kvorum.store.client.Store;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Leases that Events hang on, so that they go after their time to live; one lease serves the Events of some minutes. */
public final class EventLeases {
    private final Store store;
    private final Clock clock;
    private final Duration timeToLive;
    private final long reuseMillis;
    private @Nullable Future<Long> lease;
    private long grantedAt;

    public EventLeases(Store store, Clock clock, Duration timeToLive) {
        this.store = store;
        this.clock = clock;
        this.timeToLive = timeToLive;
        this.reuseMillis = Math.max(1000, timeToLive.toMillis() / 20);
    }

    /** The lease that an object of this resource is written with, 0 for none. */
    Future<Long> leaseFor(Served served) {
        if (!served.stored().equals("core/events")) {
            return Future.succeededFuture(0L);
        }
        long now = clock.millis();
        Future<Long> known = lease;
        if (known == null || known.failed() || now - grantedAt > reuseMillis || now < grantedAt) {
            grantedAt = now;
            known = store.grantLease(timeToLive.plusMillis(reuseMillis)).recover(StoreFailures::translate);
            lease = known;
        }
        return known;
    }
}
