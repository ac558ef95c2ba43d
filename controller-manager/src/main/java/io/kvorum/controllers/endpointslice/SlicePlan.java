package io.kvorum.controllers.endpointslice;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.kvorum.client.OwnerReferences;
import io.kvorum.controllers.pods.PodStates;
import io.kvorum.controllers.services.ServicePods;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What to do to the EndpointSlices of one Service. An endpoint stays in the slice it is in; new ones fill up slices that
 * have room; slices nobody is left in go. Pods on which a named port has another number are in slices of their own.
 *
 * @param create with names that follow from Service, ports and number, so that a stale cache cannot create twice
 * @param update with the resourceVersion the plan was made from
 */
record SlicePlan(List<EndpointSlice> create, List<EndpointSlice> update, List<EndpointSlice> delete) {
    static final String SERVICE_NAME = "kubernetes.io/service-name";
    static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    static final String CONTROLLER = "endpointslice-controller.k8s.io";
    static final String HEADLESS = "service.kubernetes.io/headless";

    /** What all endpoints of a slice have in common. */
    private record Group(String addressType, List<EndpointPort> ports) {}

    /**
     * @param pods those behind the Service, see {@link ServicePods#of}
     * @param existing the Service's slices that this controller manages
     * @param zones name of a node to its zone, null where it has none
     * @param maxEndpoints most endpoints in a slice
     */
    static SlicePlan of(
            Service service,
            List<Pod> pods,
            List<EndpointSlice> existing,
            UnaryOperator<@Nullable String> zones,
            int maxEndpoints) {
        Map<Group, Map<String, Endpoint>> wanted = new LinkedHashMap<>();
        List<Pod> byName = pods.stream()
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .toList();
        for (String addressType : addressTypes(service)) {
            for (Pod pod : byName) {
                ServicePods.addresses(pod).stream()
                        .filter(address -> addressType.equals(typeOf(address)))
                        .findFirst()
                        .ifPresent(address -> wanted.computeIfAbsent(
                                        new Group(addressType, ports(service, pod)), group -> new LinkedHashMap<>())
                                .put(pod.getMetadata().getUid(), endpoint(service, pod, address, zones)));
            }
        }
        if (wanted.isEmpty()) {
            // One slice without endpoints tells that somebody looked and found nobody.
            wanted.put(new Group(addressTypes(service).get(0), List.of()), Map.of());
        }
        SlicePlan plan = new SlicePlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Set<String> taken = new HashSet<>();
        existing.forEach(each -> taken.add(each.getMetadata().getName()));
        Map<Group, List<EndpointSlice>> present = new LinkedHashMap<>();
        existing.stream()
                .sorted(Comparator.comparing(each -> each.getMetadata().getName()))
                .forEach(each -> present.computeIfAbsent(
                                new Group(each.getAddressType(), each.getPorts()), group -> new ArrayList<>())
                        .add(each));
        wanted.forEach((group, endpoints) ->
                plan.group(service, group, endpoints, present.getOrDefault(group, List.of()), taken, maxEndpoints));
        present.forEach((group, slices) -> {
            if (!wanted.containsKey(group)) {
                plan.delete.addAll(slices);
            }
        });
        return plan;
    }

