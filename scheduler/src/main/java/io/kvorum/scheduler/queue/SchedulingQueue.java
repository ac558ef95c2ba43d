package io.kvorum.scheduler.queue;

import io.kvorum.client.ObjectKey;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.Plugin;
import io.kvorum.scheduler.framework.PodInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
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

        /** Where it is, for those who ask: {@code active}, {@code backoff}, {@code unschedulable}, {@code in flight}. */
        public String place() {
            return where.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }

        /** The plugins whose events it waits for. */
        public Set<String> rejectedBy() {
            return rejectedBy;
        }
    }

    private final LongSupplier nanos;
    private final Map<ObjectKey, Entry> entries = new HashMap<>();
    private final PriorityQueue<Entry> active = new PriorityQueue<>(
            Comparator.comparingInt((Entry e) -> -e.pod.priority()).thenComparingLong(e -> e.sequence));
    private final PriorityQueue<Entry> backoff = new PriorityQueue<>(Comparator.comparingLong(e -> e.readyNanos));
    /** Backing off after an error, not after a verdict: these wait even when there is nothing else to do. */
    private final PriorityQueue<Entry> errors = new PriorityQueue<>(Comparator.comparingLong(e -> e.readyNanos));
    /** The unschedulable pods, and the same by the plugins that rejected them; those that none rejected under "". */
    private final Set<Entry> waiting = new LinkedHashSet<>();

    private final Map<String, Set<Entry>> waitingFor = new HashMap<>();
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
            errors.remove(entry);
            waitNoLonger(entry);
        }
    }

    /** The pod in the queue, null when it is not. */
    public @Nullable Entry find(ObjectKey key) {
        return entries.get(key);
    }

    /**
     * Takes the next pod to schedule, null when there is none; one of the outcome methods must follow. When nothing is
     * active, a pod that an event could help need not see its backoff through: there is nobody it would hold up.
     */
    public @Nullable Entry poll() {
        flush(backoff);
        flush(errors);
        @Nullable Entry entry = active.poll();
        if (entry == null) {
            entry = backoff.poll();
        }
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
        waiting.add(entry);
        Set<String> names = entry.rejectedBy.isEmpty() ? Set.of("") : entry.rejectedBy;
        names.forEach(plugin ->
                waitingFor.computeIfAbsent(plugin, p -> new LinkedHashSet<>()).add(entry));
    }

    /** Something else went wrong, such as the binding: the pod is tried again after its backoff. */
    public void failed(Entry entry) {
        if (known(entry)) {
            entry.readyNanos = nanos.getAsLong() + backoffNanos(entry.attempts);
            entry.where = Where.BACKOFF;
            errors.add(entry);
        }
    }

    /**
     * Moves the pods back that one of {@code plugins} rejected and that {@code event} could help, as the plugin says;
     * true when any moved. Only pods that wait for these plugins are looked at.
     */
    public boolean move(List<Plugin> plugins, ClusterEvent event) {
        // A pod that no plugin rejected found no nodes at all: any event may help it.
        List<Entry> helped = new ArrayList<>(waitingFor.getOrDefault("", Set.of()));
        for (Plugin plugin : plugins) {
            for (Entry entry : waitingFor.getOrDefault(plugin.name(), Set.of())) {
                if (plugin.mayHelp(entry.pod, event)) {
                    helped.add(entry);
                }
            }
        }
        boolean moved = false;
        for (Entry entry : helped) {
            if (entry.where == Where.UNSCHEDULABLE) {
                requeue(entry);
                moved = true;
            }
        }
        return moved;
    }

    /** As {@link #retry}, but it sees its backoff through in any case: what was done for it failed. */
    public boolean retryAfterBackoff(ObjectKey key) {
        @Nullable Entry entry = entries.get(key);
        if (entry == null || entry.where != Where.UNSCHEDULABLE) {
            return false;
        }
        waitNoLonger(entry);
        entry.where = Where.BACKOFF;
        errors.add(entry);
        return true;
    }

    /** Moves an unschedulable pod back; true when it was one. */
    public boolean retry(ObjectKey key) {
        @Nullable Entry entry = entries.get(key);
        if (entry == null || entry.where != Where.UNSCHEDULABLE) {
            return false;
        }
        requeue(entry);
        return true;
    }

    /** Moves the pods back that have waited for an event for too long; true when any moved. */
    public boolean flushUnschedulable() {
        long now = nanos.getAsLong();
        boolean moved = false;
        for (Entry entry : List.copyOf(waiting)) {
            if (now - entry.sinceNanos >= MAX_UNSCHEDULABLE_NANOS) {
                requeue(entry);
                moved = true;
            }
        }
        return moved;
    }

    /** Nanoseconds until the first backoff ends, 0 when it has ended, negative when no pod backs off. */
    public long nextBackoffNanos() {
        long now = nanos.getAsLong();
        long first = -1;
        for (PriorityQueue<Entry> queue : List.of(backoff, errors)) {
            @Nullable Entry entry = queue.peek();
            if (entry != null) {
                long left = Math.max(0, entry.readyNanos - now);
                first = first < 0 ? left : Math.min(first, left);
            }
        }
        return first;
    }

    public int activePods() {
        return active.size();
    }

    public int backoffPods() {
        return backoff.size() + errors.size();
    }

    public int unschedulablePods() {
        return waiting.size();
    }

    private boolean known(Entry entry) {
        return entries.get(entry.pod.key()) == entry;
    }

    private void waitNoLonger(Entry entry) {
        if (waiting.remove(entry)) {
            for (String plugin : entry.rejectedBy.isEmpty() ? Set.of("") : entry.rejectedBy) {
                @Nullable Set<Entry> others = waitingFor.get(plugin);
                if (others != null) {
                    others.remove(entry);
                    if (others.isEmpty()) {
                        waitingFor.remove(plugin);
                    }
                }
            }
        }
    }

    private void requeue(Entry entry) {
        waitNoLonger(entry);
        if (entry.readyNanos - nanos.getAsLong() > 0) {
            entry.where = Where.BACKOFF;
            backoff.add(entry);
        } else {
            entry.where = Where.ACTIVE;
            active.add(entry);
        }
    }

    private void flush(PriorityQueue<Entry> queue) {
        long now = nanos.getAsLong();
        @Nullable Entry first = queue.peek();
        while (first != null && first.readyNanos - now <= 0) {
            queue.remove(first);
            first.where = Where.ACTIVE;
            active.add(first);
            first = queue.peek();
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
        Set<String> plugins = new HashSet<>(waitingFor.keySet());
        plugins.remove("");
        return plugins;
    }
}
