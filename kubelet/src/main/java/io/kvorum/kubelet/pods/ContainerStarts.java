package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.kvorum.kubelet.images.ImageDescriptor;
import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerRecord;
import io.kvorum.kubelet.runtime.StartFailedException;
import io.kvorum.kubelet.volumes.PodVolumes;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the containers of one pod, one at a time, and says why when one cannot be started. */
final class ContainerStarts {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerStarts.class);
    private static final Duration CONFIG_RETRY = Duration.ofSeconds(2);
    /** How long a failed pull is shown as such before the state becomes ImagePullBackOff. */
    private static final Duration PULL_ERROR_SHOWN = Duration.ofSeconds(2);

    private static final int START_ERROR = 128;

    private final PodState state;
    private final VolumeUpkeep volumes;
    private final ContainerStarter starter;
    private final ContainerHooks hooks;
    private final ContainerWatch watch;
    private final ContainerEnds ends;
    private final Runnable sync;
    private boolean busy;
    private boolean closed;

    ContainerStarts(
            PodState state,
            VolumeUpkeep volumes,
            ContainerStarter starter,
            ContainerHooks hooks,
            ContainerWatch watch,
            ContainerEnds ends,
            Runnable sync) {
        this.state = state;
        this.volumes = volumes;
        this.starter = starter;
        this.hooks = hooks;
        this.watch = watch;
        this.ends = ends;
        this.sync = sync;
    }

    /** Whether a start is under way. */
    boolean busy() {
        return busy;
    }

    void close() {
        closed = true;
    }

    void start(ContainerSlot slot) {
        busy = true;
        slot.busy = true;
        slot.notBefore = Instant.EPOCH;
        int attempt = slot.last == null ? 0 : slot.last.id().attempt() + 1;
        var pod = state.pod();
        Container container = slot.spec;
        volumes.setUp()
                .compose(v -> pull(slot, container))
                .compose(image -> starter.start(
                        new ContainerStarter.Order(pod, container, attempt, image, state.addresses(), target(slot))))
                .onComplete(done -> {
                    busy = false;
                    slot.busy = false;
                    ContainerExit early = slot.earlyExit;
                    slot.earlyExit = null;
                    if (done.succeeded()) {
                        started(slot, container, done.result());
                        if (early != null) {
                            ends.exited(done.result().id(), early);
                        }
                    } else {
                        failed(slot, attempt, done.cause());
                    }
                    sync.run();
                });
    }

    /** The run an ephemeral container looks at. Errors: {@link ConfigErrorException} until it is there. */
    private @Nullable ContainerRecord target(ContainerSlot slot) {
        if (slot.target == null) {
            return null;
        }
        ContainerSlot target = state.slot(slot.target);
        if (target == null || target.last == null) {
            throw new ConfigErrorException("unable to find target container " + slot.target);
        }
        if (!target.running()) {
            throw new ConfigErrorException("target container " + slot.target + " is not running");
        }
        return target.last;
    }

    private Future<ImageDescriptor> pull(ContainerSlot slot, Container container) {
        String image = container.getImage();
        long begun = System.nanoTime();
        return starter.image(image).onSuccess(found -> {
            boolean present = state.environment.nodeImages().use(image);
            String policy = container.getImagePullPolicy() == null ? "IfNotPresent" : container.getImagePullPolicy();
            if (policy.equals("Always") || !present && !policy.equals("Never")) {
                long millis = (System.nanoTime() - begun) / 1_000_000;
                state.event(slot, "Normal", "Pulling", "Pulling image \"" + image + "\"");
                state.event(
                        slot,
                        "Normal",
                        "Pulled",
                        "Successfully pulled image \"" + image + "\" in " + millis + "ms (" + millis
                                + "ms including waiting). Image size: 0 bytes.");
            } else {
                state.event(slot, "Normal", "Pulled", "Container image \"" + image + "\" already present on machine");
            }
        });
    }

    private void started(ContainerSlot slot, Container container, ContainerRecord record) {
        if (slot.last != null) {
            slot.restarts = slot.restarts.next(state.environment.clock().instant());
            discard(slot.previous);
            slot.previous = slot.last;
            slot.previousEnding = slot.ending;
            slot.ending = ContainerSlot.Ending.NONE;
        }
        slot.last = record;
        slot.actual = PodAllocation.resources(container);
        slot.due = false;
        slot.planned = false;
        slot.waitingReason = null;
        slot.waitingMessage = null;
        state.event(slot, "Normal", "Created", "Created container: " + slot.name());
        state.event(slot, "Normal", "Started", "Started container " + slot.name());
        watch.begin(slot, false, false);
        LifecycleHandler hook = ContainerHooks.postStart(slot);
        if (hook != null) {
            postStart(slot, record, hook);
        }
    }

    private void postStart(ContainerSlot slot, ContainerRecord run, LifecycleHandler hook) {
        slot.hookRunning = true;
        hooks.run(slot, hook, Duration.ofSeconds(state.grace())).onSuccess(result -> {
            if (state.slotOf(run.id()) == null || !slot.running()) {
                return;
            }
            slot.hookRunning = false;
            if (!result.success()) {
                state.event(slot, "Warning", "FailedPostStartHook", "PostStartHook failed: " + result.output());
                ends.end(slot, "FailedPostStartHook");
            }
            sync.run();
        });
    }

    /** Of the runs of a container the latest two are kept. */
    private void discard(@Nullable ContainerRecord run) {
        if (run != null) {
            state.blocking(
                    "removing a run's folder", () -> state.environment.runtime().remove(run.id()));
        }
    }

    private void failed(ContainerSlot slot, int attempt, Throwable cause) {
        Instant now = state.environment.clock().instant();
        String message = String.valueOf(cause.getMessage());
        if (state.ending()) {
            return;
        }
        if (cause instanceof ContainerStarter.ImageException e) {
            pullFailed(slot, e.reason, message, now);
        } else if (cause instanceof PodVolumes.SetUpException) {
            state.event(null, "Warning", "FailedMount", message);
            slot.notBefore = now.plus(CONFIG_RETRY);
        } else if (cause instanceof ConfigErrorException) {
            wait(slot, "CreateContainerConfigError", message, now.plus(CONFIG_RETRY));
            state.event(slot, "Warning", "Failed", "Error: " + message);
        } else if (cause instanceof StartFailedException) {
            startFailed(slot, attempt, "failed to start container \"" + slot.name() + "\": " + message, now);
        } else {
            LOG.warn("container not started pod={} container={} cause={}", state.uid, slot.name(), message);
            wait(slot, "CreateContainerError", message, now.plus(CONFIG_RETRY));
            state.event(slot, "Warning", "Failed", "Error: " + message);
        }
    }

    /** The program could not be run at all, which counts as a run that ended at once. */
    private void startFailed(ContainerSlot slot, int attempt, String message, Instant now) {
        state.event(slot, "Normal", "Created", "Created container: " + slot.name());
        state.event(slot, "Warning", "Failed", "Error: " + message);
        if (slot.last != null) {
            slot.restarts = slot.restarts.next(now);
        }
        slot.previous = slot.last;
        slot.previousEnding = slot.ending;
        slot.last = new ContainerRecord(
                new ContainerId(state.uid, slot.name(), attempt),
                0,
                Instant.EPOCH,
                Map.of(PodWorker.IMAGE, slot.spec.getImage()),
                new ContainerExit(START_ERROR, now, true));
        slot.ending = new ContainerSlot.Ending("StartError", message);
        slot.waitingReason = null;
        slot.waitingMessage = null;
        ends.backOff(slot, now);
        if (slot.waitingReason == null && slot.kind != ContainerKind.EPHEMERAL) {
            slot.waitingReason = "RunContainerError";
            slot.waitingMessage = message;
        }
    }

    private static void wait(ContainerSlot slot, String reason, String message, Instant until) {
        slot.waitingReason = reason;
        slot.waitingMessage = message;
        slot.notBefore = until;
    }

    private void pullFailed(ContainerSlot slot, String reason, String message, Instant now) {
        String image = slot.spec.getImage();
        slot.pulls = slot.pulls.next(now);
        wait(slot, reason, message, slot.pulls.until(now));
        if (reason.equals("InvalidImageName")) {
            state.event(slot, "Warning", "InspectFailed", message);
            state.event(slot, "Warning", "Failed", "Error: InvalidImageName");
            return;
        }
        state.event(slot, "Normal", "Pulling", "Pulling image \"" + image + "\"");
        state.event(slot, "Warning", "Failed", "Failed to pull image \"" + image + "\": " + message);
        state.event(slot, "Warning", "Failed", "Error: ErrImagePull");
        state.environment.vertx().setTimer(PULL_ERROR_SHOWN.toMillis(), t -> {
            if (!closed && !slot.busy && "ErrImagePull".equals(slot.waitingReason)) {
                slot.waitingReason = "ImagePullBackOff";
                slot.waitingMessage = "Back-off pulling image \"" + image + "\": ErrImagePull: " + message;
                state.event(slot, "Normal", "BackOff", "Back-off pulling image \"" + image + "\"");
                state.event(slot, "Warning", "Failed", "Error: ImagePullBackOff");
                sync.run();
            }
        });
    }
}
