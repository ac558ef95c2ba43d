package io.kvorum.apiserver.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.registry.ObjectUid;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The addresses that Services may have (KEP-1880): those of this server's range and of every ServiceCIDR that is ready. One that is
 * given out has an IPAddress.
 */
public final class ServiceAddresses {
    /** Keys of addresses in use, which no API serves. */
    static final String KEYS = "ranges/serviceips";

    static final String OBJECTS = "networking.k8s.io/ipaddresses";
    private static final String RANGES = "networking.k8s.io/servicecidrs";

    /** Whoever allocates for Services says so in this label; other IPAddresses are users' own. */
    private static final String MANAGED_BY = "ipaddress.kubernetes.io/managed-by";

    private static final String ALLOCATOR = "ipallocator.k8s.io";
    private static final int RANDOM_PROBES = 32;

    private final WatchCache cache;
    private final AddressRange own;
    private final RandomGenerator random;
    private final Clock clock;

    /** @param own the range of this server, which is given out first */
    public ServiceAddresses(WatchCache cache, AddressRange own, RandomGenerator random, Clock clock) {
        this.cache = cache;
        this.own = own;
        this.random = random;
        this.clock = clock;
    }

    boolean taken(String address) {
        return cache.of(KEYS).get(address) != null || cache.of(OBJECTS).get(address) != null;
    }

    /** Why a Service cannot have an address that it asks for, in upstream's words; empty when it can. */
    String problem(String address) {
        if (ranges().stream().allMatch(range -> range.index(address) < 0)) {
            return "the provided IP (" + address + ") is not in the valid range. The range of valid IPs is "
                    + own.text();
        }
        return taken(address) ? "provided IP is already allocated" : "";
    }

    /**
     * An address nobody has, of this server's range as long as there is one.
     *
     * @throws ApiException InternalError, all are taken
     */
    String free() {
        return ranges().stream()
                .map(this::freeOf)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> ApiException.internal("failed to allocate a serviceIP: range is full"));
    }

    private Optional<String> freeOf(AddressRange range) {
        long reserved = range.reservedForChoice();
        long dynamic = range.size() - reserved;
        for (int probe = 0; probe < RANDOM_PROBES; probe++) {
            String address = range.address(reserved + random.nextLong(dynamic));
            if (range.index(address) >= 0 && !taken(address)) {
                return Optional.of(address);
            }
        }
        for (long step = 0; step < range.size(); step++) {
            String address = range.address((reserved + step) % range.size());
            if (range.index(address) >= 0 && !taken(address)) {
                return Optional.of(address);
            }
        }
        return Optional.empty();
    }

    private List<AddressRange> ranges() {
        List<AddressRange> ranges = new ArrayList<>(List.of(own));
        for (ObjectVersion version : cache.of(RANGES).list("")) {
            JsonNode cidr = version.selectable();
            if (ready(cidr)) {
                for (String text : Tree.texts(cidr, "spec", "cidrs")) {
                    AddressRange.ifUsable(text)
                            .filter(range -> !range.text().equals(own.text()))
                            .ifPresent(ranges::add);
                }
            }
        }
        return ranges;
    }

    private static boolean ready(JsonNode cidr) {
        return !Tree.at(cidr, "metadata").has("deletionTimestamp")
                && Tree.items(cidr, "status", "conditions").stream()
                        .anyMatch(each -> Tree.text(each, "type").equals("Ready")
                                && Tree.text(each, "status").equals("True"));
    }

    /** The IPAddress of an address that a Service has. */
    ObjectNode object(String address, ObjectNode service) {
        ObjectNode object = ObjectJson.object();
        object.put("kind", "IPAddress");
        object.put("apiVersion", "networking.k8s.io/v1");
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("name", address);
        metadata.put("uid", ObjectUid.next(random));
        metadata.put(
                "creationTimestamp",
                Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString());
        metadata.putObject("labels")
                .put("ipaddress.kubernetes.io/ip-family", "IPv4")
                .put(MANAGED_BY, ALLOCATOR);
        object.putObject("spec")
                .putObject("parentRef")
                .put("group", "")
                .put("resource", "services")
                .put("namespace", Tree.text(service, "metadata", "namespace"))
                .put("name", Tree.text(service, "metadata", "name"));
        return object;
    }

    /** Whether an IPAddress was made for a Service. */
    static boolean managed(ObjectVersion address) {
        return Tree.text(address.selectable(), "metadata", "labels", MANAGED_BY).equals(ALLOCATOR);
    }
}
