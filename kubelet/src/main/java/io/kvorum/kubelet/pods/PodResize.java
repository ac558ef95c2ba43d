package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.kvorum.client.KubernetesJson;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The resize of one pod in place: grants new sizes where the node has room, and brings them to the containers that run.
 * Processes have no limits here, so that a size is there once it is granted, but a container whose policy says so is
 * restarted for it. Belongs to the worker's context.
 *
 * <p>The conditions it leads to: {@code PodResizePending} while sizes are asked for that are not granted;
 * {@code PodResizeInProgress} from the grant until all running containers have them.
 */
final class PodResize {
    private final PodState state;
    private final Function<Pod, NodeRoom.@Nullable Refusal> room;
    private NodeRoom.@Nullable Refusal pending;
    private long pendingGeneration;
    private boolean inProgress;
    private long grantedGeneration;

    /** @param room why the node does not let the pod have its new sizes; null when it does */
    PodResize(PodState state, Function<Pod, NodeRoom.@Nullable Refusal> room) {
        this.state = state;
        this.room = room;
    }

    /** Why sizes that are asked for are not granted; null when nothing is pending. */
    NodeRoom.@Nullable Refusal pending() {
        return pending;
    }

    /** Whether sizes are granted that a running container does not have yet. */
    boolean inProgress() {
        return inProgress;
    }

    /** Looks whether anything is to be done, and does it; restarts are left to the plan. True after a grant. */
    boolean step() {
        if (state.ending()) {
            pending = null;
            inProgress = false;
            return false;
        }
        boolean granted = grant();
        actuate();
        return granted;
    }

    private boolean grant() {
        Pod desired = state.desired();
        if (state.allocation().grants(desired)) {
            pending = null;
            return false;
        }
        NodeRoom.Refusal refusal = room.apply(desired);
        Long generation = desired.getMetadata().getGeneration();
        long observed = generation == null ? 0 : generation;
        if (refusal == null) {
            pending = null;
            grantedGeneration = observed;
            state.grant(PodAllocation.of(desired));
            inProgress = true;
            event("Normal", "ResizeStarted", "started", desired, observed, null);
            return true;
        }
        if (pending == null || !pending.reason().equals(refusal.reason()) || pendingGeneration != observed) {
            event("Warning", "Resize" + refusal.reason(), refusal.reason(), desired, observed, refusal.message());
        }
        pending = refusal;
        pendingGeneration = observed;
        return false;
    }

    /** Gives running containers their sizes, or notes that they must restart to get them. */
    private void actuate() {
        boolean all = true;
        for (ContainerSlot slot : state.slots()) {
            ResourceRequirements actual = slot.actual;
            if (!slot.running() || actual == null) {
                continue;
            }
            ResourceRequirements granted = PodAllocation.resources(slot.spec);
            if (PodAllocation.same(actual, granted)) {
                slot.resizing = false;
            } else if (PodAllocation.restarts(slot.spec, actual, granted)) {
                slot.resizing = true;
                all = false;
            } else {
                slot.actual = granted;
                slot.resizing = false;
            }
        }
        if (inProgress && all && state.slots().stream().noneMatch(slot -> slot.due)) {
            inProgress = false;
            event("Normal", "ResizeCompleted", "completed", state.pod(), grantedGeneration, null);
        }
    }

    private void event(String type, String reason, String what, Pod pod, long generation, @Nullable String error) {
        ObjectNode summary = KubernetesJson.mapper().createObjectNode();
        add(
                summary,
                "initContainers",
                ContainerEnvironment.nonNull(pod.getSpec().getInitContainers()));
        add(summary, "containers", pod.getSpec().getContainers());
        summary.put("generation", generation);
        if (error != null) {
            summary.put("error", error);
        }
        state.event(null, type, reason, "Pod resize " + what + ": " + summary);
    }

    private static void add(ObjectNode summary, String field, List<Container> containers) {
        if (containers.isEmpty()) {
            return;
        }
        ArrayNode all = summary.putArray(field);
        for (Container container : containers) {
            ObjectNode one = all.addObject().put("name", container.getName());
            one.set("resources", KubernetesJson.mapper().valueToTree(PodAllocation.resources(container)));
        }
    }
}
