package io.kvorum.proxy.rules;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.SessionAffinityConfig;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Computes the frontends of one service on one node. */
public final class FrontendRules {
    /** Kubernetes' default of {@code sessionAffinityConfig.clientIP.timeoutSeconds}. */
    private static final int DEFAULT_AFFINITY_SECONDS = 10800;

    private final String node;
    private final String nodePortAddress;

    /**
     * @param node name of the node this proxy serves
     * @param nodePortAddress where node ports listen; empty for nowhere
     */
    public FrontendRules(String node, String nodePortAddress) {
        this.node = node;
        this.nodePortAddress = nodePortAddress;
    }

    /** @param slices those of {@code service}; slices of other address types than IPv4 are passed over */
    public List<Frontend> frontends(Service service, List<EndpointSlice> slices) {
        ServiceSpec spec = service.getSpec();
        if (spec == null || "ExternalName".equals(spec.getType())) {
            return List.of();
        }
        List<Frontend> frontends = new ArrayList<>();
        @Nullable Duration affinity = affinity(spec);
        for (ServicePort port : spec.getPorts()) {
            @Nullable Protocol protocol = protocol(port.getProtocol());
            if (protocol == null) {
                continue;
            }
            String name = name(service, port);
            List<Candidate> candidates = candidates(slices, portName(port), protocol);
            for (String address : clusterIps(spec)) {
                List<Endpoint> endpoints = "Local".equals(spec.getInternalTrafficPolicy())
                        ? preferLocal(candidates)
                        : eligible(candidates, c -> true);
                frontends.add(new Frontend(new Listen(protocol, address, port.getPort()), name, endpoints, affinity));
            }
            @Nullable Integer nodePort = port.getNodePort();
            if (nodePort != null && nodePort > 0 && !nodePortAddress.isEmpty()) {
                List<Endpoint> endpoints = "Local".equals(spec.getExternalTrafficPolicy())
                        ? eligible(candidates, this::local)
                        : eligible(candidates, c -> true);
                frontends.add(new Frontend(new Listen(protocol, nodePortAddress, nodePort), name, endpoints, affinity));
            }
        }
        return frontends;
    }

    /**
     * The endpoints for new connections: the ready ones; when there is none, those that still serve while they
     * terminate (KEP-1669), so that a rollout's last moment loses nothing.
     */
    static List<Endpoint> eligible(List<Candidate> candidates, Predicate<Candidate> among) {
        List<Endpoint> ready = candidates.stream()
                .filter(among)
                .filter(Candidate::ready)
                .map(Candidate::endpoint)
                .toList();
        if (!ready.isEmpty()) {
            return ready;
        }
        return candidates.stream()
                .filter(among)
                .filter(c -> c.serving() && c.terminating())
                .map(Candidate::endpoint)
                .toList();
    }

    /**
     * Endpoints on this node, else all. Kubernetes would drop the traffic where this node has none; but here the nodes
     * of one host share each service address, and whichever proxy holds it serves the clients of every node.
     */
    private List<Endpoint> preferLocal(List<Candidate> candidates) {
        List<Endpoint> near = eligible(candidates, this::local);
        return near.isEmpty() ? eligible(candidates, c -> true) : near;
    }

    private boolean local(Candidate candidate) {
        return candidate.node().equals(node);
    }

    private static List<Candidate> candidates(List<EndpointSlice> slices, String port, Protocol protocol) {
        // An endpoint may stand in two slices while it moves from one to the other: the better word counts.
        TreeMap<Endpoint, Candidate> found =
                new TreeMap<>(Comparator.comparing(Endpoint::address).thenComparingInt(Endpoint::port));
        for (EndpointSlice slice : slices) {
            if (!"IPv4".equals(slice.getAddressType())) {
                continue;
            }
            for (EndpointPort endpointPort : slice.getPorts()) {
                if (endpointPort.getPort() != null
                        && port.equals(endpointPort.getName() == null ? "" : endpointPort.getName())
                        && protocol == protocol(endpointPort.getProtocol())) {
                    collect(slice, endpointPort.getPort(), found);
                }
            }
        }
        return new ArrayList<>(found.values());
    }

    private static void collect(EndpointSlice slice, int port, TreeMap<Endpoint, Candidate> found) {
        for (var entry : slice.getEndpoints()) {
            for (String address : entry.getAddresses()) {
                Endpoint endpoint = new Endpoint(address, port);
                Candidate candidate = Candidate.of(endpoint, entry.getConditions(), entry.getNodeName());
                found.merge(endpoint, candidate, (a, b) -> a.ready() ? a : b);
            }
        }
    }

    private static Set<String> clusterIps(ServiceSpec spec) {
        Set<String> addresses = new LinkedHashSet<>(spec.getClusterIPs());
        if (spec.getClusterIP() != null) {
            addresses.add(spec.getClusterIP());
        }
        addresses.addAll(spec.getExternalIPs());
        addresses.removeIf(address -> address.isEmpty() || address.equals("None") || address.contains(":"));
        return addresses;
    }

    private static @Nullable Duration affinity(ServiceSpec spec) {
        if (!"ClientIP".equals(spec.getSessionAffinity())) {
            return null;
        }
        @Nullable SessionAffinityConfig config = spec.getSessionAffinityConfig();
        @Nullable
        Integer seconds = config == null || config.getClientIP() == null
                ? null
                : config.getClientIP().getTimeoutSeconds();
        return Duration.ofSeconds(seconds == null ? DEFAULT_AFFINITY_SECONDS : seconds);
    }

    private static @Nullable Protocol protocol(@Nullable String name) {
        if (name == null || name.equals("TCP")) {
            return Protocol.TCP;
        }
        return name.equals("UDP") ? Protocol.UDP : null;
    }

    private static String portName(ServicePort port) {
        return port.getName() == null ? "" : port.getName();
    }

    private static String name(Service service, ServicePort port) {
        String name = service.getMetadata().getNamespace() + "/"
                + service.getMetadata().getName();
        return portName(port).isEmpty() ? name : name + ":" + portName(port);
    }
}
