package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.api.ApiException;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Timers;
import io.kvorum.scheduler.cache.SchedulerCache;
import io.kvorum.scheduler.framework.BindPlugin;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FitError;
import io.kvorum.scheduler.framework.Framework;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.ReservePlugin;
import io.kvorum.scheduler.framework.Status;
import io.kvorum.scheduler.queue.SchedulingQueue;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scheduling loop. A <em>scheduling cycle</em> decides for one pod, in one turn of the event loop; its <em>binding
 * cycle</em> talks to the API while the next pods are decided. Nodes and pods are followed all the time; pods are decided
 * only between {@link #resume} and {@link #pause}.
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
    private final SchedulingQueue queue;
    private final PodStatusWriter statuses;
    private boolean running;
    private boolean turning;
    private int bindings;
    private Timers.@Nullable Timer backoffTimer;
    private Timers.@Nullable Timer flushTimer;

    public Scheduler(Parts parts) {
        this.parts = parts;
        this.queue = new SchedulingQueue(parts.timers::nanos);
        this.statuses = new PodStatusWriter(parts.pods, parts.clock);
        parts.informers.of(Node.class).handler(new NodeHandler());
        parts.informers.of(Pod.class).handler(new PodHandler());
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
        CycleState state = new CycleState();
        Framework.Decision decision = parts.framework.schedule(state, pod, cache.nodes());
        @Nullable String node = decision.node();
        @Nullable FitError error = decision.error();
        if (node != null) {
            reserve(entry, state, node);
        } else if (error != null) {
            reject(entry, error);
        }
    }

    private void reject(SchedulingQueue.Entry entry, FitError error) {
        String message = error.message();
        LOG.debug("unschedulable pod={} attempts={} why={}", entry.pod().key(), entry.attempts(), message);
        queue.unschedulable(entry, error.plugins());
        parts.events.event(entry.pod().pod(), "Warning", "FailedScheduling", message);
        statuses.unscheduled(entry.pod().pod(), "Unschedulable", message);
    }

    private void reserve(SchedulingQueue.Entry entry, CycleState state, String node) {
        PodInfo pod = entry.pod();
        cache.assume(pod, node);
        for (ReservePlugin plugin : parts.reservers) {
            Status status = plugin.reserve(state, pod, node);
            if (!status.success()) {
                giveBack(state, pod, node);
                reject(entry, new FitError(cache.nodes().size(), Map.of(), Set.of(plugin.name()), status.reasons()));
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
        cache.forget(pod.key());
    }

    private void happened(ClusterEvent event) {
        if (queue.move(parts.framework.interestedIn(event))) {
            wake();
        }
    }

    private final class NodeHandler implements Informer.Handler<Node> {
        @Override
        public void added(Node node) {
            cache.putNode(node);
            happened(ClusterEvent.NODE_ADD);
        }

        @Override
        public void updated(Node before, Node after) {
            cache.putNode(after);
            NodeChange.events(before, after).forEach(Scheduler.this::happened);
        }

        @Override
        public void deleted(Node node) {
            cache.removeNode(node.getMetadata().getName());
        }
    }

    private final class PodHandler implements Informer.Handler<Pod> {
        @Override
        public void added(Pod pod) {
            observe(pod);
        }

        @Override
        public void updated(Pod before, Pod after) {
            observe(after);
        }

        @Override
        public void deleted(Pod pod) {
            gone(ObjectKey.of(pod));
        }

        private void observe(Pod pod) {
            ObjectKey key = ObjectKey.of(pod);
            if (finished(pod)) {
                gone(key);
            } else if (assigned(pod)) {
                queue.remove(key);
                cache.putPod(PodInfo.of(pod), pod.getSpec().getNodeName());
            } else if (waiting(pod)) {
                queue.add(PodInfo.of(pod));
                wake();
            } else {
                queue.remove(key);
            }
        }

        private void gone(ObjectKey key) {
            queue.remove(key);
            if (cache.removePod(key)) {
                happened(ClusterEvent.ASSIGNED_POD_DELETE);
            }
        }

        private boolean waiting(Pod pod) {
            return parts.name.equals(pod.getSpec().getSchedulerName())
                    && pod.getMetadata().getDeletionTimestamp() == null
                    && pod.getSpec().getSchedulingGates().isEmpty();
        }
    }

    private static boolean assigned(Pod pod) {
        @Nullable String node = pod.getSpec().getNodeName();
        return node != null && !node.isEmpty();
    }

    private static boolean finished(Pod pod) {
        @Nullable
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }
}
