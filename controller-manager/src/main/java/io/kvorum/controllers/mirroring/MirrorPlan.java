package io.kvorum.controllers.mirroring;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.kvorum.client.OwnerReferences;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What to do to the slices that mirror one Endpoints object: a slice for each set of ports and family of addresses.
 *
 * @param create with {@code generateName}
 * @param update with the resourceVersion the plan was made from
 * @param skipped addresses over the limit of a subset, which are not mirrored
 */
record MirrorPlan(List<EndpointSlice> create, List<EndpointSlice> update, List<EndpointSlice> delete, int skipped) {
    static final String CONTROLLER = "endpointslicemirroring-controller.k8s.io";
    static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    static final String SERVICE_NAME = "kubernetes.io/service-name";
    static final String SKIP = "endpointslice.kubernetes.io/skip-mirror";
    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
    private static final String LAST_CHANGE = "endpoints.kubernetes.io/last-change-trigger-time";

    /** What all endpoints of a slice have in common. */
    private record Group(String addressType, List<io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort> ports) {}

    /** What two addresses are told apart by; of those that are the same the last one counts. */
    private record Member(
            String ip,
            @Nullable String targetNamespace,
            @Nullable String targetName) {
        static Member of(EndpointAddress address) {
            ObjectReference target = address.getTargetRef();
            return target == null
                    ? new Member(address.getIp(), null, null)
                    : new Member(address.getIp(), target.getNamespace(), target.getName());
        }
    }

    /**
     * @param existing the slices that mirror it, or a namesake before it
     * @param most addresses of a subset that are mirrored
     */
    static MirrorPlan of(Endpoints endpoints, List<EndpointSlice> existing, int most) {
        Map<Group, Map<Member, Endpoint>> wanted = new LinkedHashMap<>();
        int skipped = 0;
        for (EndpointSubset subset : endpoints.getSubsets()) {
            List<io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort> ports = subset.getPorts().stream()
                    .map(MirrorPlan::port)
                    .sorted(Comparator.comparing(port -> String.valueOf(port.getName())))
                    .toList();
            int left = most;
            List<EndpointAddress> ready = subset.getAddresses();
            List<EndpointAddress> all = new ArrayList<>(ready);
            all.addAll(subset.getNotReadyAddresses());
            for (int i = 0; i < all.size(); i++) {
                if (left-- <= 0) {
                    skipped++;
                    continue;
                }
                EndpointAddress address = all.get(i);
                String type = address.getIp().indexOf(':') >= 0 ? "IPv6" : "IPv4";
                wanted.computeIfAbsent(new Group(type, ports), group -> new LinkedHashMap<>())
                        .put(Member.of(address), endpoint(address, i < ready.size()));
            }
        }
        MirrorPlan plan = new MirrorPlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), skipped);
        Map<Group, List<Endpoint>> missing = new LinkedHashMap<>();
        wanted.forEach((group, members) -> missing.put(group, List.copyOf(members.values())));
        for (EndpointSlice slice : existing) {
            @Nullable List<Endpoint> now = missing.remove(new Group(slice.getAddressType(), slice.getPorts()));
            if (now == null || !OwnerReferences.controlledBy(slice, endpoints)) {
                plan.delete.add(slice);
                if (now != null) {
                    missing.put(new Group(slice.getAddressType(), slice.getPorts()), now);
                }
                continue;
            }
            EndpointSlice next = filled(endpoints, slice, now);
            if (!next.equals(slice)) {
                plan.update.add(next);
            }
        }
        missing.forEach((group, members) -> plan.create.add(filled(
                endpoints,
                new EndpointSliceBuilder()
                        .withNewMetadata()
                        .withNamespace(endpoints.getMetadata().getNamespace())
                        .withGenerateName(endpoints.getMetadata().getName() + "-")
                        .withOwnerReferences(OwnerReferences.controller(endpoints))
                        .endMetadata()
                        .withAddressType(group.addressType())
                        .withPorts(group.ports())
                        .build(),
                members)));
        return plan;
    }

    private static EndpointSlice filled(Endpoints endpoints, EndpointSlice slice, List<Endpoint> members) {
        Map<String, String> labels = copy(endpoints.getMetadata().getLabels());
        labels.remove(HEADLESS);
        labels.put(SERVICE_NAME, endpoints.getMetadata().getName());
        labels.put(MANAGED_BY, CONTROLLER);
        Map<String, String> annotations = copy(endpoints.getMetadata().getAnnotations());
        annotations.remove(LAST_APPLIED);
        annotations.remove(LAST_CHANGE);
        return new EndpointSliceBuilder(slice)
                .editMetadata()
                .withLabels(labels)
                .withAnnotations(annotations)
                .endMetadata()
                .withEndpoints(List.copyOf(members))
                .build();
    }

    private static Map<String, String> copy(@Nullable Map<String, String> map) {
        return map == null ? new TreeMap<>() : new TreeMap<>(map);
    }

    private static io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort port(EndpointPort port) {
        return new EndpointPortBuilder()
                .withName(Objects.requireNonNullElse(port.getName(), ""))
                .withPort(port.getPort())
                .withProtocol(Objects.requireNonNullElse(port.getProtocol(), "TCP"))
                .withAppProtocol(port.getAppProtocol())
                .build();
    }

    private static Endpoint endpoint(EndpointAddress address, boolean ready) {
        return new EndpointBuilder()
                .withAddresses(address.getIp())
                .withNewConditions()
                .withReady(ready)
                .endConditions()
                .withHostname(address.getHostname())
                .withNodeName(address.getNodeName())
                .withTargetRef(address.getTargetRef())
                .build();
    }
}
