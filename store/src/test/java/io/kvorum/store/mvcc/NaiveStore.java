package io.kvorum.store.mvcc;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Compare;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Txn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the key space should do, in the plainest way: the whole map is kept for every revision ever. */
final class NaiveStore {
    final List<TreeMap<ByteSequence, KeyValue>> states = new ArrayList<>();
    final Map<Long, Boolean> leases = new TreeMap<>();
    long compacted;
    private long nextLease = 1;

    NaiveStore() {
        states.add(new TreeMap<>());
        states.add(new TreeMap<>());
    }

    long revision() {
        return states.size() - 1;
    }

    TreeMap<ByteSequence, KeyValue> now() {
        return states.get(states.size() - 1);
    }

    /** Returns whether the transaction was accepted. */
    boolean commit(Txn txn) {
        boolean holds = txn.compares().stream().allMatch(this::holds);
        List<Op> ops = holds ? txn.success() : txn.failure();
        for (Op op : ops) {
            if (op instanceof Op.Put put && put.lease() != 0 && !leases.containsKey(put.lease())) {
                return false;
            }
        }
        TreeMap<ByteSequence, KeyValue> next = new TreeMap<>(now());
        long revision = revision() + 1;
        boolean wrote = false;
        for (Op op : ops) {
            if (op instanceof Op.Put put) {
                KeyValue old = next.get(put.key());
                next.put(
                        put.key(),
                        new KeyValue(
                                put.key(),
                                put.value(),
                                old == null ? revision : old.createRevision(),
                                revision,
                                old == null ? 1 : old.version() + 1,
                                put.lease()));
                wrote = true;
            } else if (op instanceof Op.Delete delete) {
                wrote |= next.keySet().removeIf(delete.range()::contains);
            }
        }
        if (wrote) {
            states.add(next);
        }
        return true;
    }

    private boolean holds(Compare compare) {
        KeyValue kv = now().get(compare.range().from());
        long left = kv == null ? 0 : kv.modRevision();
        return switch (compare.relation()) {
            case EQUAL -> left == compare.number();
            case NOT_EQUAL -> left != compare.number();
            case GREATER -> left > compare.number();
            case LESS -> left < compare.number();
        };
    }

    long grant() {
        leases.put(nextLease, true);
        return nextLease++;
    }

    void revoke(long lease) {
        if (leases.remove(lease) == null) {
            return;
        }
        TreeMap<ByteSequence, KeyValue> next = new TreeMap<>(now());
        if (next.values().removeIf(kv -> kv.lease() == lease)) {
            states.add(next);
        }
    }

    List<KeyValue> range(KeyRange range, long revision) {
        return states.get((int) revision).values().stream()
                .filter(kv -> range.contains(kv.key()))
                .toList();
    }
}
