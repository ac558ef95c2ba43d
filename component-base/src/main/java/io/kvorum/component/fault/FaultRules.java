package io.kvorum.component.fault;

import io.kvorum.component.fault.FaultRule.Direction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The fault rules of this process and the connections they apply to. Rules that concern the same peer compose, see {@link
 * LinkFault#both}. A rule with an expiry clears itself even if who set it is gone. Thread-safe; looking a link up costs
 * one map read.
 */
public final class FaultRules {
    private record Entry(FaultRule rule, PeerSet peers, long expiresAt) {
        boolean expired(long now) {
            return rule.expiresIn() != null && now - expiresAt >= 0;
        }
    }

    /** A rule in force. {@code expiresInMillis} is what is left, null when it does not expire. */
    public record Active(FaultRule rule, @Nullable Long expiresInMillis) {}

    /** The rules at one moment, and what they come to for the peers that were asked for. */
    private static final class Composed {
        private final List<Entry> entries;
        private final Map<String, Optional<LinkFault>> out = new ConcurrentHashMap<>();
        private final Map<String, Optional<LinkFault>> in = new ConcurrentHashMap<>();

        Composed(List<Entry> entries) {
            this.entries = entries;
        }

        @Nullable
        LinkFault find(Direction way, @Nullable String peer) {
            if (peer == null || entries.isEmpty()) {
                return null;
            }
            Map<String, Optional<LinkFault>> known = way == Direction.OUT ? out : in;
            return known.computeIfAbsent(peer, p -> compose(way, p)).orElse(null);
        }

        private Optional<LinkFault> compose(Direction way, String peer) {
            LinkFault fault = null;
            for (Entry entry : entries) {
                if (entry.rule.direction().covers(way) && entry.peers.contains(peer)) {
                    fault = LinkFault.both(fault, LinkFault.of(entry.rule));
                }
            }
            return Optional.ofNullable(fault);
        }
    }

    private final LongSupplier nanoTime;
    private final Set<FaultLink> links = ConcurrentHashMap.newKeySet();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private volatile Composed composed = new Composed(List.of());
    private @Nullable ScheduledExecutorService timer;

    public FaultRules() {
        this(System::nanoTime);
    }

    FaultRules(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Puts a rule in force, in place of the one with the same id. */
    public synchronized void set(FaultRule rule) {
        long lifetime = rule.expiresIn() == null ? 0 : rule.expiresIn().toNanos();
        entries.put(rule.id(), new Entry(rule, new PeerSet(rule.peers()), nanoTime.getAsLong() + lifetime));
        if (rule.expiresIn() != null) {
            timer().schedule(this::expire, lifetime, TimeUnit.NANOSECONDS);
        }
        apply();
    }

    /** Takes a rule off; false when there is none with this id. */
    public synchronized boolean clear(String id) {
        boolean there = entries.remove(id) != null;
        if (there) {
            apply();
        }
        return there;
    }

    /** Takes all rules off; how many there were. */
    public synchronized int clearAll() {
        int count = entries.size();
        entries.clear();
        apply();
        return count;
    }

    /** The rules in force, oldest first. */
    public synchronized List<Active> list() {
        expire();
        long now = nanoTime.getAsLong();
        return entries.values().stream()
                .map(entry -> new Active(
                        entry.rule,
                        entry.rule.expiresIn() == null ? null : (entry.expiresAt - now + 999_999) / 1_000_000))
                .toList();
    }

    /** Resets every connection to these peers; how many there were. */
    public int reset(Set<String> peers) {
        PeerSet wanted = new PeerSet(peers);
        List<FaultLink> hit = new ArrayList<>();
        for (FaultLink link : links) {
            String peer = link.peer();
            if (peer != null && wanted.contains(peer)) {
                hit.add(link);
            }
        }
        hit.forEach(FaultLink::reset);
        return hit.size();
    }

    /** Clears what has expired. */
    synchronized void expire() {
        long now = nanoTime.getAsLong();
        if (entries.values().removeIf(entry -> entry.expired(now))) {
            apply();
        }
    }

    private void apply() {
        composed = new Composed(List.copyOf(entries.values()));
        links.forEach(FaultLink::update);
    }

    @Nullable
    LinkFault out(@Nullable String peer) {
        return composed.find(Direction.OUT, peer);
    }

    @Nullable
    LinkFault in(@Nullable String peer) {
        return composed.find(Direction.IN, peer);
    }

    void add(FaultLink link) {
        links.add(link);
    }

    void remove(FaultLink link) {
        links.remove(link);
    }

    /** Runs {@code task} later, for links that hold something back. */
    void later(Runnable task, long nanos) {
        timer().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    /** Started with the first rule that needs it, so that a process without faults has no such thread. */
    private synchronized ScheduledExecutorService timer() {
        ScheduledExecutorService running = timer;
        if (running == null) {
            running = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "fault-timer");
                thread.setDaemon(true);
                return thread;
            });
            timer = running;
        }
        return running;
    }
}
