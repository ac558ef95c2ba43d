package io.kvorum.kubelet.pods;

import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One container of a pod as {@link PodPlan} sees it.
 *
 * @param sidecar an init container with {@code restartPolicy: Always}
 * @param last its latest run; null before the first
 * @param started whether its startup probe has passed, or it has none and runs
 * @param failing why its run must end: a probe, another image, another size; null when well
 * @param due whether another run is owed, whatever the policy says of the latest one's end
 * @param busy whether a start is under way
 * @param notBefore a start is not allowed before
 */
public record ContainerView(
        String name,
        ContainerKind kind,
        boolean sidecar,
        @Nullable ContainerRecord last,
        boolean started,
        @Nullable String failing,
        boolean due,
        boolean busy,
        Instant notBefore) {
    boolean running() {
        return last != null && last.running();
    }

    @Nullable
    ContainerExit exit() {
        return last == null ? null : last.exit();
    }

    boolean succeeded() {
        ContainerExit exit = exit();
        return exit != null && exit.code() == 0;
    }
}
