package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerRecord;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the status of a pod tells of runs, for a kubelet that has not seen them itself. Pure. */
final class RecordedRuns {
    private static final String SCHEME = "process://";
    private static final int UNKNOWN = 137;

    private RecordedRuns() {}

    /** The status of a container of any kind; null when there is none yet. */
    static @Nullable ContainerStatus statusOf(Pod pod, String container) {
        PodStatus status = pod.getStatus();
        if (status == null) {
            return null;
        }
        return Stream.of(
                        status.getContainerStatuses(),
                        status.getInitContainerStatuses(),
                        status.getEphemeralContainerStatuses())
                .flatMap(all -> ContainerEnvironment.nonNull(all).stream())
                .filter(s -> s.getName().equals(container))
                .findFirst()
                .orElse(null);
    }

    /**
     * The run that a status tells of, as one that has ended: with its own end where that is told, else with one that
     * nobody saw. Null when the container had not run.
     */
    static @Nullable ContainerRecord ended(Pod pod, String container, Instant now) {
        ContainerStatus status = statusOf(pod, container);
        ContainerId id = status == null ? null : id(status.getContainerID());
        if (status == null || id == null) {
            return null;
        }
        Map<String, String> details = Map.of(
                PodWorker.IMAGE, status.getImage(), PodWorker.IMAGE_ID, Objects.toString(status.getImageID(), ""));
        ContainerStateTerminated end =
                status.getState() == null ? null : status.getState().getTerminated();
        if (end == null) {
            return new ContainerRecord(id, 0, Instant.EPOCH, details, new ContainerExit(UNKNOWN, now, false));
        }
        return new ContainerRecord(
                id,
                0,
                instant(end.getStartedAt(), Instant.EPOCH),
                details,
                new ContainerExit(end.getExitCode(), instant(end.getFinishedAt(), now), true));
    }

    /** Reason and message of a run's end, where the status has them. */
    static ContainerSlot.Ending ending(Pod pod, @Nullable ContainerRecord run) {
        ContainerStatus status = run == null ? null : statusOf(pod, run.id().container());
        if (status == null || run == null) {
            return ContainerSlot.Ending.NONE;
        }
        return Stream.of(status.getState(), status.getLastState())
                .filter(state -> state != null
                        && state.getTerminated() != null
                        && run.id().reference().equals(state.getTerminated().getContainerID()))
                .findFirst()
                .map(state -> new ContainerSlot.Ending(
                        state.getTerminated().getReason(), state.getTerminated().getMessage()))
                .orElse(ContainerSlot.Ending.NONE);
    }

    private static Instant instant(@Nullable String text, Instant otherwise) {
        return text == null ? otherwise : Instant.parse(text);
    }

    private static @Nullable ContainerId id(@Nullable String reference) {
        if (reference == null || !reference.startsWith(SCHEME)) {
            return null;
        }
        String[] parts = reference.substring(SCHEME.length()).split("/", -1);
        return parts.length == 3 && parts[2].matches("\\d{1,9}")
                ? new ContainerId(parts[0], parts[1], Integer.parseInt(parts[2]))
                : null;
    }
}
