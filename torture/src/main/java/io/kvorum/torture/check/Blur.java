package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Compare;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keys of which it is not known how they are: a revision went by of which nobody saw what it wrote, and it may have been
 * them. The next one who sees such a key is believed.
 */
final class Blur {
    /**
     * Who can have written a revision.
     *
     * @param writer an operation's id, or the complement of a lease's
     */
    record Possible(long writer, Effect effect) {}

    /** A revision of which nobody saw what it wrote. */
    private record Hole(long revision, List<Possible> possible) {}

    /** Where more than this can have written a revision, it is no use to remember them. */
    private static final int MANY = 16;

    private final KvState state;
    private final Findings findings;
    private final Set<String> keys = new HashSet<>();
    private final List<Hole> holes = new ArrayList<>();

    Blur(KvState state, Findings findings) {
        this.state = state;
        this.findings = findings;
    }

    void add(String key) {
        keys.add(key);
    }

    /**
     * Nobody saw what {@code revision} wrote.
     *
     * @return whether there are still as many who can have written as there are such revisions
     */
    boolean hole(long revision, List<Possible> possible) {
        possible.forEach(one -> keys.addAll(one.effect.keys()));
        if (possible.size() > MANY) {
            return true;
        }
        holes.add(new Hole(revision, new ArrayList<>(possible)));
        long writers = holes.stream()
                .flatMap(hole -> hole.possible.stream())
                .mapToLong(Possible::writer)
                .distinct()
                .count();
        return writers >= holes.size();
    }

    boolean of(String key) {
        return keys.contains(key);
    }

    boolean touches(List<Compare> compares) {
        return !keys.isEmpty() && compares.stream().anyMatch(compare -> keys.contains(compare.key()));
    }

    boolean touches(Call.Step step) {
        return !keys.isEmpty() && touches(keysOf(step));
    }

    private boolean touches(KeyRange range) {
        return range.single() ? keys.contains(range.key()) : keys.stream().anyMatch(range::contains);
    }

    private static KeyRange keysOf(Call.Step step) {
        if (step instanceof Call.Put put) {
            return KeyRange.key(put.key());
        }
        return step instanceof Call.Delete delete ? delete.keys() : ((Call.Range) step).keys();
    }

    /** Learns from an answer how blurred keys were before the step. */
    void learn(Call.Step step, Reply reply, Operation by) {
        if (!touches(step)) {
            return;
        }
        if (step instanceof Call.Put put && put.prevKv() && reply instanceof Reply.Put answer) {
            learn(keysOf(step), answer.previous() == null ? List.of() : List.of(answer.previous()), by);
        } else if (step instanceof Call.Delete delete && reply instanceof Reply.Delete answer) {
            if (delete.prevKv() || answer.deleted() == 0) {
                learn(keysOf(step), answer.previous(), by);
            }
        } else if (step instanceof Call.Range range && reply instanceof Reply.Range answer) {
            if (range.revision() == 0 && !range.countOnly() && !answer.more()) {
                learn(range.keys(), answer.kvs(), by);
            }
        }
    }

    private void learn(KeyRange range, List<KeyValue> there, Operation by) {
        List<String> learned = keys.stream().filter(range::contains).toList();
        learned.forEach(key -> clear(key, null));
        for (KeyValue kv : there) {
            if (learned.contains(kv.key())) {
                state.set(kv.key(), kv);
            }
            wasNot(kv, by);
        }
    }

    /** A key that was written last before a hole was not written in it. */
    private void wasNot(KeyValue kv, Operation by) {
        for (Hole hole : holes) {
            if (kv.modRevision() < hole.revision
                    && hole.possible.removeIf(one -> excludes(kv.key(), one.effect))
                    && hole.possible.isEmpty()) {
                findings.add(
                        Kind.REVISION_UNEXPLAINED,
                        by,
                        "nothing was seen of revision " + hole.revision
                                + ", and of all that can have been written in it" + " nothing was: " + kv
                                + " is older");
            }
        }
        holes.removeIf(hole -> hole.possible.isEmpty());
    }

    /** Whether what left {@code key} as it was cannot have been this. A deletion may not have found the key. */
    private static boolean excludes(String key, Effect effect) {
        return effect.puts().contains(key) || effect.sure() && effect.deletes().contains(key);
    }

    /** Does a step that touches blurred keys; they stay blurred when put, and are known to be gone when deleted. */
    void apply(Call.Step step, long revision, Consumer<Change> changes) {
        Set<String> changed = new HashSet<>();
        state.apply(step, revision, change -> {
            changed.add(change.key());
            changes.accept(new Change(change.key(), change.before(), change.after(), !keys.contains(change.key())));
        });
        if (step instanceof Call.Delete delete) {
            for (String key : List.copyOf(keys)) {
                if (delete.keys().contains(key)) {
                    keys.remove(key);
                    if (!changed.contains(key)) {
                        changes.accept(new Change(key, null, null, false));
                    }
                }
            }
        }
    }

    /** Somebody saw how a key is. */
    void clear(String key, @Nullable KeyValue kv) {
        if (keys.remove(key)) {
            state.set(key, kv);
        }
    }
}
