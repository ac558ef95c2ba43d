package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.kvorum.kubelet.probes.ContainerProbes;
import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a worker remembers of one container of its pod. Belongs to the worker's context. */
final class ContainerSlot {
    Container spec;
    final boolean init;
    /** The latest run and the one before; null before there was one. */
    @Nullable
    ContainerRecord last;

    @Nullable
    ContainerRecord previous;

    /** Reason and message of the latest and previous end, where they are not the usual ones. */
    Ending ending = Ending.NONE;

    Ending previousEnding = Ending.NONE;

    /** Why it waits, as {@code state.waiting}; null for the usual reason. */
    @Nullable
    String waitingReason;

    @Nullable
    String waitingMessage;

    RestartBackoff restarts;
    RestartBackoff pulls;
    Instant notBefore = Instant.EPOCH;
    boolean busy;
    boolean hookRunning;

    /** Whether the run has said that it can serve; see {@link PodWorker#ANNOUNCES}. */
    boolean announced;

    /** How the run that is being started has ended already. */
    @Nullable
    ContainerExit earlyExit;

    @Nullable
    ContainerProbes probes;

    /** When the kill under way is forced; null when none is. */
    @Nullable
    Instant killBy;

    long killTimer = -1;

    record Ending(@Nullable String reason, @Nullable String message) {
        static final Ending NONE = new Ending(null, null);
    }

    ContainerSlot(Container spec, boolean init, RestartBackoff restarts, RestartBackoff pulls) {
        this.spec = spec;
        this.init = init;
        this.restarts = restarts;
        this.pulls = pulls;
    }

    String name() {
        return spec.getName();
    }

    boolean sidecar() {
        return init && "Always".equals(spec.getRestartPolicy());
    }

    boolean running() {
        return last != null && last.running();
    }

    /** Whether the run counts as started: its startup probe passed, its postStart hook ended. */
    boolean started() {
        return running() && !hookRunning && probes != null && probes.started();
    }

    boolean ready() {
        return started() && announced && killBy == null && probes != null && probes.ready();
    }

    ContainerView view() {
        String failing = probes == null ? null : probes.failing();
        ContainerRecord run = last;
        if (run != null && run.running() && failing == null) {
            String image = run.details().get(PodWorker.IMAGE);
            if (image != null && !image.equals(spec.getImage())) {
                failing = "Container " + name() + " definition changed, will be restarted";
            }
        }
        return new ContainerView(name(), init, sidecar(), run, started(), failing, busy, notBefore);
    }
}
