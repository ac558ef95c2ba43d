package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerRecord;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The statuses of single containers. Pure. */
final class ContainerStatuses {
    private ContainerStatuses() {}

    /** The status of one container. */
    static ContainerStatus of(ContainerSlot slot, PodStatuses.Input in, boolean podEnded) {
        ContainerRecord last = slot.last;
        ContainerState state;
        ContainerState before = null;
        if (last == null) {
            state = waiting(slot, in);
            if (podEnded && slot.waitingReason == null && in.failure() == null) {
                // The pod ended before this container ever ran.
                state = new ContainerStateBuilder()
                        .withNewWaiting(null, slot.kind == ContainerKind.INIT ? "PodInitializing" : "ContainerCreating")
                        .build();
            }
        } else if (last.running()) {
            state = new ContainerStateBuilder()
                    .withNewRunning(PodStatuses.time(last.startedAt()))
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
                .withReady(ready(slot))
                .withStarted(started(slot))
                .withRestartCount(last == null ? 0 : last.id().attempt())
                .withState(state)
                .withLastState(before == null ? new ContainerState() : before);
        ResourceRequirements granted = PodAllocation.resources(slot.spec);
        status.withResources(slot.running() && slot.actual != null ? slot.actual : granted);
        if (granted.getRequests() != null && !granted.getRequests().isEmpty()) {
            status.withAllocatedResources(granted.getRequests());
        }
        if (last != null) {
            status.withContainerID(last.id().reference());
        }
        return status.build();
    }

    /** Nobody asks whether an ephemeral container is ready, and it never is. */
    private static boolean ready(ContainerSlot slot) {
        if (slot.kind == ContainerKind.EPHEMERAL) {
            return false;
        }
        return slot.plainInit() ? slot.view().succeeded() : slot.ready();
    }

    private static @Nullable Boolean started(ContainerSlot slot) {
        return slot.kind == ContainerKind.EPHEMERAL ? null : Boolean.valueOf(slot.started());
    }

    private static ContainerState waiting(ContainerSlot slot, PodStatuses.Input in) {
        if (slot.waitingReason != null) {
            return new ContainerStateBuilder()
                    .withNewWaiting(slot.waitingMessage, slot.waitingReason)
                    .build();
        }
        boolean initializing = in.slots().stream().anyMatch(s -> s.kind == ContainerKind.INIT)
                && !in.plan().initialized();
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
                .withStartedAt(PodStatuses.time(run.startedAt()))
                .withFinishedAt(PodStatuses.time(exit.at()))
                .endTerminated()
                .build();
    }
}
