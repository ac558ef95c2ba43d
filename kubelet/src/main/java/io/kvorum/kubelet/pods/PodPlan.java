package io.kvorum.kubelet.pods;

import io.kvorum.kubelet.runtime.ContainerExit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What to do next for a pod. Pure: the same view gives the same plan.
 *
 * @param start the containers to start now, in order
 * @param kill the containers to end now
 * @param again when to plan again even if nothing happens; null for never
 * @param initialized whether the init containers are through
 * @param phase {@code Pending}, {@code Running}, {@code Succeeded}, {@code Failed}
 * @param finished whether nothing runs and nothing will
 */
public record PodPlan(
        List<String> start,
        List<Kill> kill,
        @Nullable Instant again,
        boolean initialized,
        String phase,
        boolean finished) {

    /** @param reason text of the event, null for the usual "Stopping container" */
    public record Kill(String container, @Nullable String reason) {}

    /**
     * @param containers of each kind in the order of the spec
     * @param ending whether the pod must end whatever its containers do: deleted, evicted or failed as a whole
     */
    public static PodPlan of(String restartPolicy, List<ContainerView> containers, boolean ending, Instant now) {
        return new Planner(restartPolicy, containers, now).plan(ending);
    }

    private static final class Planner {
        private final String restartPolicy;
        private final List<ContainerView> inits;
        private final List<ContainerView> mains;
        private final List<ContainerView> ephemerals;
        private final Instant now;
        private final List<String> start = new ArrayList<>();
        private final List<Kill> kill = new ArrayList<>();
        private @Nullable Instant again;

        Planner(String restartPolicy, List<ContainerView> containers, Instant now) {
            this.restartPolicy = restartPolicy;
            this.inits = of(containers, ContainerKind.INIT);
            this.mains = of(containers, ContainerKind.MAIN);
            this.ephemerals = of(containers, ContainerKind.EPHEMERAL);
            this.now = now;
        }

        private static List<ContainerView> of(List<ContainerView> containers, ContainerKind kind) {
            return containers.stream().filter(c -> c.kind() == kind).toList();
        }

        PodPlan plan(boolean ending) {
            boolean initFailed =
                    restartPolicy.equals("Never") && inits.stream().anyMatch(c -> !c.sidecar() && failed(c));
            boolean through = mains.stream().anyMatch(c -> c.last() != null)
                    || inits.stream().allMatch(c -> c.sidecar() ? c.running() && c.started() : c.succeeded());
            boolean mainsDone = through && mains.stream().allMatch(this::done);
            if (ending || initFailed || mainsDone) {
                end();
            } else {
                run(through);
            }
            boolean idle = containers().noneMatch(c -> c.running() || c.busy());
            boolean finished = idle && (ending || initFailed || mainsDone);
            return new PodPlan(start, kill, again, through, phase(initFailed, mainsDone, ending, idle), finished);
        }

        private Stream<ContainerView> containers() {
            return Stream.of(inits, mains, ephemerals).flatMap(List::stream);
        }

        /** The main, ephemeral and ordinary init containers first; then the sidecars, the last started first. */
        private void end() {
            boolean others = false;
            for (ContainerView container : containers().toList()) {
                if (!container.sidecar() && (container.running() || container.busy())) {
                    others = true;
                    if (container.running()) {
                        kill.add(new Kill(container.name(), null));
                    }
                }
            }
            List<ContainerView> sidecars = new ArrayList<>(
                    inits.stream().filter(ContainerView::sidecar).toList());
            Collections.reverse(sidecars);
            for (ContainerView sidecar : sidecars) {
                if (!others && sidecar.running()) {
                    kill.add(new Kill(sidecar.name(), null));
                    return;
                }
            }
        }

        private void run(boolean through) {
            // Whatever the others do, and once only.
            for (ContainerView container : ephemerals) {
                if (container.last() == null) {
                    startOrWait(container);
                }
            }
            for (ContainerView container : inits) {
                if (container.failing() != null && container.running()) {
                    kill.add(new Kill(container.name(), container.failing()));
                }
                if (container.sidecar()) {
                    if (!container.running()) {
                        startOrWait(container);
                    }
                    if (!through && !(container.running() && container.started())) {
                        return;
                    }
                } else if (!through && !container.succeeded()) {
                    if (!container.running()) {
                        startOrWait(container);
                    }
                    return;
                }
            }
            for (ContainerView container : mains) {
                if (container.running()) {
                    if (container.failing() != null) {
                        kill.add(new Kill(container.name(), container.failing()));
                    }
                } else if (!done(container)) {
                    startOrWait(container);
                }
            }
        }

        private void startOrWait(ContainerView container) {
            if (container.busy()) {
                return;
            }
            if (container.notBefore().isAfter(now)) {
                again = again == null || container.notBefore().isBefore(again) ? container.notBefore() : again;
            } else {
                start.add(container.name());
            }
        }

        /** Whether a main container has ended for good. */
        private boolean done(ContainerView container) {
            ContainerExit exit = container.exit();
            if (exit == null || container.busy() || container.due()) {
                return false;
            }
            return restartPolicy.equals("Never") || restartPolicy.equals("OnFailure") && exit.code() == 0;
        }

        private static boolean failed(ContainerView container) {
            ContainerExit exit = container.exit();
            return exit != null && exit.code() != 0;
        }

        /**
         * As upstream's getPhase: pending until a main container has run, running while one runs or will run again. A
         * pod is not told to be over before its last process is.
         */
        private String phase(boolean initFailed, boolean mainsDone, boolean ending, boolean idle) {
            boolean anyRun = mains.stream().anyMatch(c -> c.last() != null);
            if (!idle || !(initFailed || mainsDone || ending)) {
                return anyRun ? "Running" : "Pending";
            }
            boolean anyFailed = mains.stream().anyMatch(Planner::failed);
            boolean allRun = mains.stream().allMatch(c -> c.last() != null);
            return initFailed || anyFailed || !allRun ? "Failed" : "Succeeded";
        }
    }

    /** How long until {@link #again}, at least a millisecond; null for never. */
    public @Nullable Duration delay(Instant now) {
        if (again == null) {
            return null;
        }
        Duration delay = Duration.between(now, again);
        return delay.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : delay;
    }
}
