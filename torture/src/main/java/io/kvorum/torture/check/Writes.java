package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import java.util.List;
import java.util.function.Consumer;

/** Which operations write what. */
final class Writes {
    private Writes() {}

    /** Whether the call could write. */
    static boolean may(Call call) {
        return call instanceof Call.Put || call instanceof Call.Delete || call instanceof Call.Txn;
    }

    /** Whether the answer says that something was written, so that its revision is that of the write. */
    static boolean did(Operation operation) {
        if (operation.fate() instanceof Reply.Txn txn) {
            return txn.replies().stream().anyMatch(Writes::wrote);
        }
        return operation.fate() instanceof Reply reply && wrote(reply);
    }

    private static boolean wrote(Reply reply) {
        return reply instanceof Reply.Put || (reply instanceof Reply.Delete delete && delete.deleted() > 0);
    }

    static boolean unknown(Operation operation) {
        return operation.fate() instanceof Fate.Unknown;
    }

    /** Every put that the call could do, in whichever branch. */
    static void puts(Call call, Consumer<Call.Put> puts) {
        if (call instanceof Call.Put put) {
            puts.accept(put);
        } else if (call instanceof Call.Txn txn) {
            puts(txn.success(), puts);
            puts(txn.failure(), puts);
        }
    }

    static void puts(List<Call.Step> steps, Consumer<Call.Put> puts) {
        for (Call.Step step : steps) {
            if (step instanceof Call.Put put) {
                puts.accept(put);
            }
        }
    }

    /** The steps that are taken, given the branch. */
    static List<Call.Step> steps(Call call, boolean succeeded) {
        if (call instanceof Call.Txn txn) {
            return txn.branch(succeeded);
        }
        return call instanceof Call.Step step ? List.of(step) : List.of();
    }

    /** Whether any member may answer it from what it has: a serializable range, a transaction of nothing else. */
    static boolean serializable(Call call) {
        if (call instanceof Call.Range range) {
            return range.serializable();
        }
        return call instanceof Call.Txn txn
                && txn.success().stream().allMatch(Writes::serializable)
                && txn.failure().stream().allMatch(Writes::serializable);
    }
}
