package io.kvorum.kubelet.pods;

import io.kvorum.kubelet.volumes.PodVolumes;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The volumes of one pod: set up before its first container starts, then kept up with the API. */
final class VolumeUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeUpkeep.class);

    private final PodState state;
    private final ContainerStarter starter;
    private boolean ready;
    private boolean stopped;
    private long timer = -1;

    VolumeUpkeep(PodState state, ContainerStarter starter) {
        this.state = state;
        this.starter = starter;
    }

    boolean ready() {
        return ready;
    }

    /** Containers of the pod run already, started by an earlier kubelet. */
    void adopt() {
        if (!ready) {
            ready = true;
            follow();
        }
    }

    /** Sets the volumes up once. Fails with {@link PodVolumes.SetUpException} among others. */
    Future<Void> setUp() {
        if (ready) {
            return Future.succeededFuture();
        }
        return starter.setUpVolumes(state.pod(), state.addresses()).onSuccess(v -> adopt());
    }

    private void follow() {
        if (PodVolumes.changing(state.pod())) {
            refreshLater();
        }
    }

    private void refreshLater() {
        timer = state.environment
                .vertx()
                .setTimer(state.environment.volumeRefresh().toMillis(), t -> {
                    if (stopped || state.ending()) {
                        return;
                    }
                    starter.setUpVolumes(state.pod(), state.addresses()).onComplete(done -> {
                        if (done.failed()) {
                            LOG.warn(
                                    "volumes not refreshed pod={} cause={}",
                                    state.uid,
                                    done.cause().getMessage());
                        }
                        if (!stopped) {
                            refreshLater();
                        }
                    });
                });
    }

    void stop() {
        stopped = true;
        state.environment.vertx().cancelTimer(timer);
    }
}
