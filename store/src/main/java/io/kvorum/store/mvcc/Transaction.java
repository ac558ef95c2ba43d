package io.kvorum.store.mvcc;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Compare;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.OpResult;
import io.kvorum.store.client.Refusal;
import io.kvorum.store.client.Txn;
import io.kvorum.store.client.TxnResult;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.mvcc.KeyHistory.Version;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One transaction on top of a snapshot: it checks everything first, so that it writes all or nothing. Used once. */
final class Transaction {
    private final Snapshot base;
    private final long writeRevision;
    private SortedTree<ByteSequence, KeyHistory> keys;
    private SortedTree<Long, Lease> leases;
    private long bytes;
    private final TreeMap<ByteSequence, WatchEvent> events = new TreeMap<>();

    Transaction(Snapshot base) {
        this.base = base;
        this.writeRevision = base.revision() + 1;
        this.keys = base.keys();
        this.leases = base.leases();
        this.bytes = base.bytes();
    }

    /** The store's revision afterwards. */
    long revision() {
        return events.isEmpty() ? base.revision() : writeRevision;
    }

    SortedTree<ByteSequence, KeyHistory> keys() {
        return keys;
    }

    SortedTree<Long, Lease> leases() {
        return leases;
    }

    List<WatchEvent> events() {
        return List.copyOf(events.values());
    }

    long bytes() {
        return bytes;
    }

    /** A transaction with its compares decided; those of nested ones see the same state as the outermost. */
    private record Decided(boolean holds, List<Op> ops, List<Decided> nested) {}

    Outcome run(Txn txn) {
        Decided decided = decide(txn);
        Outcome refusal = new TransactionCheck(base).refusal(txn);
        if (refusal == null) {
            refusal = refusal(decided);
        }
        return refusal != null ? refusal : new Outcome.Committed(carryOut(decided));
    }

    private Decided decide(Txn txn) {
        boolean holds = txn.compares().stream().allMatch(this::holds);
        List<Op> ops = holds ? txn.success() : txn.failure();
        List<Decided> nested = new ArrayList<>();
        for (Op op : ops) {
            if (op instanceof Op.Nested inner) {
                nested.add(decide(inner.txn()));
            }
        }
        return new Decided(holds, ops, nested);
    }

    private TxnResult carryOut(Decided decided) {
        List<OpResult> results = new ArrayList<>(decided.ops().size());
        Iterator<Decided> nested = decided.nested().iterator();
        for (Op op : decided.ops()) {
            results.add(op instanceof Op.Nested ? carryOut(nested.next()) : carryOut(op));
        }
        return new TxnResult(revision(), decided.holds(), results);
    }

    private boolean holds(Compare compare) {
        boolean[] found = {false};
        boolean[] all = {true};
        Snapshot.visit(keys, compare.range(), (key, history) -> {
            Version live = history.live();
            if (live != null) {
                found[0] = true;
                all[0] = holds(compare, live);
            }
            return all[0];
        });
        return found[0] ? all[0] : holds(compare, null);
    }

