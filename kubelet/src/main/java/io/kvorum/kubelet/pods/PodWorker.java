package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one pod to what its object asks for. Level-triggered: whatever happens, {@link #sync} plans anew from what is.
 * Lives on one event loop context; starts and kills run on the worker pool.
 */
final class PodWorker {
    static final String IMAGE = "image";
    static final String IMAGE_ID = "imageId";
    /** {@code true} for a run that counts as ready only once it has said that it can serve. */
    static final String ANNOUNCES = "announces";

    private static final Logger LOG = LoggerFactory.getLogger(PodWorker.class);
    private static final long DELETE_RETRY_MILLIS = 200;
    private static final long DELETE_RETRY_CAP_MILLIS = 5000;

    /** What the owner of the workers is told. */
    interface Owner {
        /** Nothing of the pod runs any more, nor ever will. */
        void ended(PodWorker worker);

        /** Why the node has no room for a pod of another size; null when it has. */
        NodeRoom.@Nullable Refusal room(PodWorker worker, Pod wanted);

        /** A pod got another size, which may leave room for others. */
        void resized(PodWorker worker);
    }

    private final PodEnvironment environment;
    private final Owner owner;
    private final PodState state;
    private final StatusWriter status;
    private final VolumeUpkeep volumes;
    private final ContainerWatch watch;
    private final ContainerEnds ends;
    private final ContainerStarts starts;
    private final PodResize resize;
    private boolean syncing;
    private boolean syncAgain;
    private boolean deletion;
    private boolean ended;
    private boolean closed;
    private @Nullable PodStatus lastStatus;
    private long planTimer = -1;
    private long deadlineTimer = -1;

    PodWorker(PodEnvironment environment, Pod pod, String ip, Owner owner) {
        this.environment = environment;
        this.owner = owner;
        this.state = new PodState(environment, pod, ip);
        this.status = new StatusWriter(environment.vertx(), environment.pods(), pod);
        this.lastStatus = pod.getStatus();
        ContainerStarter starter = new ContainerStarter(environment);
        ContainerHooks hooks = new ContainerHooks(state);
        this.volumes = new VolumeUpkeep(state, starter);
        this.watch = new ContainerWatch(state, this::sync);
        this.ends = new ContainerEnds(state, hooks, this::sync);
        this.starts = new ContainerStarts(state, volumes, starter, hooks, watch, ends, this::sync);
        this.resize = new PodResize(state, wanted -> owner.room(this, wanted));
    }

    Pod pod() {
        return state.pod();
    }

    String uid() {
        return state.uid;
    }

    String ip() {
        return state.ip;
    }

    boolean ended() {
        return ended;
    }

    /** Whether it asks for a size that the node has no room for yet. */
    boolean resizePending() {
        return resize.pending() != null;
    }

    /** Takes over runs that an earlier kubelet started; oldest first. */
    void adopt(List<ContainerRecord> records) {
        state.adopt(records);
        for (ContainerSlot slot : state.slots()) {
            if (slot.running()) {
                ContainerStatus before = RecordedRuns.statusOf(state.pod(), slot.name());
                boolean started = before != null && Boolean.TRUE.equals(before.getStarted());
                boolean ready = before != null && Boolean.TRUE.equals(before.getReady());
                watch.begin(slot, started, ready);
                environment.nodeImages().use(slot.spec.getImage());
                volumes.adopt();
            }
        }
    }

    /** The pod's object changed. */
    void update(Pod next) {
        state.update(next);
        sync();
    }

    /** The pod's object is gone: what still runs ends. */
    void removed() {
        state.remove();
        status.stop();
        sync();
    }

    /** Rejects the pod before anything was started. */
    void fail(String reason, String message) {
        state.fail(reason, message);
        sync();
    }

    /** Plans and acts; called within itself (a start may fail at once) it runs once more at the end instead. */
    void sync() {
        if (syncing) {
            syncAgain = true;
            return;
        }
        syncing = true;
        try {
            do {
                syncAgain = false;
                step();
            } while (syncAgain);
        } finally {
            syncing = false;
        }
    }

    private void step() {
        if (closed) {
            return;
        }
        Instant now = environment.clock().instant();
        checkDeadline(now);
        if (!ended && resize.step()) {
            owner.resized(this);
        }
        PodPlan plan = PodPlan.of(state.restartPolicy(), state.views(), state.ending(), now);
        for (PodPlan.Kill kill : plan.kill()) {
            ContainerSlot slot = state.slot(kill.container());
            if (slot != null) {
                ends.kill(slot, kill.reason());
            }
        }
        if (!starts.busy() && !ended && !plan.start().isEmpty()) {
            ContainerSlot slot = state.slot(plan.start().get(0));
            if (slot != null) {
                starts.start(slot);
            }
        }
        arm(plan, now);
        writeStatus(plan, now);
        if (plan.finished() && !ended) {
            ended = true;
            finish();
        } else if (ended && state.ending()) {
            finish();
        }
    }

    private void arm(PodPlan plan, Instant now) {
        environment.vertx().cancelTimer(planTimer);
        Duration delay = plan.delay(now);
        if (delay != null) {
            planTimer = environment.vertx().setTimer(Math.max(1, delay.toMillis()), t -> sync());
        }
    }

    private void checkDeadline(Instant now) {
        Long seconds = state.pod().getSpec().getActiveDeadlineSeconds();
        if (seconds == null || state.failure() != null || ended) {
            return;
        }
        Instant deadline = state.startTime.plusSeconds(seconds);
        environment.vertx().cancelTimer(deadlineTimer);
        if (now.isBefore(deadline)) {
            long millis = Math.max(1, Duration.between(now, deadline).toMillis() + 1);
            deadlineTimer = environment.vertx().setTimer(millis, t -> sync());
        } else {
            String message = "Pod was active on the node longer than the specified deadline";
            state.fail("DeadlineExceeded", message);
            state.event(null, "Normal", "DeadlineExceeded", message);
        }
    }

    private void writeStatus(PodPlan plan, Instant now) {
        if (state.removed() || state.terminalBefore) {
            return;
        }
        PodStatus next = PodStatuses.build(new PodStatuses.Input(
                state.desired(),
                state.slots(),
                plan,
                state.addresses(),
                volumes.ready(),
                resize,
                state.startTime,
                lastStatus,
                plan.finished() ? state.failure() : null,
                now));
        lastStatus = next;
        status.desire(next);
    }

    /** A run can serve. */
    void announced(ContainerId id) {
        watch.announced(id);
    }

    /** A run ended; called for the latest runs of this pod. */
    void exited(ContainerId id, ContainerExit exit) {
        ends.exited(id, exit);
    }

    /** Nothing runs any more: the final status, and if the pod is being deleted its object. */
    private void finish() {
        volumes.stop();
        environment.probeMetrics().ended(state.pod());
        environment.vertx().cancelTimer(deadlineTimer);
        if (state.removed()) {
            close();
            return;
        }
        owner.ended(this);
        if (state.deleting() && !deletion) {
            deletion = true;
            status.settled().onComplete(v -> deleteObject(DELETE_RETRY_MILLIS));
        }
    }

    private void deleteObject(long retryMillis) {
        if (closed || state.removed()) {
            return;
        }
        PodDeletion.delete(environment.pods(), state.pod()).onFailure(cause -> {
            LOG.warn("pod object not deleted pod={} cause={}", state.uid, cause.getMessage());
            environment
                    .vertx()
                    .setTimer(retryMillis, t -> deleteObject(Math.min(DELETE_RETRY_CAP_MILLIS, retryMillis * 2)));
        });
    }

    /** Ends the worker; nothing happens afterwards. */
    private void close() {
        closed = true;
        starts.close();
        environment.vertx().cancelTimer(planTimer);
        owner.ended(this);
    }

    /** Whether the pod's object is gone and nothing of it runs. */
    boolean closed() {
        return closed;
    }

    /** The id of the latest run of a container, or of the one before; null when there is none. */
    @Nullable
    ContainerId run(String container, boolean previous) {
        ContainerSlot slot = state.slot(container);
        if (slot == null) {
            return null;
        }
        ContainerRecord run = previous ? slot.previous : slot.last;
        if (previous && run == null && slot.last != null && !slot.last.running() && slot.waitingReason != null) {
            run = slot.last;
        }
        return run == null ? null : run.id();
    }

    /** The id of a container's run while it runs; null otherwise. */
    @Nullable
    ContainerId running(String container) {
        ContainerSlot slot = state.slot(container);
        return slot == null || slot.last == null || !slot.running() ? null : slot.last.id();
    }

    boolean anyRunning() {
        return state.slots().stream().anyMatch(ContainerSlot::running);
    }

    /** A container as the pod asks for it; null when the pod has none of that name. */
    @Nullable
    Container container(String name) {
        ContainerSlot slot = state.slot(name);
        return slot == null ? null : slot.spec;
    }

    /** Why a container has no log; as {@code state.waiting.reason}. */
    String waiting(String container) {
        ContainerSlot slot = state.slot(container);
        return slot == null || slot.waitingReason == null ? "ContainerCreating" : slot.waitingReason;
    }

    boolean hasContainer(String container) {
        return state.slot(container) != null;
    }
}
