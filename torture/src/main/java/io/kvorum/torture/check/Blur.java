package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Compare;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Reply;
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
    private final KvState state;
    private final Set<String> keys = new HashSet<>();

    Blur(KvState state) {
        this.state = state;
    }

    void add(String key) {
        keys.add(key);
    }

    boolean of(String key) {
        return keys.contains(key);
    }

    boolean isEmpty() {
        return keys.isEmpty();
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
    void learn(Call.Step step, Reply reply) {
        if (!touches(step)) {
            return;
        }
        if (step instanceof Call.Put put && put.prevKv() && reply instanceof Reply.Put answer) {
            learn(keysOf(step), answer.previous() == null ? List.of() : List.of(answer.previous()));
        } else if (step instanceof Call.Delete delete && reply instanceof Reply.Delete answer) {
            if (delete.prevKv() || answer.deleted() == 0) {
                learn(keysOf(step), answer.previous());
            }
        } else if (step instanceof Call.Range range && reply instanceof Reply.Range answer) {
            if (range.revision() == 0 && !range.countOnly() && !answer.more()) {
                learn(range.keys(), answer.kvs());
            }
        }
    }

    private void learn(KeyRange range, List<KeyValue> there) {
        for (String key : List.copyOf(keys)) {
            if (range.contains(key)) {
                state.set(key, null);
                keys.remove(key);
            } else {
                continue;
            }
            for (KeyValue kv : there) {
                if (kv.key().equals(key)) {
                    state.set(key, kv);
                }
            }
        }
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
