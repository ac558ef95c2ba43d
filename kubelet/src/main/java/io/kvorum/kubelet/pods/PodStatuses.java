package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HostIPBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodIPBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerRecord;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds a pod's status from what its worker knows. Pure. */
final class PodStatuses {
    /** The conditions the kubelet owns; all others are left as they are. */
    private static final Set<String> OWN =
            Set.of("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled");

    private PodStatuses() {}

    /**
     * What the status is built from.
     *
     * @param before the status last built or, at first, the object's; its transition times are kept
     * @param failureReason {@code status.reason} when the pod failed as a whole; null otherwise
     */
    record Input(
            Pod pod,
            Collection<ContainerSlot> slots,
            PodPlan plan,
            PodFields.Addresses addresses,
            boolean sandboxReady,
            @Nullable Instant startTime,
            @Nullable PodStatus before,
            @Nullable String failureReason,
            @Nullable String failureMessage,
            Instant now) {}

    static PodStatus build(Input in) {
        Pod pod = in.pod();
        String phase = in.failureReason() != null ? "Failed" : in.plan().phase();
        boolean ended = phase.equals("Succeeded") || phase.equals("Failed");
        List<ContainerStatus> init = new ArrayList<>();
        List<ContainerStatus> main = new ArrayList<>();
        for (ContainerSlot slot : in.slots()) {
            (slot.init ? init : main).add(container(slot, in, ended));
        }
        PodStatusBuilder status = new PodStatusBuilder()
                .withPhase(phase)
                .withReason(in.failureReason())
                .withMessage(in.failureMessage())
                .withHostIP(in.addresses().hostIp())
                .withHostIPs(new HostIPBuilder().withIp(in.addresses().hostIp()).build())
                .withQosClass(qosClass(pod))
                .withConditions(conditions(in, phase, ended))
                .withInitContainerStatuses(init)
                .withContainerStatuses(main);
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

    private static ContainerStatus container(ContainerSlot slot, Input in, boolean podEnded) {
        ContainerRecord last = slot.last;
        ContainerState state;
        ContainerState before = null;
        if (last == null) {
            state = waiting(slot, in);
            if (podEnded && slot.waitingReason == null && in.failureReason() == null) {
                // The pod ended before this container ever ran.
                state = new ContainerStateBuilder()
                        .withNewWaiting(null, slot.init ? "PodInitializing" : "ContainerCreating")
                        .build();
            }
        } else if (last.running()) {
            state = new ContainerStateBuilder()
                    .withNewRunning(time(last.startedAt()))
                    .build();
            before = terminated(slot.previous, slot.previousEnding);
        } else if (slot.waitingReason != null && !podEnded) {
            state = waiting(slot, in);
            before = terminated(last, slot.ending);
        } else {
            state = Objects.requireNonNull(terminated(last, slot.ending));
            before = terminated(slot.previous, slot.previousEnding);
        }
        ContainerStatusBuilder status = new ContainerStatusBuilder()
                .withName(slot.name())
                .withImage(slot.spec.getImage())
                .withImageID(last == null ? "" : last.details().getOrDefault(PodWorker.IMAGE_ID, ""))
                .withReady(slot.init && !slot.sidecar() ? slot.view().succeeded() : slot.ready())
                .withStarted(slot.init && !slot.sidecar() && !slot.running() ? Boolean.FALSE : slot.started())
                .withRestartCount(last == null ? 0 : last.id().attempt())
                .withState(state)
                .withLastState(before == null ? new ContainerState() : before);
        if (last != null) {
            status.withContainerID(last.id().reference());
        }
        return status.build();
    }

    private static ContainerState waiting(ContainerSlot slot, Input in) {
        if (slot.waitingReason != null) {
            return new ContainerStateBuilder()
                    .withNewWaiting(slot.waitingMessage, slot.waitingReason)
                    .build();
        }
        boolean initializing =
                in.slots().stream().anyMatch(s -> s.init) && !in.plan().initialized();
        return new ContainerStateBuilder()
                .withNewWaiting(null, initializing ? "PodInitializing" : "ContainerCreating")
                .build();
    }

    private static @Nullable ContainerState terminated(@Nullable ContainerRecord run, ContainerSlot.Ending ending) {
        ContainerExit exit = run == null ? null : run.exit();
        if (run == null || exit == null) {
            return null;
        }
        String reason = ending.reason() != null
                ? ending.reason()
                : !exit.known() ? "ContainerStatusUnknown" : exit.code() == 0 ? "Completed" : "Error";
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withContainerID(run.id().reference())
                .withExitCode(exit.code())
                .withReason(reason)
                .withMessage(ending.message())
                .withStartedAt(time(run.startedAt()))
                .withFinishedAt(time(exit.at()))
                .endTerminated()
                .build();
    }

    private static List<PodCondition> conditions(Input in, String phase, boolean ended) {
        List<String> unready = new ArrayList<>();
        List<String> unfinished = new ArrayList<>();
        for (ContainerSlot slot : in.slots()) {
            if (!slot.init || slot.sidecar()) {
                if (!slot.ready()) {
                    unready.add(slot.name());
                }
            }
            if (slot.init && (slot.sidecar() ? !slot.started() : !slot.view().succeeded())) {
                unfinished.add(slot.name());
            }
        }
        Map<String, PodCondition> before = new HashMap<>();
        if (in.before() != null && in.before().getConditions() != null) {
            in.before().getConditions().forEach(c -> before.put(c.getType(), c));
        }
        boolean initialized = in.plan().initialized() || phase.equals("Succeeded");
        List<PodCondition> all = new ArrayList<>();
        all.add(condition("PodReadyToStartContainers", in.sandboxReady() && !ended, null, null, before, in.now()));
        all.add(condition(
                "Initialized",
                initialized,
                phase.equals("Succeeded") ? "PodCompleted" : initialized ? null : "ContainersNotInitialized",
                initialized ? null : "containers with incomplete status: [" + String.join(" ", unfinished) + "]",
                before,
                in.now()));
        boolean containersReady = !ended && unready.isEmpty();
        String reason = ended ? phase.equals("Succeeded") ? "PodCompleted" : "PodFailed" : "ContainersNotReady";
        String message = ended ? null : "containers with unready status: [" + String.join(" ", unready) + "]";
        List<String> gates = closedGates(in.pod());
        boolean ready = containersReady && gates.isEmpty();
        if (ready || !containersReady) {
            all.add(condition("Ready", ready, ready ? null : reason, ready ? null : message, before, in.now()));
        } else {
            all.add(condition("Ready", false, "ReadinessGatesNotReady", String.join(", ", gates), before, in.now()));
        }
        all.add(condition(
                "ContainersReady",
                containersReady,
                containersReady ? null : reason,
                containersReady ? null : message,
                before,
                in.now()));
        all.add(condition("PodScheduled", true, null, null, before, in.now()));
        if (in.pod().getStatus() != null && in.pod().getStatus().getConditions() != null) {
            for (PodCondition condition : in.pod().getStatus().getConditions()) {
                if (!OWN.contains(condition.getType())) {
                    all.add(condition);
                }
            }
        }
        return all;
    }

    private static List<String> closedGates(Pod pod) {
        List<String> closed = new ArrayList<>();
        if (pod.getSpec().getReadinessGates() == null) {
            return closed;
        }
        for (var gate : pod.getSpec().getReadinessGates()) {
            boolean open = pod.getStatus() != null
                    && pod.getStatus().getConditions() != null
                    && pod.getStatus().getConditions().stream()
                            .anyMatch(c -> c.getType().equals(gate.getConditionType())
                                    && c.getStatus().equals("True"));
            if (!open) {
                closed.add("corresponding condition of pod readiness gate \"" + gate.getConditionType()
                        + "\" does not exist.");
            }
        }
        return closed;
    }

    private static PodCondition condition(
            String type,
            boolean holds,
            @Nullable String reason,
            @Nullable String message,
            Map<String, PodCondition> before,
            Instant now) {
        String status = holds ? "True" : "False";
        PodCondition old = before.get(type);
        String since = old != null && status.equals(old.getStatus()) && old.getLastTransitionTime() != null
                ? old.getLastTransitionTime()
                : time(now);
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(since)
                .build();
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
