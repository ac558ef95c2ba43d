package io.kvorum.component.fault;

import io.kvorum.component.fault.FaultRule.Direction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The fault rules of this process and the connections they apply to. Rules that concern the same peer compose. A rule with
 * an expiry clears itself even if who set it is gone. Thread-safe; looking a link up costs one map read.
 */
public final class FaultRules {
    private static final String ANY = "*";

    private record Entry(FaultRule rule, long expiresAt) {
        boolean expired(long now) {
            return rule.expiresIn() != null && now - expiresAt >= 0;
        }
    }

    /** A rule in force. {@code expiresInMillis} is what is left, null when it does not expire. */
    public record Active(FaultRule rule, @Nullable Long expiresInMillis) {}

    private final LongSupplier nanoTime;
    private final Set<FaultLink> links = ConcurrentHashMap.newKeySet();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private volatile Map<String, LinkFault> out = Map.of();
    private volatile Map<String, LinkFault> in = Map.of();
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
        entries.put(rule.id(), new Entry(rule, nanoTime.getAsLong() + lifetime));
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
        List<FaultLink> hit = new ArrayList<>();
        for (FaultLink link : links) {
            String peer = link.peer();
            if (peer != null && (peers.contains(peer) || peers.contains(ANY))) {
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
        out = compose(Direction.OUT);
        in = compose(Direction.IN);
        links.forEach(FaultLink::update);
    }

    private Map<String, LinkFault> compose(Direction way) {
        Map<String, LinkFault> composed = new HashMap<>();
        Set<String> peers = new HashSet<>();
        entries.values().forEach(entry -> peers.addAll(entry.rule.peers()));
        for (String peer : peers) {
            LinkFault fault = null;
            for (Entry entry : entries.values()) {
                FaultRule rule = entry.rule;
                if (rule.direction().covers(way)
                        && (rule.peers().contains(peer) || rule.peers().contains(ANY))) {
                    fault = LinkFault.both(fault, LinkFault.of(rule));
                }
            }
            if (fault != null) {
                composed.put(peer, fault);
            }
        }
        return Map.copyOf(composed);
    }

    @Nullable
    LinkFault out(@Nullable String peer) {
        return find(out, peer);
    }

    @Nullable
    LinkFault in(@Nullable String peer) {
        return find(in, peer);
    }

    private static @Nullable LinkFault find(Map<String, LinkFault> faults, @Nullable String peer) {
        if (peer == null || faults.isEmpty()) {
            return null;
        }
        LinkFault fault = faults.get(peer);
        return fault == null ? faults.get(ANY) : fault;
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
