package io.kvorum.controllers.endpoints;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointAddressBuilder;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.EndpointSubsetBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.kvorum.controllers.pods.PodStates;
import io.kvorum.controllers.services.ServicePods;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes the subsets of an Endpoints object: addresses that share a set of ports. */
final class EndpointSubsets {
    /** Most addresses in one Endpoints object; ready ones are kept first. */
    static final int CAPACITY = 1000;

    private EndpointSubsets() {}

    /** @param truncated whether there were more than {@link #CAPACITY} addresses */
    record Computed(List<EndpointSubset> subsets, boolean truncated) {}

    static Computed of(Service service, List<Pod> pods) {
        boolean publishNotReady = ServicePods.publishNotReady(service);
        List<Pod> candidates = pods.stream()
                .filter(pod -> publishNotReady || !PodStates.terminating(pod))
                .sorted(Comparator.<Pod, Boolean>comparing(pod -> !(publishNotReady || PodStates.ready(pod)))
                        .thenComparing(pod -> pod.getMetadata().getName()))
                .toList();
        Map<List<EndpointPort>, EndpointSubset> byPorts = new LinkedHashMap<>();
        for (Pod pod : candidates.stream().limit(CAPACITY).toList()) {
            List<EndpointPort> ports = ports(service, pod);
            if (ports.isEmpty() && !service.getSpec().getPorts().isEmpty()) {
                continue;
            }
            EndpointSubset subset = byPorts.computeIfAbsent(
                    ports, each -> new EndpointSubsetBuilder().withPorts(each).build());
            EndpointAddress address = new EndpointAddressBuilder()
                    .withIp(ServicePods.addresses(pod).get(0))
                    .withNodeName(pod.getSpec().getNodeName())
                    .withHostname(ServicePods.hostname(pod, service))
                    .withTargetRef(ServicePods.reference(pod))
                    .build();
            if (publishNotReady || PodStates.ready(pod)) {
                subset.getAddresses().add(address);
            } else {
                subset.getNotReadyAddresses().add(address);
            }
        }
        Comparator<EndpointAddress> byIp = Comparator.comparing(EndpointAddress::getIp);
        byPorts.values().forEach(subset -> {
            subset.getAddresses().sort(byIp);
            subset.getNotReadyAddresses().sort(byIp);
        });
        List<EndpointSubset> subsets = new ArrayList<>(byPorts.values());
        subsets.sort(Comparator.comparing(subset -> subset.getPorts().toString()));
        return new Computed(subsets, candidates.size() > CAPACITY);
    }

    private static List<EndpointPort> ports(Service service, Pod pod) {
        List<EndpointPort> ports = new ArrayList<>();
        for (ServicePort each : service.getSpec().getPorts()) {
            @Nullable Integer number = ServicePods.targetPort(pod, each);
            if (number != null) {
                ports.add(new EndpointPortBuilder()
                        .withName(each.getName())
                        .withPort(number)
                        .withProtocol(ServicePods.protocol(each.getProtocol()))
                        .withAppProtocol(each.getAppProtocol())
                        .build());
            }
        }
        return ports;
    }
}
