package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether what a connection to one member showed never went back. */
final class ConnectionCheck {
    private ConnectionCheck() {}

    static void run(List<Operation> operations, Sightings sightings, Findings findings) {
        List<Operation> byEnd = operations.stream()
                .filter(operation -> counts(operation, sightings))
                .sorted(Comparator.comparingLong(Operation::completed))
                .toList();
        List<Operation> reads = byEnd.stream()
                .filter(operation -> Writes.serializable(operation.call()))
                .sorted(Comparator.comparingLong(Operation::invoked))
                .toList();
        Map<Integer, Operation> newest = new HashMap<>();
        int ended = 0;
        for (Operation read : reads) {
            while (ended < byEnd.size() && byEnd.get(ended).completed() < read.invoked()) {
                Operation operation = byEnd.get(ended++);
                newest.merge(operation.connection(), operation, (a, b) -> revision(b) > revision(a) ? b : a);
            }
            Operation before = newest.get(read.connection());
            if (before != null && revision(before) > revision(read)) {
                findings.add(
                        Kind.WENT_BACK,
                        read,
                        "revision " + revision(read) + " came on a connection on which operation " + before.id()
                                + " had shown " + revision(before) + " (" + before + ")",
                        before);
            }
        }
    }

    private static boolean counts(Operation operation, Sightings sightings) {
        return operation.connection() != 0
                && (operation.call() instanceof Call.Range || Writes.may(operation.call()))
                && operation.fate() instanceof Reply reply
                && reply.revision() != 0
                && sightings.believed(operation);
    }

    private static long revision(Operation operation) {
        return ((Reply) operation.fate()).revision();
    }
}
