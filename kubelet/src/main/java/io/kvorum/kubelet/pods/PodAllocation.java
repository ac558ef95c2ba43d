package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What of its node a pod holds: the resources of its main containers and sidecars, by container. Immutable and pure.
 *
 * @param resources at admission or at the last resize that was granted
 */
record PodAllocation(Map<String, ResourceRequirements> resources) {
    private static final List<String> RESIZABLE = List.of("cpu", "memory");

    /** All that the pod asks for. */
    static PodAllocation of(Pod pod) {
        Map<String, ResourceRequirements> all = new HashMap<>();
        sized(pod).forEach(container -> all.put(container.getName(), resources(container)));
        return new PodAllocation(Map.copyOf(all));
    }

    /**
     * What an earlier kubelet had granted, as the status tells it; what the pod asks for where it tells nothing. Of a
     * resize that was granted but not carried out yet the status may tell the requests only: then it is granted anew.
     */
    static PodAllocation recorded(Pod pod) {
        Map<String, ResourceRequirements> all = new HashMap<>();
        for (Container container : sized(pod).toList()) {
            ContainerStatus status = RecordedRuns.statusOf(pod, container.getName());
            ResourceRequirements told = status == null ? null : status.getResources();
            ResourceRequirements asked = resources(container);
            all.put(container.getName(), told == null ? asked : with(asked, told));
        }
        return new PodAllocation(Map.copyOf(all));
    }

    /** The first, but with the processors and memory of the second. */
    private static ResourceRequirements with(ResourceRequirements base, ResourceRequirements sizes) {
        return new ResourceRequirementsBuilder(base)
                .withRequests(merge(base.getRequests(), sizes.getRequests()))
                .withLimits(merge(base.getLimits(), sizes.getLimits()))
                .build();
    }

    private static Map<String, Quantity> merge(
            @Nullable Map<String, Quantity> base, @Nullable Map<String, Quantity> sizes) {
        Map<String, Quantity> merged = new HashMap<>(base == null ? Map.of() : base);
        for (String resource : RESIZABLE) {
            Quantity size = sizes == null ? null : sizes.get(resource);
            if (size == null) {
                merged.remove(resource);
            } else {
                merged.put(resource, size);
            }
        }
        return merged;
    }

    /** The pod as far as it is granted; the same object when it is all. */
    Pod applyTo(Pod pod) {
        if (grants(pod)) {
            return pod;
        }
        return new PodBuilder(pod)
                .editSpec()
                .withContainers(granted(pod.getSpec().getContainers()))
                .withInitContainers(
                        granted(ContainerEnvironment.nonNull(pod.getSpec().getInitContainers())))
                .endSpec()
                .build();
    }

    private List<Container> granted(List<Container> containers) {
        return containers.stream()
                .map(container -> {
                    ResourceRequirements mine = resources.get(container.getName());
                    return mine == null
                            ? container
                            : new ContainerBuilder(container)
                                    .withResources(mine)
                                    .build();
                })
                .toList();
    }

    /** Whether the pod asks for nothing else. */
    boolean grants(Pod pod) {
        return sized(pod).allMatch(container -> {
            ResourceRequirements mine = resources.get(container.getName());
            return mine == null || same(mine, resources(container));
        });
    }

    /** Whether two containers' processors and memory are the same. */
    static boolean same(ResourceRequirements a, ResourceRequirements b) {
        return RESIZABLE.stream().noneMatch(resource -> differs(a, b, resource));
    }

    /** Whether the request or the limit of one resource differs. */
    static boolean differs(ResourceRequirements a, ResourceRequirements b, String resource) {
        return !Objects.equals(amount(a.getRequests(), resource), amount(b.getRequests(), resource))
                || !Objects.equals(amount(a.getLimits(), resource), amount(b.getLimits(), resource));
    }

    /** Whether going from one size to another asks for a restart of the container. */
    static boolean restarts(Container container, ResourceRequirements from, ResourceRequirements to) {
        return ContainerEnvironment.nonNull(container.getResizePolicy()).stream()
                .anyMatch(policy -> "RestartContainer".equals(policy.getRestartPolicy())
                        && differs(from, to, policy.getResourceName()));
    }

    private static @Nullable Quantity amount(@Nullable Map<String, Quantity> amounts, String resource) {
        return amounts == null ? null : amounts.get(resource);
    }

    static ResourceRequirements resources(Container container) {
        return container.getResources() == null ? new ResourceRequirements() : container.getResources();
    }

    /** The containers that can be resized. */
    static Stream<Container> sized(Pod pod) {
        return Stream.concat(
                ContainerEnvironment.nonNull(pod.getSpec().getInitContainers()).stream()
                        .filter(container -> "Always".equals(container.getRestartPolicy())),
                pod.getSpec().getContainers().stream());
    }
}
