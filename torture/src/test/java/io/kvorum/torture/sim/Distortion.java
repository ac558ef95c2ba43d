package io.kvorum.torture.sim;

import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes one answer of a history another one. It may still be right then. */
public final class Distortion {
    private final Random random;

    private Distortion(Random random) {
        this.random = random;
    }

    public static History of(History history, Random random) {
        List<Integer> answered = history.operations().stream()
                .filter(Operation::ok)
                .map(Operation::id)
                .toList();
        Operation operation = history.operations().get(answered.get(random.nextInt(answered.size())));
        List<Operation> operations = new ArrayList<>(history.operations());
        operations.set(operation.id(), new Distortion(random).of(operation, history.operations()));
        return new History(
                history.base(),
                operations,
                history.streams(),
                history.faults(),
                history.elections(),
                history.healthy());
    }

    private Operation of(Operation operation, List<Operation> all) {
        switch (random.nextInt(6)) {
            case 0 -> {
                return operation.ended(operation.completed(), new Fate.Failed(Fate.Code.REFUSED, "not so"));
            }
            case 1 -> {
                // An answer that took no time, at some moment of the call: fewer orders are left.
                long at = operation.invoked() + random.nextInt((int) (operation.completed() - operation.invoked()) + 1);
                return new Operation(
                        operation.id(),
                        operation.client(),
                        operation.member(),
                        operation.connection(),
                        at,
                        at,
                        operation.call(),
                        operation.fate());
            }
            case 2 -> {
                Operation other = all.get(random.nextInt(all.size()));
                return other.fate() instanceof Reply reply && operation.call().answeredBy(reply)
                        ? operation.ended(operation.completed(), reply)
                        : operation;
            }
            default -> {
                return operation.ended(operation.completed(), of((Reply) operation.fate()));
            }
        }
    }

    private Reply of(Reply reply) {
        boolean revision = random.nextBoolean();
        long at = revision && reply.revision() != 0
                ? Math.max(1, reply.revision() + random.nextInt(5) - 2)
                : reply.revision();
        if (reply instanceof Reply.Put put) {
            return new Reply.Put(at, revision ? put.previous() : of(put.previous()));
        } else if (reply instanceof Reply.Delete delete) {
            long deleted = revision ? delete.deleted() : Math.max(0, delete.deleted() + random.nextInt(3) - 1);
            return new Reply.Delete(at, deleted, delete.previous());
        } else if (reply instanceof Reply.Range range) {
            List<KeyValue> kvs = new ArrayList<>(range.kvs());
            if (!revision && !kvs.isEmpty()) {
                int place = random.nextInt(kvs.size());
                @Nullable KeyValue other = of(kvs.remove(place));
                if (other != null) {
                    kvs.add(place, other);
                }
            }
            return new Reply.Range(at, kvs, range.count() - range.kvs().size() + kvs.size(), range.more());
        } else if (reply instanceof Reply.Txn txn && !revision && !txn.replies().isEmpty()) {
            List<Reply> replies = new ArrayList<>(txn.replies());
            int place = random.nextInt(replies.size());
            replies.set(place, of(replies.get(place)));
            return new Reply.Txn(txn.revision(), txn.succeeded(), replies);
        } else if (reply instanceof Reply.Txn txn) {
            return new Reply.Txn(at, txn.succeeded(), txn.replies());
        }
        return reply;
    }

    private @Nullable KeyValue of(@Nullable KeyValue kv) {
        if (kv == null || random.nextInt(3) == 0) {
            return null;
        }
        long less = Math.max(1, kv.modRevision() - 1 - random.nextInt(2));
        return random.nextBoolean()
                ? new KeyValue(kv.key(), kv.value(), kv.createRevision(), kv.modRevision(), kv.version() + 1, 0)
                : new KeyValue(kv.key(), kv.value(), Math.min(less, kv.createRevision()), less, kv.version(), 0);
    }
}
