package io.kvorum.testkit.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Looks for what a correct cluster cannot have done. */
public final class HistoryCheck {
    /** How many sentences of one sort are kept. */
    private static final int MOST_OF_A_KIND = 20;

    private final History history;
    private final Map<String, Write> writes = new HashMap<>();

    /** Every change that anybody knows of, by resource version. */
    private final TreeMap<Long, Seen> changes = new TreeMap<>();

    private final Map<Sort, List<String>> violations = new TreeMap<>();
    private final Map<Sort, Integer> counts = new TreeMap<>();

    /** What can be wrong. */
    public enum Sort {
        /** An acknowledged write left no trace, or was undone without a write that did it. */
        LOST_WRITE,
        /** One write had an effect twice. */
        DOUBLED_WRITE,
        /** A write that was refused, or never sent, had an effect. */
        PHANTOM_WRITE,
        /** A watcher did not see a change that others, or its writer, know of. */
        GAP,
        /** A watcher saw a version after a newer one, or the same one twice. */
        STEP_BACK,
        /** Two watchers, or a watcher and a writer, were told different things about one version. */
        DISAGREEMENT,
        /** An event that does not follow from the one before: added twice, changed or deleted while not there. */
        NONSENSE,
        /** A consistent list did not have a write that was acknowledged before the list was asked for. */
        STALE_READ
    }

    /**
     * What was found.
     *
     * @param violations sentences by sort, at most 20 of each
     * @param counts how many there are of each sort
     */
    public record Report(Map<Sort, List<String>> violations, Map<Sort, Integer> counts) {
        public boolean clean() {
            return counts.isEmpty();
        }

        /** The sentences about one sort. */
        public List<String> of(Sort sort) {
            return violations.getOrDefault(sort, List.of());
        }

        public int count(Sort sort) {
            return counts.getOrDefault(sort, 0);
        }
    }

    private HistoryCheck(History history) {
        this.history = history;
    }

    public static Report of(History history) {
        return new HistoryCheck(history).run();
    }

    private Report run() {
        history.writes().forEach(write -> writes.put(write.id(), write));
        history.watches().forEach(this::gather);
        history.watches().forEach(this::follow);
        effects();
        acknowledged();
        reads();
        return new Report(violations, counts);
    }

    private void found(Sort sort, String sentence) {
        counts.merge(sort, 1, Integer::sum);
        List<String> sentences = violations.computeIfAbsent(sort, any -> new ArrayList<>());
        if (sentences.size() < MOST_OF_A_KIND) {
            sentences.add(sentence);
        }
    }

    private void gather(WatchLog log) {
        for (Seen seen : log.events()) {
            Seen known = changes.putIfAbsent(seen.resourceVersion(), seen);
            if (known != null && !known.equals(seen)) {
                found(Sort.DISAGREEMENT, log.watcher() + " saw " + seen + ", another " + known);
            }
        }
    }

    /** One watcher's events make sense, go forward, and leave nothing out. */
    private void follow(WatchLog log) {
        Map<String, String> state = new HashMap<>(log.first());
        Set<Long> versions = new HashSet<>();
        long last = log.from();
        for (Seen seen : log.events()) {
            if (seen.resourceVersion() <= last) {
                found(Sort.STEP_BACK, log.watcher() + " saw " + seen + " after version " + last);
            }
            last = Math.max(last, seen.resourceVersion());
            versions.add(seen.resourceVersion());
            apply(log, state, seen);
        }
        for (Seen change : changes.subMap(log.from(), false, last, false).values()) {
            if (!versions.contains(change.resourceVersion())) {
                found(Sort.GAP, log.watcher() + " did not see " + change);
            }
        }
        for (Write write : history.writes()) {
            boolean within = write.resourceVersion() > log.from() && write.resourceVersion() < last;
            if (write.fate() == Write.Fate.ACKNOWLEDGED && within && !changes.containsKey(write.resourceVersion())) {
                found(Sort.GAP, log.watcher() + " did not see " + write + ", nor did anybody else");
            }
        }
        if (!state.equals(history.last())) {
            Set<String> names = new HashSet<>(state.keySet());
            names.addAll(history.last().keySet());
            names.removeIf(
                    name -> state.getOrDefault(name, "").equals(history.last().getOrDefault(name, "")));
            found(Sort.GAP, log.watcher() + " ended with another state than the store has, in " + names);
        }
    }

