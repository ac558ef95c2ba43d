package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Probe;
import io.kvorum.kubelet.images.ImageDescriptor;
import io.kvorum.kubelet.probes.ContainerProbes;
import io.kvorum.kubelet.probes.ProbeResult;
import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerRecord;
import io.kvorum.kubelet.runtime.StartFailedException;
import io.kvorum.kubelet.volumes.PodVolumes;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private static final Duration CONFIG_RETRY = Duration.ofSeconds(2);
    /** How long a failed pull is shown as such before the state becomes ImagePullBackOff. */
    private static final Duration PULL_ERROR_SHOWN = Duration.ofSeconds(2);

    /** A run that says nothing for so long counts as ready all the same. */
    private static final Duration ANNOUNCE_LIMIT = Duration.ofSeconds(30);

    private static final int MAX_TERMINATION_MESSAGE = 4096;

    /** What the owner of the workers is told. */
    interface Owner {
        /** Nothing of the pod runs any more, nor ever will. */
        void ended(PodWorker worker);
    }

    private final PodEnvironment environment;
    private final ContainerStarter starter;
    private final Owner owner;
    private final StatusWriter status;
    private final Map<String, ContainerSlot> slots = new LinkedHashMap<>();
    private final String uid;
    private Pod pod;
    private final String ip;
    private final Instant startTime;
    private @Nullable String failureReason;
    private @Nullable String failureMessage;
    /** It had ended before this worker: what is left of it must end, and its status stands. */
    private final boolean terminalBefore;

    private boolean removed;
    private boolean syncing;
    private boolean syncAgain;
    private boolean deletion;
    private boolean volumesReady;
    private boolean starting;
    private boolean ended;
    private boolean closed;
    private @Nullable PodStatus lastStatus;
    private long planTimer = -1;
    private long deadlineTimer = -1;
    private long volumeTimer = -1;

    PodWorker(PodEnvironment environment, Pod pod, String ip, Owner owner) {
        this.environment = environment;
        this.starter = new ContainerStarter(environment);
        this.owner = owner;
        this.pod = pod;
        this.uid = pod.getMetadata().getUid();
        this.ip = ip;
        this.status = new StatusWriter(environment.vertx(), environment.pods(), pod);
        this.lastStatus = pod.getStatus();
        this.startTime = pod.getStatus() != null && pod.getStatus().getStartTime() != null
                ? Instant.parse(pod.getStatus().getStartTime())
                : environment.clock().instant();
        for (Container container : ContainerEnvironment.nonNull(pod.getSpec().getInitContainers())) {
            slots.put(container.getName(), slot(container, true));
        }
        for (Container container : pod.getSpec().getContainers()) {
            slots.put(container.getName(), slot(container, false));
        }
        this.terminalBefore = terminal(pod);
    }

    private ContainerSlot slot(Container container, boolean init) {
        RestartBackoff backoff = RestartBackoff.none(environment.backoffBase(), environment.backoffCap());
        return new ContainerSlot(container, init, backoff, backoff);
    }

    static boolean terminal(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }

    Pod pod() {
        return pod;
    }

    String uid() {
        return uid;
    }

    String ip() {
        return ip;
    }

    boolean ended() {
        return ended;
    }

    /** Takes over runs that an earlier kubelet started; oldest first. */
    void adopt(List<ContainerRecord> records) {
        for (ContainerRecord record : records) {
            ContainerSlot slot = slots.get(record.id().container());
            if (slot != null
                    && (slot.last == null
                            || slot.last.id().attempt() < record.id().attempt())) {
                slot.previous = slot.last;
                slot.last = record;
            }
        }
        for (ContainerSlot slot : slots.values()) {
            if (slot.running()) {
                var before = statusOf(slot.name());
                boolean started = before != null && Boolean.TRUE.equals(before.getStarted());
                boolean ready = before != null && Boolean.TRUE.equals(before.getReady());
                startProbes(slot, started, ready);
                environment.nodeImages().use(slot.spec.getImage());
                volumesReady = true;
            }
        }
    }

    private io.fabric8.kubernetes.api.model.@Nullable ContainerStatus statusOf(String container) {
        if (pod.getStatus() == null) {
            return null;
        }
        return java.util.stream.Stream.concat(
                        ContainerEnvironment.nonNull(pod.getStatus().getContainerStatuses()).stream(),
                        ContainerEnvironment.nonNull(pod.getStatus().getInitContainerStatuses()).stream())
                .filter(s -> s.getName().equals(container))
                .findFirst()
                .orElse(null);
    }

    /** The pod's object changed. */
    void update(Pod next) {
        pod = next;
        for (Container container : ContainerEnvironment.nonNull(next.getSpec().getInitContainers())) {
            respec(container);
        }
        next.getSpec().getContainers().forEach(this::respec);
        sync();
    }

    private void respec(Container container) {
        ContainerSlot slot = slots.get(container.getName());
        if (slot != null) {
            slot.spec = container;
        }
    }

    /** The pod's object is gone: what still runs ends. */
    void removed() {
        removed = true;
        status.stop();
        sync();
    }

    /** Rejects the pod before anything was started. */
    void fail(String reason, String message) {
        if (failureReason == null) {
            failureReason = reason;
            failureMessage = message;
        }
        sync();
    }

    private boolean ending() {
        return removed
                || terminalBefore
                || failureReason != null
                || pod.getMetadata().getDeletionTimestamp() != null;
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
        PodPlan plan = plan(now);
        for (PodPlan.Kill kill : plan.kill()) {
            ContainerSlot slot = slots.get(kill.container());
            if (slot != null) {
                kill(slot, kill.reason());
            }
        }
        if (!starting && !ended && !plan.start().isEmpty()) {
            ContainerSlot slot = slots.get(plan.start().get(0));
            if (slot != null) {
                start(slot);
            }
        }
        arm(plan, now);
        writeStatus(plan, now);
        if (plan.finished() && !ended) {
            ended = true;
            finish();
        } else if (ended && ending()) {
            finish();
        }
    }

    private PodPlan plan(Instant now) {
        String policy = pod.getSpec().getRestartPolicy() == null
                ? "Always"
                : pod.getSpec().getRestartPolicy();
        return PodPlan.of(
                policy, slots.values().stream().map(ContainerSlot::view).toList(), ending(), now);
    }

    private void arm(PodPlan plan, Instant now) {
        environment.vertx().cancelTimer(planTimer);
        Duration delay = plan.delay(now);
        if (delay != null) {
            planTimer = environment.vertx().setTimer(Math.max(1, delay.toMillis()), t -> sync());
        }
    }

    private void checkDeadline(Instant now) {
        Long seconds = pod.getSpec().getActiveDeadlineSeconds();
        if (seconds == null || failureReason != null || ended) {
            return;
        }
        Instant deadline = startTime.plusSeconds(seconds);
        environment.vertx().cancelTimer(deadlineTimer);
        if (now.isBefore(deadline)) {
            long millis = Math.max(1, Duration.between(now, deadline).toMillis() + 1);
            deadlineTimer = environment.vertx().setTimer(millis, t -> sync());
        } else {
            failureReason = "DeadlineExceeded";
            failureMessage = "Pod was active on the node longer than the specified deadline";
            event(null, "Normal", "DeadlineExceeded", String.valueOf(failureMessage));
        }
    }

    private void writeStatus(PodPlan plan, Instant now) {
        if (removed || terminalBefore) {
            return;
        }
        PodStatus next = PodStatuses.build(new PodStatuses.Input(
                pod,
                slots.values(),
                plan,
                addresses(),
                volumesReady,
                startTime,
                lastStatus,
                plan.finished() ? failureReason : null,
                plan.finished() ? failureMessage : null,
                now));
        lastStatus = next;
        status.desire(next);
    }

    private PodFields.Addresses addresses() {
        return new PodFields.Addresses(ip, environment.hostIp());
    }

    // Starting.

    private void start(ContainerSlot slot) {
        starting = true;
        slot.busy = true;
        slot.notBefore = Instant.EPOCH;
        int attempt = slot.last == null ? 0 : slot.last.id().attempt() + 1;
        Pod of = pod;
        Container container = slot.spec;
        ready(of)
                .compose(v -> pull(slot, of, container))
                .compose(image -> starter.start(of, container, attempt, image, addresses()))
                .onComplete(done -> {
                    starting = false;
                    slot.busy = false;
                    ContainerExit early = slot.earlyExit;
                    slot.earlyExit = null;
                    if (done.succeeded()) {
                        started(slot, done.result());
                        if (early != null) {
                            exited(done.result().id(), early);
                        }
                    } else {
                        startFailed(slot, attempt, done.cause());
                    }
                    sync();
                });
    }

    /** Volumes first, once for the pod. */
    private Future<Void> ready(Pod of) {
        if (volumesReady) {
            return Future.succeededFuture();
        }
        return starter.setUpVolumes(of, addresses()).onSuccess(v -> {
            volumesReady = true;
            if (PodVolumes.changing(of)) {
                refreshVolumesLater();
            }
        });
    }

    private void refreshVolumesLater() {
        volumeTimer = environment.vertx().setTimer(environment.volumeRefresh().toMillis(), t -> {
            if (closed || ending()) {
                return;
            }
            starter.setUpVolumes(pod, addresses()).onComplete(done -> {
                if (done.failed()) {
                    LOG.warn(
                            "volumes not refreshed pod={} cause={}",
                            uid,
                            done.cause().getMessage());
                }
                if (!closed) {
                    refreshVolumesLater();
                }
            });
        });
    }

    private Future<ImageDescriptor> pull(ContainerSlot slot, Pod of, Container container) {
        String image = container.getImage();
        long begun = System.nanoTime();
        return starter.image(image).onSuccess(found -> {
            boolean present = environment.nodeImages().use(image);
            String policy = container.getImagePullPolicy() == null ? "IfNotPresent" : container.getImagePullPolicy();
            if (policy.equals("Always") || !present && !policy.equals("Never")) {
                long millis = (System.nanoTime() - begun) / 1_000_000;
                event(slot, "Normal", "Pulling", "Pulling image \"" + image + "\"");
                event(
                        slot,
                        "Normal",
                        "Pulled",
                        "Successfully pulled image \"" + image + "\" in " + millis + "ms (" + millis
                                + "ms including waiting). Image size: 0 bytes.");
            } else {
                event(slot, "Normal", "Pulled", "Container image \"" + image + "\" already present on machine");
            }
        });
    }

    private void started(ContainerSlot slot, ContainerRecord record) {
        if (slot.last != null) {
            slot.restarts = slot.restarts.next(environment.clock().instant());
            discard(slot.previous);
            slot.previous = slot.last;
            slot.previousEnding = slot.ending;
            slot.ending = ContainerSlot.Ending.NONE;
        }
        slot.last = record;
        slot.waitingReason = null;
        slot.waitingMessage = null;
        event(slot, "Normal", "Created", "Created container: " + slot.name());
        event(slot, "Normal", "Started", "Started container " + slot.name());
        startProbes(slot, false, false);
        LifecycleHandler hook = slot.spec.getLifecycle() == null
                ? null
                : slot.spec.getLifecycle().getPostStart();
        if (hook != null) {
            slot.hookRunning = true;
            hook(slot, hook, Duration.ofSeconds(grace())).onSuccess(result -> {
                slot.hookRunning = false;
                if (!result.success()) {
                    event(slot, "Warning", "FailedPostStartHook", "PostStartHook failed: " + result.output());
                    kill(slot, "FailedPostStartHook");
                }
                sync();
            });
        }
    }

    /** Of the runs of a container the latest two are kept. */
    private void discard(@Nullable ContainerRecord run) {
        if (run != null) {
            blocking("removing a run's folder", () -> environment.runtime().remove(run.id()));
        }
    }

    private void startFailed(ContainerSlot slot, int attempt, Throwable cause) {
        Instant now = environment.clock().instant();
        String message = String.valueOf(cause.getMessage());
        if (ending()) {
            return;
        }
        if (cause instanceof ContainerStarter.ImageException e) {
            pullFailed(slot, e.reason, message, now);
        } else if (cause instanceof PodVolumes.SetUpException) {
            event(null, "Warning", "FailedMount", message);
            slot.notBefore = now.plus(CONFIG_RETRY);
        } else if (cause instanceof ConfigErrorException) {
            wait(slot, "CreateContainerConfigError", message, now.plus(CONFIG_RETRY));
            event(slot, "Warning", "Failed", "Error: " + message);
        } else if (cause instanceof StartFailedException) {
            String text = "failed to start container \"" + slot.name() + "\": " + message;
            event(slot, "Normal", "Created", "Created container: " + slot.name());
            event(slot, "Warning", "Failed", "Error: " + text);
            if (slot.last != null) {
                slot.restarts = slot.restarts.next(now);
            }
            slot.previous = slot.last;
            slot.previousEnding = slot.ending;
            slot.last = new ContainerRecord(
                    new ContainerId(uid, slot.name(), attempt),
                    0,
                    Instant.EPOCH,
                    Map.of(IMAGE, slot.spec.getImage()),
                    new ContainerExit(128, now, true));
            slot.ending = new ContainerSlot.Ending("StartError", text);
            backOff(slot, now);
            if (slot.waitingReason == null) {
                slot.waitingReason = "RunContainerError";
                slot.waitingMessage = text;
            }
        } else {
            LOG.warn("container not started pod={} container={} cause={}", uid, slot.name(), message);
            wait(slot, "CreateContainerError", message, now.plus(CONFIG_RETRY));
            event(slot, "Warning", "Failed", "Error: " + message);
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
        Instant until = slot.pulls.until(now);
        wait(slot, reason, message, until);
        if (reason.equals("InvalidImageName")) {
            event(slot, "Warning", "InspectFailed", message);
            event(slot, "Warning", "Failed", "Error: InvalidImageName");
            return;
        }
        event(slot, "Normal", "Pulling", "Pulling image \"" + image + "\"");
        event(slot, "Warning", "Failed", "Failed to pull image \"" + image + "\": " + message);
        event(slot, "Warning", "Failed", "Error: ErrImagePull");
        environment.vertx().setTimer(PULL_ERROR_SHOWN.toMillis(), t -> {
            if (!closed && !slot.busy && "ErrImagePull".equals(slot.waitingReason)) {
                slot.waitingReason = "ImagePullBackOff";
                slot.waitingMessage = "Back-off pulling image \"" + image + "\": ErrImagePull: " + message;
                event(slot, "Normal", "BackOff", "Back-off pulling image \"" + image + "\"");
                event(slot, "Warning", "Failed", "Error: ImagePullBackOff");
                sync();
            }
        });
    }

    // Running.

    private void startProbes(ContainerSlot slot, boolean startedBefore, boolean readyBefore) {
        ContainerRecord run = slot.last;
        if (run == null) {
            return;
        }
        slot.probes = new ContainerProbes(
                environment.vertx(),
                environment.clock(),
                environment.prober(),
                run.id(),
                slot.spec,
                ip,
                run.startedAt(),
                startedBefore,
                readyBefore,
                new ContainerProbes.Listener() {
                    @Override
                    public void changed() {
                        sync();
                    }

                    @Override
                    public void unhealthy(String message) {
                        event(slot, "Warning", "Unhealthy", message);
                    }
                });
        slot.probes.start();
        awaitAnnouncement(slot, run);
    }

    private void awaitAnnouncement(ContainerSlot slot, ContainerRecord run) {
        slot.announced = !"true".equals(run.details().get(ANNOUNCES));
        if (slot.announced) {
            return;
        }
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
        ContainerSlot slot = slots.get(id.container());
        if (slot != null && slot.last != null && slot.last.id().equals(id) && !slot.announced) {
            slot.announced = true;
            sync();
        }
    }

    /** A run ended; called for the latest runs of this pod. */
    void exited(ContainerId id, ContainerExit exit) {
        ContainerSlot slot = slots.get(id.container());
        if (slot == null) {
            return;
        }
        if (slot.busy && (slot.last == null || slot.last.id().attempt() < id.attempt())) {
            // It ended before the start was heard of.
            slot.earlyExit = exit;
            return;
        }
        ContainerRecord run = slot.last;
        if (run == null || !run.id().equals(id)) {
            return;
        }
        if (slot.probes != null) {
            slot.probes.stop();
        }
        environment.vertx().cancelTimer(slot.killTimer);
        environment
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
                    backOff(slot, environment.clock().instant());
                    sync();
                });
    }

    private void backOff(ContainerSlot slot, Instant now) {
        ContainerExit exit = slot.last == null ? null : slot.last.exit();
        if (exit == null) {
            return;
        }
        slot.notBefore = slot.restarts.until(exit.at());
        String policy = pod.getSpec().getRestartPolicy();
        boolean restarts = slot.sidecar()
                || !"Never".equals(policy) && (exit.code() != 0 || "Always".equals(policy) && !slot.init);
        if (restarts && slot.notBefore.isAfter(now) && !ending()) {
            String podName =
                    pod.getMetadata().getName() + "_" + pod.getMetadata().getNamespace() + "(" + uid + ")";
            slot.waitingReason = "CrashLoopBackOff";
            slot.waitingMessage = "back-off " + goDuration(slot.restarts.delay()) + " restarting failed container="
                    + slot.name() + " pod=" + podName;
            event(
                    slot,
                    "Warning",
                    "BackOff",
                    "Back-off restarting failed container " + slot.name() + " in pod " + podName);
        }
    }

    /** As Go prints durations: {@code 10s}, {@code 1m20s}, {@code 5m0s}. */
    static String goDuration(Duration time) {
        long seconds = time.toSeconds();
        if (seconds == 0 && !time.isZero()) {
            return time.toMillis() + "ms";
        }
        return seconds >= 60 ? seconds / 60 + "m" + seconds % 60 + "s" : seconds + "s";
    }

    static String terminationMessagePath(Container container) {
        String path = container.getTerminationMessagePath();
        return path == null || path.isEmpty() ? "/dev/termination-log" : path;
    }

    private @Nullable String terminationMessage(Container container, ContainerId id, ContainerExit exit)
            throws IOException {
        String path = terminationMessagePath(container);
        Path root = environment.runtime().root(id);
        Path file = root.resolve(path.replaceFirst("^/+", "")).normalize();
        if (file.startsWith(root) && Files.isRegularFile(file) && Files.size(file) > 0) {
            byte[] bytes;
            try (var in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MAX_TERMINATION_MESSAGE);
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
        if ("FallbackToLogsOnError".equals(container.getTerminationMessagePolicy()) && exit.code() != 0) {
            return environment.runtime().log(id).tail(80, 2048);
        }
        return null;
    }

    // Ending.

    /** Seconds between SIGTERM and SIGKILL when the whole pod ends. */
    private long grace() {
        Long deletion = pod.getMetadata().getDeletionGracePeriodSeconds();
        if (pod.getMetadata().getDeletionTimestamp() != null && deletion != null) {
            return Math.max(1, deletion);
        }
        Long spec = pod.getSpec().getTerminationGracePeriodSeconds();
        return spec == null ? 30 : Math.max(1, spec);
    }

    private long grace(ContainerSlot slot, boolean unhealthy) {
        if (removed) {
            // Nobody waits for it any more; upstream's minimum.
            return pod.getMetadata().getDeletionTimestamp() == null ? 1 : grace();
        }
        if (unhealthy && !ending()) {
            Probe probe = slot.spec.getLivenessProbe();
            if (probe != null && probe.getTerminationGracePeriodSeconds() != null) {
                return Math.max(1, probe.getTerminationGracePeriodSeconds());
            }
        }
        return grace();
    }

    private void kill(ContainerSlot slot, @Nullable String reason) {
        ContainerRecord run = slot.last;
        if (run == null || !run.running()) {
            return;
        }
        long seconds = grace(slot, reason != null);
        Instant by = environment.clock().instant().plusSeconds(seconds);
        if (slot.killBy != null && !by.isBefore(slot.killBy)) {
            return;
        }
        boolean first = slot.killBy == null;
        slot.killBy = by;
        environment.vertx().cancelTimer(slot.killTimer);
        slot.killTimer = environment
                .vertx()
                .setTimer(
                        seconds * 1000,
                        t -> blocking(
                                "killing " + run.id(),
                                () -> environment.runtime().kill(run.id())));
        if (!first) {
            return;
        }
        if (slot.probes != null) {
            slot.probes.stop();
        }
        event(slot, "Normal", "Killing", reason == null ? "Stopping container " + slot.name() : reason);
        LifecycleHandler hook = slot.spec.getLifecycle() == null
                ? null
                : slot.spec.getLifecycle().getPreStop();
        Future<?> before = hook == null
                ? Future.succeededFuture()
                : hook(slot, hook, Duration.ofSeconds(seconds)).onSuccess(result -> {
                    if (!result.success()) {
                        event(slot, "Warning", "FailedPreStopHook", "PreStopHook failed: " + result.output());
                    }
                });
        before.onComplete(done ->
                blocking("terminating " + run.id(), () -> environment.runtime().terminate(run.id())));
    }

    private Future<ProbeResult> hook(ContainerSlot slot, LifecycleHandler hook, Duration limit) {
        ContainerRecord run = slot.last;
        if (run == null) {
            return Future.succeededFuture(new ProbeResult(true, ""));
        }
        if (hook.getExec() != null) {
            return environment.prober().exec(run.id(), hook.getExec().getCommand(), limit);
        }
        if (hook.getHttpGet() != null) {
            return environment.prober().http(slot.spec, hook.getHttpGet(), ip, limit);
        }
        if (hook.getSleep() != null) {
            long millis = Math.max(1, Math.min(limit.toMillis(), hook.getSleep().getSeconds() * 1000));
            return environment
                    .vertx()
                    .timer(millis, java.util.concurrent.TimeUnit.MILLISECONDS)
                    .map(new ProbeResult(true, ""));
        }
        return Future.succeededFuture(new ProbeResult(true, ""));
    }

    /** Nothing runs any more: the final status, and if the pod is being deleted its object. */
    private void finish() {
        environment.vertx().cancelTimer(volumeTimer);
        environment.vertx().cancelTimer(deadlineTimer);
        if (removed) {
            close();
            return;
        }
        boolean deleting = pod.getMetadata().getDeletionTimestamp() != null;
        owner.ended(this);
        if (deleting && !deletion) {
            deletion = true;
            status.settled().onComplete(v -> deleteObject(200));
        }
    }

    private void deleteObject(long retryMillis) {
        if (closed || removed) {
            return;
        }
        PodDeletion.delete(environment.pods(), pod).onFailure(cause -> {
            LOG.warn("pod object not deleted pod={} cause={}", uid, cause.getMessage());
            environment.vertx().setTimer(retryMillis, t -> deleteObject(Math.min(5000, retryMillis * 2)));
        });
    }

    /** Ends the worker; nothing happens afterwards. */
    private void close() {
        closed = true;
        environment.vertx().cancelTimer(planTimer);
        owner.ended(this);
    }

    private interface Work {
        void run() throws IOException;
    }

    private void blocking(String what, Work work) {
        environment
                .workers()
                .executeBlocking(
                        () -> {
                            work.run();
                            return null;
                        },
                        false)
                .onFailure(e -> LOG.warn("{} failed cause={}", what, e.toString()));
    }

    private void event(@Nullable ContainerSlot slot, String type, String reason, String note) {
        environment.events().event(PodEnvironment.reference(pod, slot), type, reason, note);
    }

    /** Whether the pod's object is gone and nothing of it runs. */
    boolean closed() {
        return closed;
    }

    /** The id of the latest run of a container, or of the one before; null when there is none. */
    @Nullable
    ContainerId run(String container, boolean previous) {
        ContainerSlot slot = slots.get(container);
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
        ContainerSlot slot = slots.get(container);
        return slot == null || slot.last == null || !slot.running() ? null : slot.last.id();
    }

    boolean anyRunning() {
        return slots.values().stream().anyMatch(ContainerSlot::running);
    }

    /** A container as the pod asks for it; null when the pod has none of that name. */
    @Nullable
    Container container(String name) {
        ContainerSlot slot = slots.get(name);
        return slot == null ? null : slot.spec;
    }

    /** Why a container has no log; as {@code state.waiting.reason}. */
    String waiting(String container) {
        ContainerSlot slot = slots.get(container);
        return slot == null || slot.waitingReason == null ? "ContainerCreating" : slot.waitingReason;
    }

    boolean hasContainer(String container) {
        return slots.containsKey(container);
    }
}
