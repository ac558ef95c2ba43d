package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The conditions of a pod. Pure. */
final class PodConditions {
    /** The conditions the kubelet owns; all others are left as they are. */
    private static final Set<String> OWN = Set.of(
            "PodReadyToStartContainers",
            "Initialized",
            "Ready",
            "ContainersReady",
            "PodScheduled",
            "PodResizePending",
            "PodResizeInProgress");

    private PodConditions() {}

    /** The conditions in their order; transition times are kept where the status stays. */
    static List<PodCondition> of(PodStatuses.Input in, String phase, boolean ended) {
        List<String> unready = new ArrayList<>();
        List<String> unfinished = new ArrayList<>();
        for (ContainerSlot slot : in.slots()) {
            if (slot.kind == ContainerKind.MAIN || slot.sidecar()) {
                if (!slot.ready()) {
                    unready.add(slot.name());
                }
            }
            if (slot.kind == ContainerKind.INIT
                    && (slot.sidecar() ? !slot.started() : !slot.view().succeeded())) {
                unfinished.add(slot.name());
            }
        }
        Map<String, PodCondition> before = new HashMap<>();
        if (in.before() != null && in.before().getConditions() != null) {
            in.before().getConditions().forEach(c -> before.put(c.getType(), c));
        }
        boolean initialized = in.plan().initialized() || phase.equals("Succeeded");
        List<PodCondition> all = new ArrayList<>(resizing(in, before));
        all.add(condition("PodReadyToStartContainers", in.sandboxReady() && !ended, null, null, before, in));
        all.add(condition(
                "Initialized",
                initialized,
                phase.equals("Succeeded") ? "PodCompleted" : initialized ? null : "ContainersNotInitialized",
                initialized ? null : "containers with incomplete status: [" + String.join(" ", unfinished) + "]",
                before,
                in));
        boolean containersReady = !ended && unready.isEmpty();
        String reason = ended ? phase.equals("Succeeded") ? "PodCompleted" : "PodFailed" : "ContainersNotReady";
        String message = ended ? null : "containers with unready status: [" + String.join(" ", unready) + "]";
        List<String> gates = closedGates(in.pod());
        boolean ready = containersReady && gates.isEmpty();
        if (ready || !containersReady) {
            all.add(condition("Ready", ready, ready ? null : reason, ready ? null : message, before, in));
        } else {
            all.add(condition("Ready", false, "ReadinessGatesNotReady", String.join(", ", gates), before, in));
        }
        all.add(condition(
                "ContainersReady",
                containersReady,
                containersReady ? null : reason,
                containersReady ? null : message,
                before,
                in));
        all.add(condition("PodScheduled", true, null, null, before, in));
        if (in.pod().getStatus() != null && in.pod().getStatus().getConditions() != null) {
            for (PodCondition condition : in.pod().getStatus().getConditions()) {
                if (!OWN.contains(condition.getType())) {
                    all.add(condition);
                }
            }
        }
        return all;
    }

    private static List<PodCondition> resizing(PodStatuses.Input in, Map<String, PodCondition> before) {
        List<PodCondition> all = new ArrayList<>();
        NodeRoom.Refusal pending = in.resize().pending();
        if (pending != null) {
            all.add(condition("PodResizePending", true, pending.reason(), pending.message(), before, in));
        }
        if (in.resize().inProgress()) {
            all.add(condition("PodResizeInProgress", true, null, null, before, in));
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
            PodStatuses.Input in) {
        String status = holds ? "True" : "False";
        PodCondition old = before.get(type);
        String since = old != null && status.equals(old.getStatus()) && old.getLastTransitionTime() != null
                ? old.getLastTransitionTime()
                : PodStatuses.time(in.now());
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(since)
                .withObservedGeneration(in.pod().getMetadata().getGeneration())
                .build();
    }
}