    private void group(
            Service service,
            Group group,
            Map<String, Endpoint> endpoints,
            List<EndpointSlice> slices,
            Set<String> taken,
            int maxEndpoints) {
        Map<String, Endpoint> homeless = new LinkedHashMap<>(endpoints);
        Map<EndpointSlice, List<Endpoint>> kept = new LinkedHashMap<>();
        for (EndpointSlice slice : slices) {
            List<Endpoint> stay = new ArrayList<>();
            for (Endpoint each : slice.getEndpoints()) {
                @Nullable
                String uid =
                        each.getTargetRef() == null ? null : each.getTargetRef().getUid();
                @Nullable Endpoint now = uid == null || stay.size() >= maxEndpoints ? null : homeless.remove(uid);
                if (now != null) {
                    stay.add(now);
                }
            }
            kept.put(slice, stay);
        }
        List<Endpoint> rest = new ArrayList<>(homeless.values());
        for (List<Endpoint> stay : kept.values()) {
            int room = Math.min(maxEndpoints - stay.size(), rest.size());
            stay.addAll(rest.subList(0, room));
            rest = new ArrayList<>(rest.subList(room, rest.size()));
        }
        boolean placeholderKept = false;
        for (Map.Entry<EndpointSlice, List<Endpoint>> each : kept.entrySet()) {
            boolean placeholder = endpoints.isEmpty() && !placeholderKept;
            if (each.getValue().isEmpty() && !placeholder) {
                delete.add(each.getKey());
                continue;
            }
            placeholderKept |= placeholder;
            EndpointSlice next = filled(service, each.getKey(), each.getValue());
            if (!next.equals(each.getKey())) {
                update.add(next);
            }
        }
        int number = 0;
        boolean first = endpoints.isEmpty() && !placeholderKept;
        while (!rest.isEmpty() || first) {
            first = false;
            int size = Math.min(maxEndpoints, rest.size());
            String name = name(service, group, number++);
            while (!taken.add(name)) {
                name = name(service, group, number++);
            }
            EndpointSlice empty = new EndpointSliceBuilder()
                    .withNewMetadata()
                    .withNamespace(service.getMetadata().getNamespace())
                    .withName(name)
                    .withOwnerReferences(OwnerReferences.controller(service))
                    .endMetadata()
                    .withAddressType(group.addressType())
                    .withPorts(group.ports())
                    .build();
            create.add(filled(service, empty, rest.subList(0, size)));
            rest = new ArrayList<>(rest.subList(size, rest.size()));
        }
    }

    private static EndpointSlice filled(Service service, EndpointSlice slice, List<Endpoint> endpoints) {
        Map<String, String> labels = new TreeMap<>(
                service.getMetadata().getLabels() == null
                        ? Map.of()
                        : service.getMetadata().getLabels());
        labels.put(SERVICE_NAME, service.getMetadata().getName());
        labels.put(MANAGED_BY, CONTROLLER);
        labels.remove(HEADLESS);
        if (ServicePods.headless(service)) {
            labels.put(HEADLESS, "");
        }
        return new EndpointSliceBuilder(slice)
                .editMetadata()
                .withLabels(labels)
                .endMetadata()
                .withEndpoints(List.copyOf(endpoints))
                .build();
    }

    private static String name(Service service, Group group, int number) {
        StringBuilder text =
                new StringBuilder(service.getMetadata().getUid()).append('/').append(group.addressType());
        for (EndpointPort each : group.ports()) {
            text.append('/')
                    .append(each.getName())
                    .append(':')
                    .append(each.getPort())
                    .append(':')
                    .append(each.getProtocol());
        }
        String hash = Integer.toUnsignedString(
                text.append('/').append(number).toString().hashCode(), 36);
        // Names of objects end at 253 characters; a Service's has 63 at most.
        return service.getMetadata().getName() + "-" + "00000".substring(Math.min(5, hash.length())) + hash;
    }

    private static Endpoint endpoint(Service service, Pod pod, String address, UnaryOperator<@Nullable String> zones) {
        boolean serving = PodStates.ready(pod);
        boolean terminating = PodStates.terminating(pod);
        @Nullable String node = pod.getSpec().getNodeName();
        return new EndpointBuilder()
                .withAddresses(address)
                .withNewConditions()
                .withReady(ServicePods.publishNotReady(service) || (serving && !terminating))
                .withServing(serving)
                .withTerminating(terminating)
                .endConditions()
                .withHostname(ServicePods.hostname(pod, service))
                .withNodeName(node)
                .withZone(zones.apply(node))
                .withTargetRef(ServicePods.reference(pod))
                .build();
    }

    /** The Service's ports as numbers on this pod, without those it does not have. */
    private static List<EndpointPort> ports(Service service, Pod pod) {
        List<EndpointPort> ports = new ArrayList<>();
        for (ServicePort each : service.getSpec().getPorts()) {
            @Nullable Integer number = ServicePods.targetPort(pod, each);
            if (number != null) {
                ports.add(new EndpointPortBuilder()
                        .withName(Objects.requireNonNullElse(each.getName(), ""))
                        .withPort(number)
                        .withProtocol(ServicePods.protocol(each.getProtocol()))
                        .withAppProtocol(each.getAppProtocol())
                        .build());
            }
        }
        ports.sort(Comparator.comparing(EndpointPort::getName));
        return ports;
    }

    private static List<String> addressTypes(Service service) {
        List<String> families = service.getSpec().getIpFamilies();
        return families.isEmpty() ? List.of("IPv4") : families;
    }

    private static String typeOf(String address) {
        return address.indexOf(':') >= 0 ? "IPv6" : "IPv4";
    }
}
