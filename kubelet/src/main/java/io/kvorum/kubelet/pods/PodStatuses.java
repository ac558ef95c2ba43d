package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HostIPBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIPBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds a pod's status from what its worker knows. Pure. */
final class PodStatuses {
    private PodStatuses() {}

    /**
     * What the status is built from.
     *
     * @param before the status last built or, at first, the object's; its transition times are kept
     * @param failure when the pod failed as a whole; null otherwise
     */
    record Input(
            Pod pod,
            Collection<ContainerSlot> slots,
            PodPlan plan,
            PodFields.Addresses addresses,
            boolean sandboxReady,
            PodResize resize,
            @Nullable Instant startTime,
            @Nullable PodStatus before,
            PodState.@Nullable Failure failure,
            Instant now) {}

    static PodStatus build(Input in) {
        Pod pod = in.pod();
        String phase = in.failure() != null ? "Failed" : in.plan().phase();
        boolean ended = phase.equals("Succeeded") || phase.equals("Failed");
        Map<ContainerKind, List<ContainerStatus>> containers = new EnumMap<>(ContainerKind.class);
        for (ContainerSlot slot : in.slots()) {
            containers.computeIfAbsent(slot.kind, kind -> new ArrayList<>()).add(ContainerStatuses.of(slot, in, ended));
        }
        PodStatusBuilder status = new PodStatusBuilder()
                .withPhase(phase)
                .withObservedGeneration(pod.getMetadata().getGeneration())
                .withReason(in.failure() == null ? null : in.failure().reason())
                .withMessage(in.failure() == null ? null : in.failure().message())
                .withHostIP(in.addresses().hostIp())
                .withHostIPs(new HostIPBuilder().withIp(in.addresses().hostIp()).build())
                .withQosClass(qosClass(pod))
                .withConditions(PodConditions.of(in, phase, ended))
                .withInitContainerStatuses(containers.getOrDefault(ContainerKind.INIT, List.of()))
                .withContainerStatuses(containers.getOrDefault(ContainerKind.MAIN, List.of()))
                .withEphemeralContainerStatuses(containers.getOrDefault(ContainerKind.EPHEMERAL, List.of()));
        if (!in.addresses().podIp().isEmpty()) {
            status.withPodIP(in.addresses().podIp())
                    .withPodIPs(
                            new PodIPBuilder().withIp(in.addresses().podIp()).build());
        }
        if (in.startTime() != null) {
            status.withStartTime(time(in.startTime()));
        }
        return status.build();
    }

    /** Upstream's classes: Guaranteed when every container's requests equal its limits, BestEffort when none has any. */
    static String qosClass(Pod pod) {
        if (pod.getStatus() != null && pod.getStatus().getQosClass() != null) {
            return pod.getStatus().getQosClass();
        }
        boolean any = false;
        boolean guaranteed = true;
        List<Container> containers = new ArrayList<>(pod.getSpec().getContainers());
        containers.addAll(ContainerEnvironment.nonNull(pod.getSpec().getInitContainers()));
        for (Container container : containers) {
            Map<String, Quantity> requests =
                    container.getResources() == null || container.getResources().getRequests() == null
                            ? Map.of()
                            : container.getResources().getRequests();
            Map<String, Quantity> limits =
                    container.getResources() == null || container.getResources().getLimits() == null
                            ? Map.of()
                            : container.getResources().getLimits();
            for (String resource : List.of("cpu", "memory")) {
                BigDecimal request = amount(requests.getOrDefault(resource, limits.get(resource)));
                BigDecimal limit = amount(limits.get(resource));
                any |= request.signum() > 0 || limit.signum() > 0;
                guaranteed &= limit.signum() > 0 && request.compareTo(limit) == 0;
            }
        }
        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    private static BigDecimal amount(@Nullable Quantity quantity) {
        return quantity == null ? BigDecimal.ZERO : Quantity.getAmountInBytes(quantity);
    }

    static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
