package io.kvorum.controllers.daemonset;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatusBuilder;
import io.kvorum.controllers.pods.PodStates;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Computes {@code status} of a DaemonSet. */
final class DaemonStatuses {
    private DaemonStatuses() {}

    /** @param observed whether the present generation was acted on; else the generation observed before stays */
    static DaemonSetStatus next(DaemonView view, boolean observed) {
        int desired = 0;
        int scheduled = 0;
        int misscheduled = 0;
        int ready = 0;
        int available = 0;
        int updated = 0;
        for (Node node : view.nodes()) {
            List<Pod> pods = view.on(node);
            if (!DaemonPods.Placement.of(view.daemonSet(), node).run()) {
                misscheduled += pods.isEmpty() ? 0 : 1;
                continue;
            }
            desired++;
            if (!pods.isEmpty()) {
                scheduled++;
                Pod first = pods.stream().min(DaemonPods.KEPT_FIRST).orElseThrow();
                ready += PodStates.ready(first) ? 1 : 0;
                available += view.available(first) ? 1 : 0;
                updated += DaemonPods.updated(first, view.hash()) ? 1 : 0;
            }
        }
        @Nullable DaemonSetStatus before = view.daemonSet().getStatus();
        return new DaemonSetStatusBuilder()
                .withDesiredNumberScheduled(desired)
                .withCurrentNumberScheduled(scheduled)
                .withNumberMisscheduled(misscheduled)
                .withNumberReady(ready)
                .withUpdatedNumberScheduled(updated)
                .withNumberAvailable(available)
                .withNumberUnavailable(desired - available)
                .withObservedGeneration(
                        observed
                                ? view.daemonSet().getMetadata().getGeneration()
                                : before == null ? null : before.getObservedGeneration())
                .withCollisionCount(before == null ? null : before.getCollisionCount())
                .withConditions(before == null ? List.of() : before.getConditions())
                .build();
    }

    /** Whether the API knows all of {@code next}; absent counts are zero. */
    static boolean same(@Nullable DaemonSetStatus before, DaemonSetStatus next) {
        return before != null
                && count(before.getDesiredNumberScheduled()) == count(next.getDesiredNumberScheduled())
                && count(before.getCurrentNumberScheduled()) == count(next.getCurrentNumberScheduled())
                && count(before.getNumberMisscheduled()) == count(next.getNumberMisscheduled())
                && count(before.getNumberReady()) == count(next.getNumberReady())
                && count(before.getUpdatedNumberScheduled()) == count(next.getUpdatedNumberScheduled())
                && count(before.getNumberAvailable()) == count(next.getNumberAvailable())
                && count(before.getNumberUnavailable()) == count(next.getNumberUnavailable())
                && Objects.equals(before.getObservedGeneration(), next.getObservedGeneration());
    }

    private static int count(@Nullable Integer number) {
        return number == null ? 0 : number;
    }
}