    private void apply(WatchLog log, Map<String, String> state, Seen seen) {
        boolean there = state.containsKey(seen.key());
        boolean added = seen.type().equals("ADDED");
        if (added == there) {
            found(
                    Sort.NONSENSE,
                    log.watcher() + " saw " + seen + " while the object was " + (there ? "" : "not ") + "there");
        }
        if (seen.type().equals("DELETED")) {
            state.remove(seen.key());
        } else {
            state.put(seen.key(), seen.writeId());
        }
    }

    /** Each write had its effect at most once, and only if it was sent and not refused. */
    private void effects() {
        Map<String, Seen> effects = new HashMap<>();
        for (Seen change : changes.values()) {
            if (change.type().equals("DELETED")) {
                continue;
            }
            Seen before = effects.putIfAbsent(change.writeId(), change);
            if (before != null) {
                found(Sort.DOUBLED_WRITE, change.writeId() + " made " + before + " and " + change);
            }
            known(change.writeId(), "made " + change);
        }
        Map<String, String> names = new HashMap<>();
        history.last().forEach((name, id) -> {
            String other = names.putIfAbsent(id, name);
            if (other != null) {
                found(Sort.DOUBLED_WRITE, id + " is in " + other + " and in " + name);
            }
            known(id, "is in " + name);
        });
    }

    private void known(String id, String effect) {
        Write write = writes.get(id);
        if (write == null) {
            found(Sort.PHANTOM_WRITE, id + " was never sent and " + effect);
        } else if (write.fate() == Write.Fate.REFUSED) {
            found(Sort.PHANTOM_WRITE, write + " was refused and " + effect);
        }
    }

    /** What was acknowledged was seen at its version, and is there unless a later write took it away. */
    private void acknowledged() {
        Map<String, Long> newest = new HashMap<>();
        changes.values().forEach(change -> newest.merge(change.key(), change.resourceVersion(), Math::max));
        for (Write write : history.writes()) {
            if (write.fate() != Write.Fate.ACKNOWLEDGED) {
                continue;
            }
            if (write.resourceVersion() == 0) {
                acknowledgedWithoutVersion(write);
                continue;
            }
            Seen change = changes.get(write.resourceVersion());
            boolean deletion = write.kind() == Write.Kind.DELETE;
            if (change != null
                    && (!change.key().equals(write.key())
                            || deletion != change.type().equals("DELETED")
                            || (!deletion && !change.writeId().equals(write.id())))) {
                found(Sort.DISAGREEMENT, write + " was acknowledged, but watchers saw " + change);
            }
            boolean superseded = newest.getOrDefault(write.key(), 0L) > write.resourceVersion();
            boolean there = write.id().equals(history.last().get(write.key()));
            boolean gone = !history.last().containsKey(write.key());
            if (!superseded && (deletion ? !gone : !there)) {
                found(Sort.LOST_WRITE, write + " was acknowledged and is not in the store");
            }
        }
    }

    /** The answer to a deletion names no version. */
    private void acknowledgedWithoutVersion(Write write) {
        boolean deleted = changes.values().stream()
                .anyMatch(change ->
                        change.key().equals(write.key()) && change.type().equals("DELETED"));
        if (write.kind() != Write.Kind.DELETE || !deleted && history.last().containsKey(write.key())) {
            found(Sort.LOST_WRITE, write + " was acknowledged and is not in the store");
        }
    }

    private void reads() {
        for (Read read : history.reads()) {
            for (Write write : history.writes()) {
                if (write.fate() == Write.Fate.ACKNOWLEDGED
                        && write.endedNanos() < read.sentNanos()
                        && write.resourceVersion() > read.resourceVersion()) {
                    found(Sort.STALE_READ, read + " came after " + write);
                }
            }
        }
    }
}
