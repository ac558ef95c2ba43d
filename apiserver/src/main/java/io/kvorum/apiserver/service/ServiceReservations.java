package io.kvorum.apiserver.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ServicePorts;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.registry.Attachment;
import io.kvorum.apiserver.registry.Reservations;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Compare;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Cluster IPs and node ports of Services. Each one in use has a key in the store, and an address its IPAddress, written in the
 * Service's own transaction on the condition that it did not exist: two API servers cannot give the same one out, and none is lost.
 */
public final class ServiceReservations implements Reservations {
    static final String PORTS = "ranges/servicenodeports";

    private final WatchCache cache;
    private final ServiceAddresses allocatable;
    private final int firstPort;
    private final int lastPort;
    private final RandomGenerator random;

    /** @param lastPort inclusive */
    public ServiceReservations(
            WatchCache cache, ServiceAddresses allocatable, int firstPort, int lastPort, RandomGenerator random) {
        this.cache = cache;
        this.allocatable = allocatable;
        this.firstPort = firstPort;
        this.lastPort = lastPort;
        this.random = random;
    }

    @Override
    public Attachment create(ObjectNode service) {
        Reserving reserving = new Reserving(service);
        reserving.address(Set.of());
        reserving.ports(Set.of(), true);
        return reserving.attachment();
    }

    @Override
    public Attachment update(ObjectNode service, ObjectNode old) {
        Reserving reserving = new Reserving(service);
        Set<String> oldAddresses = addresses(old);
        Set<Integer> oldPorts = ports(old);
        reserving.address(oldAddresses);
        reserving.ports(oldPorts, false);
        oldAddresses.stream().filter(ip -> !addresses(service).contains(ip)).forEach(reserving::releaseAddress);
        Set<Integer> kept = ports(service);
        oldPorts.stream()
                .filter(port -> !kept.contains(port))
                .forEach(port -> reserving.release(PORTS, Integer.toString(port)));
        return reserving.attachment();
    }

    @Override
    public Attachment delete(ObjectNode old) {
        Reserving reserving = new Reserving(old);
        addresses(old).forEach(reserving::releaseAddress);
        ports(old).forEach(port -> reserving.release(PORTS, Integer.toString(port)));
        return reserving.attachment();
    }

    /** The addresses a Service holds; none when it is headless or external. */
    static Set<String> addresses(ObjectNode service) {
        Set<String> found = new LinkedHashSet<>();
        String first = Tree.text(service, "spec", "clusterIP");
        if (!first.isEmpty() && !first.equals("None") && !external(service)) {
            found.add(first);
        }
        return found;
    }

    static Set<Integer> ports(ObjectNode service) {
        Set<Integer> found = new LinkedHashSet<>();
        for (ObjectNode port : Tree.objects(service, "spec", "ports")) {
            long number = Tree.number(port, "nodePort");
            if (number != 0) {
                found.add((int) number);
            }
        }
        long health = Tree.number(service, "spec", "healthCheckNodePort");
        if (health != 0) {
            found.add((int) health);
        }
        return found;
    }

    private static boolean external(ObjectNode service) {
        return Tree.text(service, "spec", "type").equals("ExternalName");
    }

    /** One attempt: what it takes and gives back. */
    private final class Reserving {
        private final ObjectNode service;
        private final ObjectNode spec;
        private final List<Compare> compares = new ArrayList<>();
        private final List<Op> ops = new ArrayList<>();

        Reserving(ObjectNode service) {
            this.service = service;
            this.spec = Tree.ensureObject(service, "spec");
        }

        Attachment attachment() {
            return new Attachment(compares, ops, 0);
        }

        /** @param held by the Service already */
        void address(Set<String> held) {
            String given = Tree.text(spec, "clusterIP");
            if (external(service) || given.equals("None") || held.contains(given)) {
                return;
            }
            if (given.isEmpty()) {
                String chosen = allocatable.free();
                spec.put("clusterIP", chosen);
                spec.putArray("clusterIPs").add(chosen);
                takeAddress(chosen);
                return;
            }
            String problem = allocatable.problem(given);
            if (!problem.isEmpty()) {
                throw refused(
                        "spec.clusterIPs", "[\"" + given + "\"]: failed to allocate IP " + given + ": " + problem);
            }
            takeAddress(given);
        }

