package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/** The operations to look at to understand a violation: of the same keys or lease, near in time. */
final class Surroundings {
    private static final int MANY = 24;

    private Surroundings() {}

    static Violation of(Violation violation, History history) {
        Set<Operation> around = new LinkedHashSet<>(violation.involved());
        List<KeyRange> keys = new ArrayList<>();
        long lease = 0;
        if (violation.culprit() instanceof Culprit.Answer answer) {
            around.add(answer.operation());
            keys.addAll(keys(answer.operation().call()));
            lease = Leases.leaseOf(answer.operation().call());
        } else if (violation.culprit() instanceof Culprit.Watched watched) {
            keys.add(watched.stream().request().keys());
        }
        violation.involved().forEach(operation -> keys.addAll(keys(operation.call())));
        around.addAll(
                nearest(history.operations(), keys, lease, violation.culprit().at()));
        return new Violation(
                violation.kind(),
                violation.sentence(),
                violation.culprit(),
                violation.involved(),
                around.stream()
                        .sorted(Comparator.comparingLong(Operation::invoked))
                        .toList());
    }

    private static List<Operation> nearest(List<Operation> operations, List<KeyRange> keys, long lease, long at) {
        Comparator<Operation> distance = Comparator.comparingLong(operation -> distance(operation, at));
        PriorityQueue<Operation> farthestFirst = new PriorityQueue<>(distance.reversed());
        for (Operation operation : operations) {
            if (farthestFirst.size() == MANY && distance.compare(operation, farthestFirst.element()) >= 0) {
                continue;
            }
            if (related(operation.call(), keys, lease)) {
                farthestFirst.add(operation);
                if (farthestFirst.size() > MANY) {
                    farthestFirst.remove();
                }
            }
        }
        return List.copyOf(farthestFirst);
    }

    private static boolean related(Call call, List<KeyRange> keys, long lease) {
        return lease != 0 && Leases.leaseOf(call) == lease || keys.stream().anyMatch(call::touches);
    }

    private static long distance(Operation operation, long at) {
        if (operation.invoked() <= at && at <= operation.completed()) {
            return 0;
        }
        return operation.invoked() > at ? operation.invoked() - at : at - operation.completed();
    }

    private static List<KeyRange> keys(Call call) {
        List<KeyRange> keys = new ArrayList<>();
        if (call instanceof Call.Txn txn) {
            txn.compares().forEach(compare -> keys.add(KeyRange.key(compare.key())));
            txn.success().forEach(step -> keys.addAll(keys(step)));
            txn.failure().forEach(step -> keys.addAll(keys(step)));
        } else if (call instanceof Call.Put put) {
            keys.add(KeyRange.key(put.key()));
        } else if (call instanceof Call.Delete delete) {
            keys.add(delete.keys());
        } else if (call instanceof Call.Range range) {
            keys.add(range.keys());
        }
        return keys;
    }
}
