package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node has room for what a pod asks for, in upstream's words. Pure.
 *
 * @param allocatable of the node
 * @param maxPods how many pods the node takes
 */
record NodeRoom(Map<String, Quantity> allocatable, int maxPods) {
    private static final List<String> RESOURCES = List.of("cpu", "memory");

    /** Why a pod is not taken: reason and message for its status. */
    record Refusal(String reason, String message) {}

    /** Upstream's last look before a pod starts; null when it fits beside the others. */
    @Nullable
    Refusal admit(Pod pod, Collection<Pod> others) {
        if (others.size() + 1 > maxPods) {
            return new Refusal("OutOfpods", insufficient("pods", 1, others.size(), maxPods));
        }
        for (String resource : RESOURCES) {
            Quantity all = allocatable.get(resource);
            if (all == null) {
                continue;
            }
            BigDecimal wanted = requests(pod, resource);
            BigDecimal used =
                    others.stream().map(other -> requests(other, resource)).reduce(BigDecimal.ZERO, BigDecimal::add);
            BigDecimal capacity = Quantity.getAmountInBytes(all);
            if (wanted.signum() > 0 && used.add(wanted).compareTo(capacity) > 0) {
                return new Refusal(
                        "OutOf" + resource,
                        insufficient(
                                resource, whole(wanted, resource), whole(used, resource), whole(capacity, resource)));
            }
        }
        return null;
    }

    /** Whether a pod of the node may have new sizes; null when it may. */
    @Nullable
    Refusal resize(Pod wanted, Collection<Pod> others) {
        // Upstream names memory where both are too much.
        for (String resource : List.of("memory", "cpu")) {
            Quantity all = allocatable.get(resource);
            BigDecimal requested = requests(wanted, resource);
            if (all != null && requested.compareTo(Quantity.getAmountInBytes(all)) > 0) {
                return new Refusal(
                        "Infeasible",
                        "Node didn't have enough capacity: " + resource + ", requested: " + whole(requested, resource)
                                + ", capacity: " + whole(Quantity.getAmountInBytes(all), resource));
            }
        }
        Refusal refusal = admit(wanted, others);
        return refusal == null ? null : new Refusal("Deferred", refusal.message());
    }

    /** Processors in thousandths, all else in units; rounded up. */
    private static long whole(BigDecimal amount, String resource) {
        BigDecimal unit = resource.equals("cpu") ? BigDecimal.valueOf(1000) : BigDecimal.ONE;
        return amount.multiply(unit).setScale(0, RoundingMode.CEILING).longValue();
    }

    private static String insufficient(String resource, long requested, long used, long capacity) {
        return "Node didn't have enough resource: " + resource + ", requested: " + requested + ", used: " + used
                + ", capacity: " + capacity;
    }

    /**
     * What a pod asks for: its main containers and sidecars together, or one init container with the sidecars before it
     * if that is more.
     */
    static BigDecimal requests(Pod pod, String resource) {
        BigDecimal sidecars = BigDecimal.ZERO;
        BigDecimal most = BigDecimal.ZERO;
        for (Container container : ContainerEnvironment.nonNull(pod.getSpec().getInitContainers())) {
            BigDecimal request = request(container, resource);
            if ("Always".equals(container.getRestartPolicy())) {
                sidecars = sidecars.add(request);
                most = most.max(sidecars);
            } else {
                most = most.max(sidecars.add(request));
            }
        }
        BigDecimal together = sidecars;
        for (Container container : pod.getSpec().getContainers()) {
            together = together.add(request(container, resource));
        }
        return together.max(most);
    }

    private static BigDecimal request(Container container, String resource) {
        Map<String, Quantity> requests = container.getResources() == null
                ? null
                : container.getResources().getRequests();
        Quantity quantity = requests == null ? null : requests.get(resource);
        return quantity == null ? BigDecimal.ZERO : Quantity.getAmountInBytes(quantity);
    }
}
