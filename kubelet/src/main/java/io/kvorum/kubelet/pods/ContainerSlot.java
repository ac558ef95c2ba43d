package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.kvorum.kubelet.probes.ContainerProbes;
import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a worker remembers of one container of its pod. Belongs to the worker's context. */
final class ContainerSlot {
    Container spec;
    final ContainerKind kind;
    /** Of an ephemeral container: the one it looks at; null for none. */
    final @Nullable String target;
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

    /** The sizes the latest run has; null before the first. */
    @Nullable
    ResourceRequirements actual;

    /** Whether the run must give way to one with other sizes. */
    boolean resizing;

    /** Whether another run is owed, whatever the exit code of the latest. */
    boolean due;

    /** Whether that is the kubelet's own wish, for which nobody backs off. */
    boolean planned;

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

    ContainerSlot(Container spec, ContainerKind kind, @Nullable String target, RestartBackoff backoff) {
        this.spec = spec;
        this.kind = kind;
        this.target = target;
        this.restarts = backoff;
        this.pulls = backoff;
    }

    String name() {
        return spec.getName();
    }

    boolean sidecar() {
        return kind == ContainerKind.INIT && "Always".equals(spec.getRestartPolicy());
    }

    /** One of those that run one after the other before the main containers. */
    boolean plainInit() {
        return kind == ContainerKind.INIT && !sidecar();
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

    /** Whether it runs with another image than it should; of an ephemeral container that does not matter any more. */
    boolean changed() {
        String image = last == null ? null : last.details().get(PodWorker.IMAGE);
        return running() && kind != ContainerKind.EPHEMERAL && image != null && !image.equals(spec.getImage());
    }

    ContainerView view() {
        String failing = probes == null ? null : probes.failing();
        ContainerRecord run = last;
        if (run != null && run.running() && failing == null) {
            failing = changed()
                    ? "Container " + name() + " definition changed"
                    : resizing ? "Container " + name() + " resize requires restart" : null;
        }
        return new ContainerView(name(), kind, sidecar(), run, started(), failing, due, busy, notBefore);
    }
}
