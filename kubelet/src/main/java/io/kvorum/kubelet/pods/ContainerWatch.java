package io.kvorum.kubelet.pods;

import io.kvorum.kubelet.probes.ContainerProbes;
import io.kvorum.kubelet.probes.ProbeKind;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerRecord;
import java.time.Duration;

/** Keeps an eye on running containers: their probes, and the word of those that say when they can serve. */
final class ContainerWatch {
    /** A run that says nothing for so long counts as ready all the same. */
    private static final Duration ANNOUNCE_LIMIT = Duration.ofSeconds(30);

    private final PodState state;
    private final Runnable sync;

    ContainerWatch(PodState state, Runnable sync) {
        this.state = state;
        this.sync = sync;
    }

    /** Begins with the latest run of a container; what held before holds until a probe says otherwise. */
    void begin(ContainerSlot slot, boolean startedBefore, boolean readyBefore) {
        ContainerRecord run = slot.last;
        if (run == null) {
            return;
        }
        PodEnvironment environment = state.environment;
        slot.probes = new ContainerProbes(
                environment.vertx(),
                environment.clock(),
                environment.prober(),
                run.id(),
                slot.spec,
                state.ip,
                run.startedAt(),
                startedBefore,
                readyBefore,
                new ContainerProbes.Listener() {
                    @Override
                    public void changed() {
                        sync.run();
                    }

                    @Override
                    public void probed(ProbeKind kind, boolean success) {
                        environment.probeMetrics().probed(state.pod(), slot.name(), kind, success);
                    }

                    @Override
                    public void unhealthy(String message) {
                        state.event(slot, "Warning", "Unhealthy", message);
                    }
                });
        slot.probes.start();
        awaitAnnouncement(slot, run);
    }

    private void awaitAnnouncement(ContainerSlot slot, ContainerRecord run) {
        slot.announced = !"true".equals(run.details().get(PodWorker.ANNOUNCES));
        if (slot.announced) {
            return;
        }
        PodEnvironment environment = state.environment;
        environment
                .workers()
                .executeBlocking(() -> environment.runtime().announced(run.id()), false)
                .onSuccess(there -> {
                    if (there) {
                        announced(run.id());
                    }
                });
        environment.vertx().setTimer(ANNOUNCE_LIMIT.toMillis(), t -> announced(run.id()));
    }

    /** A run can serve. */
    void announced(ContainerId id) {
        ContainerSlot slot = state.slotOf(id);
        if (slot != null && !slot.announced) {
            slot.announced = true;
            sync.run();
        }
    }
}
