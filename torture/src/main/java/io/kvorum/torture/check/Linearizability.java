package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Operation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Searches for an order of a small history's operations in which every answer is right and which keeps the order of time
 * (Wing and Gong's algorithm, with Lowe's memory of what led nowhere). It takes nothing from revisions, and so its time is
 * exponential in the number of operations that overlap. Gets of old revisions, serializable reads, compactions and
 * watches are left out.
 */
public final class Linearizability {
    /** What counts. */
    public enum Rules {
        /** Everything in the answers; all keys are searched at once, as they share the revision. */
        REVISIONS,
        /** Not the revisions: keys that no operation brings together are searched one by one. */
        VALUES
    }

    public enum Verdict {
        YES,
        NO,
        /** More configurations than the search was allowed to look at. */
        UNDECIDED
    }

    private static final int CONFIGURATIONS = 2_000_000;

    private record Seen(BitSet done, Config config) {}

    private final List<Operation> operations;
    private final Transitions transitions;
    private final BitSet done = new BitSet();
    private final Set<Seen> seen = new HashSet<>();
    private int mustBeDone;

    private Linearizability(List<Operation> operations, Rules rules) {
        this.operations = operations.stream()
                .sorted(Comparator.comparingLong(Operation::invoked))
                .toList();
        this.transitions = new Transitions(rules);
        this.mustBeDone = (int) operations.stream().filter(Operation::ok).count();
    }

    /** Throws {@code IllegalArgumentException} when the history has leases: what they do on their own is no operation. */
    public static Verdict check(History history, Rules rules) {
        List<Operation> operations = new ArrayList<>();
        for (Operation operation : history.operations()) {
            if (Leases.leaseOf(operation.call()) != 0) {
                throw new IllegalArgumentException("has to do with a lease: " + operation);
            }
            if (counts(operation)) {
                operations.add(operation);
            }
        }
        Config start = start(history, rules);
        if (rules == Rules.REVISIONS) {
            return new Linearizability(operations, rules).search(start);
        }
        Verdict verdict = Verdict.YES;
        for (List<Operation> part : Partition.of(operations)) {
            Verdict one = new Linearizability(part, rules).search(start);
            if (one == Verdict.NO) {
                return one;
            }
            verdict = one == Verdict.UNDECIDED ? one : verdict;
        }
        return verdict;
    }

    private static boolean counts(Operation operation) {
        Call call = operation.call();
        if (operation.fate() instanceof Fate.Failed || operation.fate() instanceof Fate.Unknown && !Writes.may(call)) {
            return false;
        }
        boolean ofNow = !(call instanceof Call.Range range) || range.revision() == 0;
        return (Writes.may(call) || call instanceof Call.Range) && ofNow && !Writes.serializable(call);
    }

    private static Config start(History history, Rules rules) {
        KvState state = new KvState();
        boolean revisions = rules == Rules.REVISIONS;
        for (KeyValue kv : history.base().kvs()) {
            state.set(kv.key(), revisions ? kv : new KeyValue(kv.key(), kv.value(), 0, 0, kv.version(), kv.lease()));
        }
        return new Config(state, revisions ? history.base().revision() : 0);
    }

    private Verdict search(Config config) {
        if (mustBeDone == 0) {
            return Verdict.YES;
        }
        if (!seen.add(new Seen((BitSet) done.clone(), config))) {
            return Verdict.NO;
        }
        if (seen.size() > CONFIGURATIONS) {
            return Verdict.UNDECIDED;
        }
        long firstEnd = firstEnd();
        for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
            Operation operation = operations.get(i);
            if (operation.invoked() > firstEnd) {
                break;
            }
            for (Config next : transitions.after(config, operation)) {
                take(i, operation);
                Verdict verdict = search(next);
                putBack(i, operation);
                if (verdict != Verdict.NO) {
                    return verdict;
                }
            }
        }
        return Verdict.NO;
    }

    private void take(int place, Operation operation) {
        done.set(place);
        mustBeDone -= operation.ok() ? 1 : 0;
    }

    private void putBack(int place, Operation operation) {
        done.clear(place);
        mustBeDone += operation.ok() ? 1 : 0;
    }

    /** No operation that began after this can be next. */
    private long firstEnd() {
        long first = Long.MAX_VALUE;
        for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
            if (operations.get(i).ok()) {
                first = Math.min(first, operations.get(i).completed());
            }
        }
        return first;
    }
}
