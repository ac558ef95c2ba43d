package io.kvorum.apiserver.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Compare;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.Txn;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts allocations right at start: a Service without its keys and IPAddresses gets them, those whose Service is gone are removed.
 * Needed only after the store was written by something else, such as a restore of a part, or a release that had no IPAddresses.
 */
public final class AllocationRepair {
    private static final Logger LOG = LoggerFactory.getLogger(AllocationRepair.class);

    private final WatchCache cache;
    private final Store store;
    private final ServiceAddresses addresses;

    public AllocationRepair(WatchCache cache, Store store, ServiceAddresses addresses) {
        this.cache = cache;
        this.store = store;
        this.addresses = addresses;
    }

    public Future<Void> run() {
        Map<String, ObjectNode> ips = new HashMap<>();
        Map<String, ObjectNode> ports = new HashMap<>();
        Map<String, Compare> unchanged = new HashMap<>();
        for (ObjectVersion version : cache.of("core/services").list("")) {
            ObjectNode service = version.tree();
            Compare same = Compare.modRevision(
                    StoreKeys.key("core/services", version.path()), Compare.Relation.EQUAL, version.revision());
            for (String ip : ServiceReservations.addresses(service)) {
                ips.put(ip, service);
                unchanged.put(ip, same);
            }
            for (int port : ServiceReservations.ports(service)) {
                ports.put(Integer.toString(port), service);
                unchanged.put(Integer.toString(port), same);
            }
        }
        List<Txn> repairs = new ArrayList<>();
        repair(ServiceAddresses.KEYS, ips, unchanged, Allocation::stored, all -> true, repairs);
        repair(
                ServiceAddresses.OBJECTS,
                ips,
                unchanged,
                (service, ip) -> ObjectJson.stored(addresses.object(ip, service)),
                ServiceAddresses::managed,
                repairs);
        repair(ServiceReservations.PORTS, ports, unchanged, Allocation::stored, all -> true, repairs);
        if (!repairs.isEmpty()) {
            LOG.warn("repairing service allocations count={}", repairs.size());
        }
        Future<Void> done = Future.succeededFuture();
        for (Txn repair : repairs) {
            done = done.compose(before -> store.commit(repair).mapEmpty());
        }
        return done;
    }

    /**
     * @param value what to store for a Service under a name
     * @param ours which of those that are there may be removed
     */
    private void repair(
            String kind,
            Map<String, ObjectNode> wanted,
            Map<String, Compare> unchanged,
            BiFunction<ObjectNode, String, byte[]> value,
            Predicate<ObjectVersion> ours,
            List<Txn> repairs) {
        for (Map.Entry<String, ObjectNode> entry : wanted.entrySet()) {
            Compare same = unchanged.get(entry.getKey());
            if (same != null && cache.of(kind).get(entry.getKey()) == null) {
                ByteSequence key = StoreKeys.key(kind, entry.getKey());
                ByteSequence stored = ByteSequence.wrap(value.apply(entry.getValue(), entry.getKey()));
                repairs.add(new Txn(
                        List.of(Compare.absent(key), same), List.of(new Op.Put(key, stored, 0, false)), List.of()));
            }
        }
        for (ObjectVersion allocation : cache.of(kind).list("")) {
            if (!wanted.containsKey(allocation.path()) && ours.test(allocation)) {
                ByteSequence key = StoreKeys.key(kind, allocation.path());
                // Only the allocation that was seen: it may just have been given to a new Service.
                Compare seen = Compare.modRevision(key, Compare.Relation.EQUAL, allocation.revision());
                repairs.add(new Txn(List.of(seen), List.of(new Op.Delete(KeyRange.single(key), false)), List.of()));
            }
        }
    }
}
