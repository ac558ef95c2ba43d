package io.kvorum.scheduler.framework;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.kvorum.client.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pod and what follows from its spec for scheduling, computed once.
 *
 * @param requests what the pod needs: the larger of what its containers need together and what any init container needs
 *     with the sidecars started before it, plus overhead
 * @param scoringRequests the same, but a container that names no CPU or memory counts as a small one, so that pods
 *     without requests are spread too
 * @param hostPorts the node's ports it binds
 * @param affinity its pod affinity and anti-affinity
 */
public record PodInfo(
        Pod pod,
        ObjectKey key,
        Resources requests,
        Resources scoringRequests,
        List<HostPort> hostPorts,
        AffinityTerms affinity) {
    /** What a container without requests counts for in scores: upstream's DefaultMilliCPURequest, DefaultMemoryRequest. */
    private static final Resources SMALL = new Resources(100, 200L << 20, 0, 0, Map.of());

    /** A port of the node. An empty or 0.0.0.0 address means all addresses. */
    public record HostPort(String address, String protocol, int port) {
        public boolean conflicts(HostPort other) {
            return port == other.port
                    && protocol.equals(other.protocol)
                    && (any() || other.any() || address.equals(other.address));
        }

        private boolean any() {
            return address.isEmpty() || address.equals("0.0.0.0");
        }
    }

    public static PodInfo of(Pod pod) {
        return new PodInfo(
                pod,
                ObjectKey.of(pod),
                requests(pod.getSpec(), false),
                requests(pod.getSpec(), true),
                ports(pod.getSpec()),
                AffinityTerms.of(pod));
    }

    public Map<String, String> labels() {
        @Nullable Map<String, String> labels = pod.getMetadata().getLabels();
        return labels == null ? Map.of() : labels;
    }

    /** 0 when it has none, as upstream. */
    public int priority() {
        @Nullable Integer priority = spec().getPriority();
        return priority == null ? 0 : priority;
    }

    /** Whether it is being deleted. */
    public boolean terminating() {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    /** The node it was promised when others were ended for it; empty for none. */
    public String nominatedNode() {
        @Nullable String node = pod.getStatus() == null ? null : pod.getStatus().getNominatedNodeName();
        return node == null ? "" : node;
    }

    public PodSpec spec() {
        return pod.getSpec();
    }

    private static Resources requests(PodSpec spec, boolean scoring) {
        Resources running = Resources.NONE;
        for (Container container : spec.getContainers()) {
            running = running.plus(of(container, scoring));
        }
        Resources sidecars = Resources.NONE;
        Resources starting = Resources.NONE;
        for (Container container : spec.getInitContainers()) {
            Resources own = of(container, scoring);
            if ("Always".equals(container.getRestartPolicy())) {
                sidecars = sidecars.plus(own);
                starting = starting.max(sidecars);
            } else {
                starting = starting.max(sidecars.plus(own));
            }
        }
        return running.plus(sidecars).max(starting).plus(Resources.of(spec.getOverhead()));
    }

    private static Resources of(Container container, boolean scoring) {
        @Nullable ResourceRequirements requirements = container.getResources();
        @Nullable Map<String, Quantity> given = requirements == null ? null : requirements.getRequests();
        Resources requests = Resources.of(given);
        if (!scoring) {
            return requests;
        }
        Map<String, Quantity> names = given == null ? new HashMap<>() : given;
        return new Resources(
                names.containsKey("cpu") ? requests.milliCpu() : SMALL.milliCpu(),
                names.containsKey("memory") ? requests.memory() : SMALL.memory(),
                requests.ephemeralStorage(),
                0,
                requests.scalars());
    }

    private static List<HostPort> ports(PodSpec spec) {
        List<HostPort> ports = new ArrayList<>();
        List<Container> holders = new ArrayList<>(spec.getContainers());
        spec.getInitContainers().stream()
                .filter(container -> "Always".equals(container.getRestartPolicy()))
                .forEach(holders::add);
        for (Container container : holders) {
            for (ContainerPort port : container.getPorts()) {
                if (port.getHostPort() != null && port.getHostPort() > 0) {
                    ports.add(new HostPort(
                            port.getHostIP() == null ? "" : port.getHostIP(),
                            port.getProtocol() == null ? "TCP" : port.getProtocol(),
                            port.getHostPort()));
                }
            }
        }
        return List.copyOf(ports);
    }
}
