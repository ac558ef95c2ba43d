package io.kvorum.scheduler.queue;

import io.kvorum.client.ObjectKey;
import io.kvorum.scheduler.framework.PodInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The pods that wait to be scheduled, in three places: <em>active</em> (next by priority, then by age),
 * <em>backoff</em> (tried in vain a moment ago) and <em>unschedulable</em> (waiting for an event in the cluster that
 * could help). A pod is in one of them, or being scheduled, or unknown here. Belongs to one context.
 */
public final class SchedulingQueue {
    private static final long INITIAL_BACKOFF_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long MAX_BACKOFF_NANOS = Duration.ofSeconds(10).toNanos();
    /** An unschedulable pod is tried again after this time even if no event came. */
    private static final long MAX_UNSCHEDULABLE_NANOS = Duration.ofMinutes(5).toNanos();

    private enum Where {
        ACTIVE,
        BACKOFF,
        UNSCHEDULABLE,
        IN_FLIGHT
    }

    /** A pod in the queue. */
    public static final class Entry {
        private PodInfo pod;
        private final long sequence;
        private int attempts;
        private long readyNanos;
        private long sinceNanos;
        private Set<String> rejectedBy = Set.of();
        private Where where = Where.ACTIVE;

        private Entry(PodInfo pod, long sequence) {
            this.pod = pod;
            this.sequence = sequence;
        }

        public PodInfo pod() {
            return pod;
        }

        /** How often it was tried, the try under way included. */
        public int attempts() {
            return attempts;
        }

        private int priority() {
            @Nullable Integer priority = pod.spec().getPriority();
            return priority == null ? 0 : priority;
        }
    }

    private final LongSupplier nanos;
    private final Map<ObjectKey, Entry> entries = new HashMap<>();
    private final PriorityQueue<Entry> active = new PriorityQueue<>(
            Comparator.comparingInt((Entry e) -> -e.priority()).thenComparingLong(e -> e.sequence));
    private final PriorityQueue<Entry> backoff = new PriorityQueue<>(Comparator.comparingLong(e -> e.readyNanos));
    private long nextSequence;

    /** @param nanos a clock that never steps */
    public SchedulingQueue(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** A pod without a node was seen; when it is known already, as {@link #update}. */
    public void add(PodInfo pod) {
        if (entries.containsKey(pod.key())) {
            update(pod);
            return;
        }
        Entry entry = new Entry(pod, nextSequence++);
        entries.put(pod.key(), entry);
        active.add(entry);
    }

    /** The pod was changed. A changed spec may fit where the old one did not, so it is tried again soon. */
    public void update(PodInfo pod) {
        @Nullable Entry entry = entries.get(pod.key());
        if (entry == null) {
            add(pod);
            return;
        }
        boolean respecified = !entry.pod.spec().equals(pod.spec());
        if (entry.where == Where.ACTIVE) {
            // Its place depends on its priority, so it is taken out while it changes.
            active.remove(entry);
            entry.pod = pod;
            active.add(entry);
            return;
        }
        entry.pod = pod;
        if (entry.where == Where.UNSCHEDULABLE && respecified) {
            requeue(entry);
        }
    }

    /** The pod is gone, or has a node. */
    public void remove(ObjectKey key) {
        @Nullable Entry entry = entries.remove(key);
        if (entry != null) {
            active.remove(entry);
            backoff.remove(entry);
        }
    }

    /** Takes the next pod to schedule, null when none is active; one of the outcome methods must follow. */
    public @Nullable Entry poll() {
        flushBackoff();
        @Nullable Entry entry = active.poll();
        if (entry != null) {
            entry.where = Where.IN_FLIGHT;
            entry.attempts++;
        }
        return entry;
    }

    /** The pod is bound. */
    public void bound(Entry entry) {
        entries.remove(entry.pod.key(), entry);
    }

    /** No node took the pod: it waits for an event that one of {@code plugins} registered for. */
    public void unschedulable(Entry entry, Set<String> plugins) {
        if (!known(entry)) {
            return;
        }
        entry.rejectedBy = Set.copyOf(plugins);
        entry.sinceNanos = nanos.getAsLong();
        entry.readyNanos = entry.sinceNanos + backoffNanos(entry.attempts);
        entry.where = Where.UNSCHEDULABLE;
    }

    /** Something else went wrong, such as the binding: the pod is tried again after its backoff. */
    public void failed(Entry entry) {
        if (known(entry)) {
            entry.readyNanos = nanos.getAsLong() + backoffNanos(entry.attempts);
            requeue(entry);
        }
    }

    /** Moves the pods back that one of {@code plugins} rejected; true when any moved. */
    public boolean move(Set<String> plugins) {
        boolean moved = false;
        for (Entry entry : unschedulable()) {
            // A pod that no plugin rejected found no nodes at all: any event may help it.
            if (entry.rejectedBy.isEmpty() || entry.rejectedBy.stream().anyMatch(plugins::contains)) {
                requeue(entry);
                moved = true;
            }
        }
        return moved;
    }

    /** Moves the pods back that have waited for an event for too long; true when any moved. */
    public boolean flushUnschedulable() {
        long now = nanos.getAsLong();
        boolean moved = false;
        for (Entry entry : unschedulable()) {
            if (now - entry.sinceNanos >= MAX_UNSCHEDULABLE_NANOS) {
                requeue(entry);
                moved = true;
            }
        }
        return moved;
    }

    /** Nanoseconds until the first backoff ends, 0 when it has ended, negative when no pod backs off. */
    public long nextBackoffNanos() {
        @Nullable Entry first = backoff.peek();
        return first == null ? -1 : Math.max(0, first.readyNanos - nanos.getAsLong());
    }

    public int activePods() {
        return active.size();
    }

    public int backoffPods() {
        return backoff.size();
    }

    public int unschedulablePods() {
        return unschedulable().size();
    }

    private boolean known(Entry entry) {
        return entries.get(entry.pod.key()) == entry;
    }

    private List<Entry> unschedulable() {
        List<Entry> found = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (entry.where == Where.UNSCHEDULABLE) {
                found.add(entry);
            }
        }
        return found;
    }

    private void requeue(Entry entry) {
        if (entry.readyNanos - nanos.getAsLong() > 0) {
            entry.where = Where.BACKOFF;
            backoff.add(entry);
        } else {
            entry.where = Where.ACTIVE;
            active.add(entry);
        }
    }

    private void flushBackoff() {
        long now = nanos.getAsLong();
        @Nullable Entry first = backoff.peek();
        while (first != null && first.readyNanos - now <= 0) {
            backoff.remove(first);
            first.where = Where.ACTIVE;
            active.add(first);
            first = backoff.peek();
        }
    }

    /** 1 s after the first try, doubled with each further one, at most 10 s. */
    static long backoffNanos(int attempts) {
        long nanos = INITIAL_BACKOFF_NANOS;
        for (int i = 1; i < attempts && nanos < MAX_BACKOFF_NANOS; i++) {
            nanos *= 2;
        }
        return Math.min(nanos, MAX_BACKOFF_NANOS);
    }

    /** Names of all plugins that hold up some pod; for the metrics and for tests. */
    public Set<String> holdingUp() {
        Set<String> plugins = new HashSet<>();
        unschedulable().forEach(entry -> plugins.addAll(entry.rejectedBy));
        return plugins;
    }
}
