package io.kvorum.store.mvcc;

import io.kvorum.store.client.Alarm;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Refusal;
import io.kvorum.store.client.Txn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a transaction may not be, whichever way its compares turn out. */
final class TransactionCheck {
    private final Snapshot base;

    TransactionCheck(Snapshot base) {
        this.base = base;
    }

    /** What the branches of one transaction write, those of nested ones included. */
    private static final class Written {
        final Set<ByteSequence> put = new HashSet<>();
        final List<KeyRange> deleted = new ArrayList<>();

        /** The key of {@code put} that lies in one of the other's deleted ranges or is put there too; null for none. */
        @Nullable
        ByteSequence clash(Written other) {
            for (ByteSequence key : put) {
                if (other.put.contains(key) || other.deleted.stream().anyMatch(range -> range.contains(key))) {
                    return key;
                }
            }
            return null;
        }

        void addAll(Written other) {
            put.addAll(other.put);
            deleted.addAll(other.deleted);
        }
    }

    /** Why the transaction is refused, null when nothing is wrong with its form. */
    @Nullable
    Outcome refusal(Txn txn) {
        boolean full = base.alarms().stream().anyMatch(alarm -> alarm.type() == Alarm.Type.NO_SPACE);
        if (full && grows(txn)) {
            return noSpace();
        }
        try {
            written(txn);
        } catch (Refused e) {
            return e.outcome;
        }
        return null;
    }

    static Outcome noSpace() {
        return new Outcome.Refused(
                Refusal.NO_SPACE, "database space exceeded: compact, defragment and disarm the alarm to write again");
    }

    private static boolean grows(Txn txn) {
        return txn.success().stream().anyMatch(TransactionCheck::grows)
                || txn.failure().stream().anyMatch(TransactionCheck::grows);
    }

    private static boolean grows(Op op) {
        return op instanceof Op.Put || (op instanceof Op.Nested nested && grows(nested.txn()));
    }

    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        final transient Outcome outcome;

        Refused(Refusal reason, String message) {
            super(message, null, false, false);
            outcome = new Outcome.Refused(reason, message);
        }
    }

    private static Written written(Txn txn) throws Refused {
        Written both = written(txn.success());
        both.addAll(written(txn.failure()));
        return both;
    }

    /** No key may be put twice by one branch, nor put and deleted; only one of a nested transaction's branches runs. */
    private static Written written(List<Op> ops) throws Refused {
        Written all = new Written();
        for (Op op : ops) {
            Written own = new Written();
            if (op instanceof Op.Put put) {
                if (put.key().isEmpty()) {
                    throw new Refused(Refusal.KEY_NOT_PROVIDED, "key is not provided");
                }
                own.put.add(put.key());
            } else if (op instanceof Op.Delete delete) {
                own.deleted.add(delete.range());
            } else if (op instanceof Op.Nested nested) {
                own = written(nested.txn());
            }
            ByteSequence clash = own.clash(all);
            if (clash == null) {
                clash = all.clash(own);
            }
            if (clash != null) {
                throw new Refused(Refusal.DUPLICATE_KEY, "duplicate key given in txn request: " + clash);
            }
            all.addAll(own);
        }
        return all;
    }
}