    private static boolean holds(Compare compare, @Nullable Version live) {
        int order;
        if (compare.target() == Compare.Target.VALUE) {
            ByteSequence value = live == null ? null : live.value();
            if (value == null) {
                return false; // etcd: no comparison with the value of a key that does not exist holds
            }
            order = value.compareTo(compare.value());
        } else {
            order = Long.compare(live == null ? 0 : number(live, compare.target()), compare.number());
        }
        return switch (compare.relation()) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
        };
    }

    private static long number(Version live, Compare.Target target) {
        return switch (target) {
            case VERSION -> live.version();
            case CREATE_REVISION -> live.createRevision();
            case MOD_REVISION -> live.modRevision();
            case LEASE -> live.lease();
            case VALUE -> throw new IllegalArgumentException("a value is not a number");
        };
    }

    /** Why the operations chosen cannot be carried out, null when they can; what is wrong with puts is told first. */
    private @Nullable Outcome refusal(Decided decided) {
        Outcome refusal = refusal(decided, op -> op instanceof Op.Put put ? refusal(put) : null);
        return refusal != null ? refusal : refusal(decided, op -> op instanceof Op.Get get ? refusal(get) : null);
    }

    private static @Nullable Outcome refusal(Decided decided, Check check) {
        Iterator<Decided> nested = decided.nested().iterator();
        for (Op op : decided.ops()) {
            Outcome refusal = op instanceof Op.Nested ? refusal(nested.next(), check) : check.refusal(op);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    /** Says why an operation cannot be carried out, null when it can. */
    @FunctionalInterface
    private interface Check {
        @Nullable
        Outcome refusal(Op op);
    }

    private @Nullable Outcome refusal(Op.Put put) {
        if (put.keepValue() || put.keepLease()) {
            KeyHistory history = keys.get(put.key());
            if (history == null || history.live() == null) {
                return new Outcome.Refused(Refusal.KEY_NOT_FOUND, "key not found: " + put.key());
            }
        }
        return put.lease() != 0 && !put.keepLease() && !leases.contains(put.lease())
                ? KeySpace.noSuchLease(put.lease())
                : null;
    }

    /** As in etcd, a revision below 0 is now for a read by itself, and a compacted one within a transaction. */
    private @Nullable Outcome refusal(Op.Get get) {
        long asked = get.request().revision();
        long oldest = base.compactRevision() == 0 ? -1 : base.compactRevision();
        return asked < 0 && asked < oldest ? new Outcome.Compacted(base.compactRevision()) : base.refusal(asked);
    }

    private OpResult carryOut(Op op) {
        if (op instanceof Op.Put put) {
            return put(put);
        } else if (op instanceof Op.Delete delete) {
            return delete(delete);
        } else if (op instanceof Op.Get get) {
            return Snapshot.rangeOf(keys, revision(), get.request());
        }
        throw new IllegalStateException("unknown operation " + op);
    }

    private OpResult put(Op.Put put) {
        ByteSequence key = put.key();
        KeyHistory history = keys.get(key);
        Version before = history == null ? null : history.live();
        long leaseBefore = before == null ? 0 : before.lease();
        ByteSequence valueBefore = before == null ? null : before.value();
        Version next = new Version(
                writeRevision,
                before == null ? writeRevision : before.createRevision(),
                before == null ? 1 : before.version() + 1,
                put.keepValue() && valueBefore != null ? valueBefore : put.value(),
                put.keepLease() ? leaseBefore : put.lease());
        write(key, history, next);
        moveLease(key, leaseBefore, next.lease());
        KeyValue previous = before == null ? null : before.toKeyValue(key);
        events.put(key, new WatchEvent(WatchEvent.Type.PUT, next.toKeyValue(key), previous));
        return new OpResult.Put(put.previous() ? previous : null);
    }

    private OpResult delete(Op.Delete delete) {
        List<ByteSequence> found = new ArrayList<>();
        Snapshot.visit(keys, delete.range(), (key, history) -> {
            if (history.live() != null) {
                found.add(key);
            }
            return true;
        });
        List<KeyValue> previous = new ArrayList<>(delete.previous() ? found.size() : 0);
        for (ByteSequence key : found) {
            KeyValue deleted = delete(key);
            if (deleted != null && delete.previous()) {
                previous.add(deleted);
            }
        }
        return new OpResult.Deleted(found.size(), previous);
    }

    private @Nullable KeyValue delete(ByteSequence key) {
        KeyHistory history = keys.get(key);
        Version before = history == null ? null : history.live();
        if (before == null) {
            return null;
        }
        Version tombstone = Version.tombstone(writeRevision);
        write(key, history, tombstone);
        moveLease(key, before.lease(), 0);
        KeyValue previous = before.toKeyValue(key);
        events.put(key, new WatchEvent(WatchEvent.Type.DELETE, tombstone.toKeyValue(key), previous));
        return previous;
    }

    private void write(ByteSequence key, @Nullable KeyHistory history, Version next) {
        KeyHistory longer = history == null ? KeyHistory.of(next) : history.plus(next);
        bytes += Snapshot.bytesOf(key, next);
        keys = keys.with(key, longer);
    }

    private void moveLease(ByteSequence key, long from, long to) {
        if (from == to) {
            return;
        }
        Lease left = from == 0 ? null : leases.get(from);
        if (left != null) {
            leases = leases.with(from, left.detach(key));
        }
        Lease joined = to == 0 ? null : leases.get(to);
        if (joined != null) {
            leases = leases.with(to, joined.attach(key));
        }
    }

    /** Ends a lease and deletes its keys. */
    void endLease(long id) {
        Lease lease = leases.get(id);
        if (lease == null) {
            return;
        }
        lease.keys().visitAll((key, attached) -> {
            delete(key);
            return true;
        });
        leases = leases.without(id);
    }
}
