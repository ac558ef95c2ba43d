package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.api.ApiException;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informers;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Timers;
import io.kvorum.scheduler.cache.Nominations;
import io.kvorum.scheduler.cache.SchedulerCache;
import io.kvorum.scheduler.framework.BindPlugin;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.ClusterView;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FitError;
import io.kvorum.scheduler.framework.Framework;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.Preemption;
import io.kvorum.scheduler.framework.ReservePlugin;
import io.kvorum.scheduler.framework.Status;
import io.kvorum.scheduler.queue.SchedulingQueue;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scheduling loop. A <em>scheduling cycle</em> decides for one pod, in one turn of the event loop; its <em>binding
 * cycle</em>, or the ending of the pods that must make room for it, talks to the API while the next pods are decided.
 * Nodes and pods are followed all the time; pods are decided only between {@link #resume} and {@link #pause}.
 */
public final class Scheduler {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
    private static final int MAX_BINDINGS = 64;
    /** Cycles a turn of the event loop, so that watch events are not held up by a long queue. */
    private static final int CYCLES_PER_TURN = 8;

    private static final Duration FLUSH_UNSCHEDULABLE = Duration.ofSeconds(30);

    /**
     * What a scheduler is built of.
     *
     * @param name the {@code schedulerName} of the pods it is responsible for
     * @param mayAct asked before each binding: whether this instance still leads
     */
    public record Parts(
            String name,
            Informers informers,
            ResourceClient<Pod> pods,
            Framework framework,
            List<ReservePlugin> reservers,
            BindPlugin binder,
            EventRecorder events,
            Timers timers,
            Clock clock,
            BooleanSupplier mayAct) {}

    private final Parts parts;
    private final SchedulerCache cache = new SchedulerCache();
    private final Nominations nominations = new Nominations();
    private final DecisionLog decisions = new DecisionLog();
    private final SchedulingQueue queue;
    private final ClusterView view;
    private final PodStatusWriter statuses;
    private final Evictor evictor;
    /** Pods whose turn came while the API was still taking deletions for them. */
    private final Set<ObjectKey> passedOver = new HashSet<>();

    private boolean running;
    private boolean turning;
    private int bindings;
    private Timers.@Nullable Timer backoffTimer;
    private Timers.@Nullable Timer flushTimer;

    public Scheduler(Parts parts) {
        this.parts = parts;
        this.queue = new SchedulingQueue(parts.timers::nanos);
        this.view = new LiveView(cache, nominations, parts.informers);
        this.statuses = new PodStatusWriter(parts.pods, parts.clock);
        this.evictor = new Evictor(parts.pods, statuses, parts.events, parts.name);
        new ClusterWatch(parts.name, cache, queue, nominations, this::happened, this::wake).follow(parts.informers);
    }

    /** Begins to decide. */
    public void resume() {
        if (!running) {
            running = true;
            flushLater();
            wake();
        }
    }

    /** Decides nothing more; bindings under way come to their end. */
    public void pause() {
        running = false;
        if (backoffTimer != null) {
            backoffTimer.cancel();
        }
        if (flushTimer != null) {
            flushTimer.cancel();
        }
    }

    /** For metrics: pods that are active, backing off, unschedulable. */
    public SchedulingQueue queue() {
        return queue;
    }

    /** Answers why a pod is where it is, or would go where. */
    public Explainer explainer() {
        return new Explainer(parts.name, parts.framework, view, queue, decisions, parts.informers);
    }

    private void flushLater() {
        flushTimer = parts.timers.after(FLUSH_UNSCHEDULABLE, () -> {
            if (queue.flushUnschedulable()) {
                wake();
            }
            flushLater();
        });
    }

    /** Has a turn soon. Through a timer rather than at once: what arrives together is decided together. */
    private void wake() {
        if (running && !turning) {
            turning = true;
            parts.timers.after(Duration.ZERO, () -> {
                turning = false;
                turn();
            });
        }
    }

    private void turn() {
        for (int i = 0; i < CYCLES_PER_TURN && running && bindings < MAX_BINDINGS; i++) {
            SchedulingQueue.@Nullable Entry entry = queue.poll();
            if (entry == null) {
                wakeAfterBackoff();
                return;
            }
            cycle(entry);
        }
        if (bindings < MAX_BINDINGS) {
            wake();
        }
    }

    private void wakeAfterBackoff() {
        long wait = queue.nextBackoffNanos();
        if (backoffTimer != null) {
            backoffTimer.cancel();
        }
        if (wait >= 0) {
            // A millisecond more than asked, for timers are cut to whole ones.
            backoffTimer = parts.timers.after(Duration.ofNanos(wait).plusMillis(1), this::wake);
        }
    }

    private void cycle(SchedulingQueue.Entry entry) {
        PodInfo pod = entry.pod();
        if (cache.placed(pod.key())) {
            // Bound while it stood in the queue; the watch will say so.
            queue.bound(entry);
            return;
        }
        if (evictor.underWay(pod.key())) {
            passedOver.add(pod.key());
            queue.unschedulable(entry, entry.rejectedBy());
            return;
        }
        CycleState state = new CycleState();
        Framework.Decision decision = parts.framework.schedule(state, pod, view);
        @Nullable String node = decision.node();
        @Nullable FitError error = decision.error();
        if (node != null) {
            reserve(entry, state, node);
        } else if (error != null) {
            reject(entry, error);
        }
    }

    private void decided(SchedulingQueue.Entry entry, String node, String message, String nominated) {
        decisions.put(
                entry.pod().key(),
                new DecisionLog.Decided(
                        parts.clock.instant(),
                        entry.pod().pod().getMetadata().getUid(),
                        entry.attempts(),
                        node,
                        message,
                        nominated));
    }

    private void reject(SchedulingQueue.Entry entry, FitError error) {
        PodInfo pod = entry.pod();
        String message = error.message();
        Preemption.@Nullable Candidate room = error.preemption().chosen();
        LOG.debug("unschedulable pod={} attempts={} why={}", pod.key(), entry.attempts(), message);
        queue.unschedulable(entry, error.plugins());
        parts.events.event(pod.pod(), "Warning", "FailedScheduling", message);
        decided(entry, "", message, room == null ? nominations.of(pod.key()) : room.node());
        if (room != null && parts.mayAct.getAsBoolean()) {
            statuses.unscheduled(pod.pod(), "Unschedulable", message, room.node());
            makeRoom(pod, room);
            return;
        }
        // Without a candidate a promise is worth nothing any more, unless the room is just being made.
        boolean inVain = error.preemption().candidates().isEmpty()
                && !error.preemption().helpless().isEmpty();
        if (inVain) {
            unnominate(pod);
        }
        statuses.unscheduled(pod.pod(), "Unschedulable", message, inVain ? "" : null);
    }

    private void makeRoom(PodInfo pod, Preemption.Candidate room) {
        LOG.info("preempting for pod={} node={} victims={}", pod.key(), room.node(), keys(room.victims()));
        // Those of lower priority that were promised this node would find it taken: they may look elsewhere.
        for (PodInfo other : List.copyOf(nominations.on(room.node()))) {
            if (other.priority() < pod.priority()) {
                nominations.remove(other.key());
                statuses.notNominated(other.pod());
                queue.retry(other.key());
            }
        }
        nominations.put(pod, room.node());
        evictor.preempt(pod, room).onComplete(done -> {
            boolean missedATurn = passedOver.remove(pod.key());
            if (done.failed()) {
                LOG.warn(
                        "preemption failed pod={} cause={}",
                        pod.key(),
                        done.cause().getMessage());
                unnominate(pod);
                statuses.notNominated(pod.pod());
                queue.retryAfterBackoff(pod.key());
                wake();
            } else if (missedATurn && queue.retry(pod.key())) {
                wake();
            }
        });
    }

    private static List<ObjectKey> keys(List<PodInfo> pods) {
        return pods.stream().map(PodInfo::key).toList();
    }

    private void unnominate(PodInfo pod) {
        String node = nominations.remove(pod.key());
        if (!node.isEmpty()) {
            happened(ClusterEvent.ofPod(ClusterEvent.Kind.ASSIGNED_POD_DELETE, null, cache.known(node)));
        }
    }

    private void reserve(SchedulingQueue.Entry entry, CycleState state, String node) {
        PodInfo pod = entry.pod();
        cache.assume(pod, node);
        nominations.remove(pod.key());
        for (ReservePlugin plugin : parts.reservers) {
            Status status = plugin.reserve(state, pod, node);
            if (!status.success()) {
                giveBack(state, pod, node);
                reject(
                        entry,
                        new FitError(
                                cache.nodes().size(),
                                Map.of(),
                                Set.of(plugin.name()),
                                status.reasons(),
                                Preemption.NONE));
                return;
            }
        }
        bind(entry, state, node);
    }

    private void bind(SchedulingQueue.Entry entry, CycleState state, String node) {
        PodInfo pod = entry.pod();
        if (!parts.mayAct.getAsBoolean()) {
            giveBack(state, pod, node);
            queue.failed(entry);
            return;
        }
        bindings++;
        decided(entry, node, "", "");
        parts.binder.bind(state, pod, node).onComplete(done -> {
            bindings--;
            if (done.succeeded()) {
                queue.bound(entry);
                parts.events.event(
                        pod.pod(), "Normal", "Scheduled", "Successfully assigned " + pod.key() + " to " + node);
            } else {
                giveBack(state, pod, node);
                bindFailed(entry, node, done.cause());
            }
            wake();
        });
    }

    private void bindFailed(SchedulingQueue.Entry entry, String node, Throwable cause) {
        ObjectKey key = entry.pod().key();
        if (cause instanceof ApiException e && e.notFound()) {
            // Deleted meanwhile; its event takes it off the queue, or the pod's successor is there already.
            LOG.debug("pod vanished before it was bound pod={}", key);
        } else {
            LOG.warn("binding failed pod={} node={} cause={}", key, node, cause.getMessage());
            parts.events.event(
                    entry.pod().pod(), "Warning", "FailedScheduling", "binding rejected: " + cause.getMessage());
        }
        queue.failed(entry);
    }

    private void giveBack(CycleState state, PodInfo pod, String node) {
        for (int i = parts.reservers.size() - 1; i >= 0; i--) {
            parts.reservers.get(i).unreserve(state, pod, node);
        }
        boolean assumed = cache.placed(pod.key());
        cache.forget(pod.key());
        if (assumed && !cache.placed(pod.key())) {
            happened(ClusterEvent.ofPod(ClusterEvent.Kind.ASSIGNED_POD_DELETE, pod, cache.known(node)));
        }
    }

    private void happened(ClusterEvent event) {
        if (queue.move(parts.framework.interestedIn(event.kind()), event)) {
            wake();
        }
    }
}
