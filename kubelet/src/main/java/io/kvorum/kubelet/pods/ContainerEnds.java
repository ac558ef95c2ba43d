package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Probe;
import io.kvorum.kubelet.probes.ContainerProbes;
import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerRecord;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the runs of a pod's containers, and takes note of their ends. */
final class ContainerEnds {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerEnds.class);
    private static final int MAX_TERMINATION_MESSAGE = 4096;
    private static final int FALLBACK_LINES = 80;
    private static final int FALLBACK_BYTES = 2048;

    /** What a process has at least between SIGTERM and SIGKILL when its hook took all the time; upstream's. */
    private static final Duration LEAST_GRACE = Duration.ofSeconds(2);

    private final PodState state;
    private final ContainerHooks hooks;
    private final Runnable sync;

    ContainerEnds(PodState state, ContainerHooks hooks, Runnable sync) {
        this.state = state;
        this.hooks = hooks;
        this.sync = sync;
    }

    /**
     * Ends the latest run. With a reason another one follows it, if the pod's policy allows or the pod itself asks for
     * another one.
     *
     * @param reason what is wrong with it, as the event says; null when it is just not wanted any more
     */
    void kill(ContainerSlot slot, @Nullable String reason) {
        boolean planned = slot.resizing || slot.changed();
        slot.due = reason != null
                && (planned || slot.sidecar() || !state.restartPolicy().equals("Never"));
        slot.planned = slot.due && planned;
        boolean told = slot.due && !slot.resizing;
        end(
                slot,
                reason == null ? "Stopping container " + slot.name() : told ? reason + ", will be restarted" : reason);
    }

    /** The hook, SIGTERM, and SIGKILL when its time is up. Called again it may only shorten the time. */
    void end(ContainerSlot slot, String event) {
        ContainerRecord run = slot.last;
        if (run == null || !run.running()) {
            return;
        }
        Duration grace = Duration.ofSeconds(grace(slot));
        Instant by = state.environment.clock().instant().plus(grace);
        if (slot.killBy != null && !by.isBefore(slot.killBy)) {
            return;
        }
        boolean first = slot.killBy == null;
        slot.killBy = by;
        boolean hook = first && ContainerHooks.preStop(slot) != null;
        force(slot, run, hook ? grace.plus(LEAST_GRACE) : grace);
        if (!first) {
            return;
        }
        if (slot.probes != null) {
            slot.probes.stop();
        }
        state.event(slot, "Normal", "Killing", event);
        preStop(slot, grace).onComplete(done -> {
            if (hook) {
                leaveTime(slot, run);
            }
            state.blocking(
                    "terminating " + run.id(), () -> state.environment.runtime().terminate(run.id()));
        });
    }

    private void force(ContainerSlot slot, ContainerRecord run, Duration in) {
        state.environment.vertx().cancelTimer(slot.killTimer);
        slot.killTimer = state.environment
                .vertx()
                .setTimer(
                        Math.max(1, in.toMillis()),
                        t -> state.blocking(
                                "killing " + run.id(),
                                () -> state.environment.runtime().kill(run.id())));
    }

    private Future<?> preStop(ContainerSlot slot, Duration limit) {
        LifecycleHandler hook = ContainerHooks.preStop(slot);
        if (hook == null) {
            return Future.succeededFuture();
        }
        return hooks.run(slot, hook, limit).onSuccess(result -> {
            if (!result.success()) {
                state.event(slot, "Warning", "FailedPreStopHook", "PreStopHook failed: " + result.output());
            }
        });
    }

    /** The hook is over: the process has the rest of the time, but the least grace in any case. */
    private void leaveTime(ContainerSlot slot, ContainerRecord run) {
        if (slot.last != run || slot.killBy == null) {
            return;
        }
        Duration rest = Duration.between(state.environment.clock().instant(), slot.killBy);
        force(slot, run, rest.compareTo(LEAST_GRACE) < 0 ? LEAST_GRACE : rest);
    }

    private long grace(ContainerSlot slot) {
        if (state.removed()) {
            // Nobody waits for it any more; upstream's minimum.
            return state.deleting() ? state.grace() : 1;
        }
        ContainerProbes probes = slot.probes;
        if (probes != null && probes.failing() != null && !state.ending()) {
            Probe probe = probes.started() ? slot.spec.getLivenessProbe() : slot.spec.getStartupProbe();
            if (probe != null && probe.getTerminationGracePeriodSeconds() != null) {
                return Math.max(1, probe.getTerminationGracePeriodSeconds());
            }
        }
        return state.grace();
    }

    /** A run ended; what is not the latest one has been counted before. */
    void exited(ContainerId id, ContainerExit exit) {
        ContainerSlot starting = state.slot(id.container());
        if (starting != null
                && starting.busy
                && (starting.last == null || starting.last.id().attempt() < id.attempt())) {
            // It ended before the start was heard of.
            starting.earlyExit = exit;
            return;
        }
        ContainerSlot slot = state.slotOf(id);
        ContainerRecord run = slot == null ? null : slot.last;
        if (slot == null || run == null) {
            return;
        }
        if (slot.probes != null) {
            slot.probes.stop();
        }
        state.environment.vertx().cancelTimer(slot.killTimer);
        state.environment
                .workers()
                .executeBlocking(() -> terminationMessage(slot.spec, id, exit), false)
                .onComplete(done -> {
                    if (done.failed()) {
                        LOG.warn(
                                "termination message not read run={} cause={}",
                                id,
                                done.cause().getMessage());
                    }
                    slot.last = new ContainerRecord(id, run.pid(), run.startedAt(), run.details(), exit);
                    slot.ending = new ContainerSlot.Ending(null, done.succeeded() ? done.result() : null);
                    slot.killBy = null;
                    slot.probes = null;
                    slot.hookRunning = false;
                    slot.resizing = false;
                    backOff(slot, state.environment.clock().instant());
                    sync.run();
                });
    }

    /** Decides from when on a container that ended may start again, and tells of it if it has to wait. */
    void backOff(ContainerSlot slot, Instant now) {
        ContainerExit exit = slot.last == null ? null : slot.last.exit();
        if (exit == null || slot.kind == ContainerKind.EPHEMERAL || slot.planned) {
            return;
        }
        slot.notBefore = slot.restarts.until(exit.at());
        String policy = state.restartPolicy();
        boolean restarts = slot.sidecar()
                || slot.due
                || !policy.equals("Never")
                        && (exit.code() != 0 || policy.equals("Always") && slot.kind != ContainerKind.INIT);
        if (restarts && slot.notBefore.isAfter(now) && !state.ending()) {
            var meta = state.pod().getMetadata();
            String podName = meta.getName() + "_" + meta.getNamespace() + "(" + state.uid + ")";
            slot.waitingReason = "CrashLoopBackOff";
            slot.waitingMessage = "back-off " + RestartBackoff.goDuration(slot.restarts.delay())
                    + " restarting failed container=" + slot.name() + " pod=" + podName;
            state.event(
                    slot,
                    "Warning",
                    "BackOff",
                    "Back-off restarting failed container " + slot.name() + " in pod " + podName);
        }
    }

    static String terminationMessagePath(Container container) {
        String path = container.getTerminationMessagePath();
        return path == null || path.isEmpty() ? "/dev/termination-log" : path;
    }

    private @Nullable String terminationMessage(Container container, ContainerId id, ContainerExit exit)
            throws IOException {
        String path = terminationMessagePath(container);
        Path root = state.environment.runtime().root(id);
        Path file = root.resolve(path.replaceFirst("^/+", "")).normalize();
        if (file.startsWith(root) && Files.isRegularFile(file) && Files.size(file) > 0) {
            byte[] bytes;
            try (var in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MAX_TERMINATION_MESSAGE);
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
        if ("FallbackToLogsOnError".equals(container.getTerminationMessagePolicy()) && exit.code() != 0) {
            return state.environment.runtime().log(id).tail(FALLBACK_LINES, FALLBACK_BYTES);
        }
        return null;
    }
}
