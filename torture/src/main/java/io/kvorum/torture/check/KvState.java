package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Compare;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.KeyValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The key space at one revision, as it ought to be. */
final class KvState {
    private final TreeMap<String, KeyValue> keys;
    private final Map<Long, Set<String>> attached = new HashMap<>();

    KvState() {
        this.keys = new TreeMap<>();
    }

    /** A copy that knows no leases. */
    KvState(KvState other) {
        this.keys = new TreeMap<>(other.keys);
    }

    @Nullable
    KeyValue get(String key) {
        return keys.get(key);
    }

    NavigableMap<String, KeyValue> in(KeyRange range) {
        return range.of(keys);
    }

    int count(KeyRange range) {
        if (range.single()) {
            return keys.containsKey(range.key()) ? 1 : 0;
        }
        return range.of(keys).size();
    }

    /** Keys with this lease. */
    Set<String> attached(long lease) {
        return attached.getOrDefault(lease, Set.of());
    }

    /** Leases that have keys. */
    Set<Long> leases() {
        return attached.keySet();
    }

    boolean holds(List<Compare> compares) {
        for (Compare compare : compares) {
            if (!compare.holds(keys.get(compare.key()))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Does what {@code step} says.
     *
     * @param revision the new keys get; 0 in a state that leaves revisions out
     */
    void apply(Call.Step step, long revision, Consumer<Change> changes) {
        if (step instanceof Call.Put put) {
            @Nullable KeyValue before = keys.get(put.key());
            KeyValue after = new KeyValue(
                    put.key(),
                    put.value(),
                    before == null ? revision : before.createRevision(),
                    revision,
                    before == null ? 1 : before.version() + 1,
                    put.lease());
            set(put.key(), after);
            changes.accept(new Change(put.key(), before, after, true));
        } else if (step instanceof Call.Delete delete) {
            for (String key : List.copyOf(in(delete.keys()).keySet())) {
                changes.accept(new Change(key, keys.get(key), null, true));
                set(key, null);
            }
        }
    }

    /** Makes a key be {@code kv}; null takes it away. */
    void set(String key, @Nullable KeyValue kv) {
        @Nullable KeyValue before = kv == null ? keys.remove(key) : keys.put(key, kv);
        if (before != null && before.lease() != 0) {
            Set<String> others = attached.get(before.lease());
            if (others != null && others.remove(key) && others.isEmpty()) {
                attached.remove(before.lease());
            }
        }
        if (kv != null && kv.lease() != 0) {
            attached.computeIfAbsent(kv.lease(), lease -> new HashSet<>()).add(key);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KvState state && keys.equals(state.keys);
    }

    @Override
    public int hashCode() {
        return keys.hashCode();
    }
}