        /** @param fresh whether ports of one number share their node port, as they do when a Service is made */
        void ports(Set<Integer> held, boolean fresh) {
            boolean wanted = ServicePorts.onNodes(spec);
            Set<Integer> own = new LinkedHashSet<>();
            Map<Long, Integer> byNumber = new HashMap<>();
            List<ObjectNode> ports = Tree.objects(spec, "ports");
            for (int i = 0; i < ports.size(); i++) {
                int given = (int) Tree.number(ports.get(i), "nodePort");
                if (given != 0) {
                    byNumber.putIfAbsent(Tree.number(ports.get(i), "port"), given);
                }
                if (given == 0 || !own.add(given) || held.contains(given)) {
                    continue;
                }
                if (given < firstPort || given > lastPort) {
                    throw refused(
                            "spec.ports[" + i + "].nodePort",
                            given + ": provided port is not in the valid range. The range of valid ports is "
                                    + firstPort + "-" + lastPort);
                }
                if (portTaken(given)) {
                    throw refused("spec.ports[" + i + "].nodePort", given + ": provided port is already allocated");
                }
                take(PORTS, Integer.toString(given));
            }
            // Before ports that may be any, which could take the one that is named.
            healthPort(held, own);
            for (ObjectNode port : wanted ? ports : List.<ObjectNode>of()) {
                if (Tree.number(port, "nodePort") == 0) {
                    Integer shared = fresh ? byNumber.get(Tree.number(port, "port")) : null;
                    int chosen = shared == null ? anyPort(own) : shared;
                    byNumber.putIfAbsent(Tree.number(port, "port"), chosen);
                    port.put("nodePort", chosen);
                }
            }
        }

        private void healthPort(Set<Integer> held, Set<Integer> own) {
            int given = (int) Tree.number(spec, "healthCheckNodePort");
            if (!ServicePorts.forHealthChecks(spec) || held.contains(given)) {
                return;
            }
            if (given == 0) {
                spec.put("healthCheckNodePort", anyPort(own));
                return;
            }
            String problem = given < firstPort || given > lastPort
                    ? "provided port is not in the valid range. The range of valid ports is " + firstPort + "-"
                            + lastPort
                    : portTaken(given) || !own.add(given) ? "provided port is already allocated" : "";
            if (!problem.isEmpty()) {
                throw ApiException.internal(
                        "failed to allocate requested HealthCheck NodePort " + given + ": " + problem);
            }
            take(PORTS, Integer.toString(given));
        }

        private int anyPort(Set<Integer> own) {
            int chosen = freePort(own);
            own.add(chosen);
            take(PORTS, Integer.toString(chosen));
            return chosen;
        }

        private ApiException refused(String field, String why) {
            return ApiException.invalid(
                    "",
                    "Service",
                    Tree.text(service, "metadata", "name"),
                    List.of(new ApiException.Cause("FieldValueInvalid", "Invalid value: " + why, field)));
        }

        void release(String kind, String name) {
            ops.add(new Op.Delete(KeyRange.single(StoreKeys.key(kind, name)), false));
        }

        private void takeAddress(String address) {
            take(ServiceAddresses.KEYS, address);
            ByteSequence key = StoreKeys.key(ServiceAddresses.OBJECTS, address);
            compares.add(Compare.absent(key));
            byte[] object = ObjectJson.stored(allocatable.object(address, service));
            ops.add(new Op.Put(key, ByteSequence.wrap(object), 0, false));
        }

        private void releaseAddress(String address) {
            release(ServiceAddresses.KEYS, address);
            release(ServiceAddresses.OBJECTS, address);
        }

        private void take(String kind, String name) {
            ByteSequence key = StoreKeys.key(kind, name);
            compares.add(Compare.absent(key));
            ops.add(new Op.Put(key, ByteSequence.wrap(Allocation.stored(service, name)), 0, false));
        }
    }

    private boolean portTaken(int port) {
        return cache.of(PORTS).get(Integer.toString(port)) != null;
    }

    private int freePort(Set<Integer> own) {
        int count = lastPort - firstPort + 1;
        int start = random.nextInt(count);
        for (int step = 0; step < count; step++) {
            int port = firstPort + (start + step) % count;
            if (!own.contains(port) && !portTaken(port)) {
                return port;
            }
        }
        throw ApiException.internal("failed to allocate a nodePort: range is full");
    }
}
