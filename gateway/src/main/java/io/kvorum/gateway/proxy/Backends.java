package io.kvorum.gateway.proxy;

import io.kvorum.gateway.routing.ServicePortRef;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The endpoints behind services, each with its kept connections. Belongs to one context. */
final class Backends {
    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

    private record PoolKey(Address address, boolean http2) {}

    private static final class Service {
        private List<EndpointPool> pools = List.of();
        private int turn;
    }

    private final Vertx vertx;
    private final String ownAddress;
    private final Map<ServicePortRef, Service> services = new HashMap<>();
    private final Map<PoolKey, EndpointPool> pools = new HashMap<>();

    Backends(Vertx vertx, String ownAddress) {
        this.vertx = vertx;
        this.ownAddress = ownAddress;
    }

    /** From now on exactly these endpoints get new requests; what those that went are answering goes on. */
    void update(Map<ServicePortRef, Endpoints> wanted) {
        Set<PoolKey> used = new HashSet<>();
        services.keySet().retainAll(wanted.keySet());
        wanted.forEach((ref, endpoints) -> {
            List<EndpointPool> all = new ArrayList<>();
            for (Address address : endpoints.addresses()) {
                PoolKey key = new PoolKey(address, endpoints.http2());
                used.add(key);
                all.add(pools.computeIfAbsent(key, k -> new EndpointPool(vertx, ownAddress, k.address(), k.http2())));
            }
            services.computeIfAbsent(ref, r -> new Service()).pools = all;
        });
        pools.entrySet().removeIf(entry -> {
            if (used.contains(entry.getKey())) {
                return false;
            }
            entry.getValue()
                    .retire()
                    .onFailure(cause -> LOG.warn(
                            "closing connections endpoint={} cause={}",
                            entry.getKey().address(),
                            cause.getMessage()));
            return true;
        });
    }

    /**
     * The endpoint whose turn it is; one that refused lately only when there is no other; null when there is none left.
     *
     * @param tried endpoints that are out of the question
     */
    @Nullable
    EndpointPool next(ServicePortRef ref, Set<Address> tried) {
        @Nullable Service service = services.get(ref);
        if (service == null || service.pools.isEmpty()) {
            return null;
        }
        long now = System.nanoTime();
        @Nullable EndpointPool lastResort = null;
        int count = service.pools.size();
        int first = service.turn++;
        for (int i = 0; i < count; i++) {
            EndpointPool pool = service.pools.get(Math.floorMod(first + i, count));
            if (tried.contains(pool.address())) {
                continue;
            }
            if (!pool.avoided(now)) {
                return pool;
            }
            lastResort = lastResort == null ? pool : lastResort;
        }
        return lastResort;
    }

    Future<Void> close() {
        List<Future<?>> closed = new ArrayList<>();
        pools.values().forEach(pool -> closed.add(pool.close()));
        pools.clear();
        services.clear();
        return Future.join(closed).mapEmpty();
    }
}
