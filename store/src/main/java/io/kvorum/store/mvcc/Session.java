package io.kvorum.store.mvcc;

import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.OpResult;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.TxnResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one client: the outcomes it may still ask for again. The client says with each request which
 * answers it has, and those are forgotten; a client that never says so loses its oldest.
 *
 * @param usedAt log index of the client's last request
 * @param forgottenBelow requests with a smaller sequence are no longer remembered
 * @param bytes about what the outcomes take
 */
record Session(long usedAt, long forgottenBelow, SortedTree<Long, Outcome> outcomes, long bytes) {
    /** Most outcomes remembered of one client; a client has fewer requests under way. */
    static final int MAX_OUTCOMES = 4096;

    /** About the most bytes of outcomes remembered of one client. */
    static final long MAX_BYTES = 16L << 20;

    private static final long OUTCOME_BYTES = 128;

    static final Session NEW = new Session(0, 0, SortedTree.empty(), 0);

    /** A session as a snapshot has it. */
    static Session of(long usedAt, long forgottenBelow, SortedTree<Long, Outcome> outcomes) {
        long[] bytes = {0};
        outcomes.visitAll((sequence, outcome) -> {
            bytes[0] += bytesOf(outcome);
            return true;
        });
        return new Session(usedAt, forgottenBelow, outcomes, bytes[0]);
    }

    @Nullable
    Outcome outcome(long sequence) {
        return outcomes.get(sequence);
    }

    Session remember(long index, RequestId id, Outcome outcome) {
        SortedTree<Long, Outcome> kept = outcomes;
        long size = bytes;
        List<Long> answered = new ArrayList<>();
        long[] freed = {0};
        outcomes.visit(null, id.answeredBelow(), (sequence, known) -> {
            freed[0] += bytesOf(known);
            return answered.add(sequence);
        });
        for (Long sequence : answered) {
            kept = kept.without(sequence);
        }
        kept = kept.with(id.sequence(), outcome);
        size += bytesOf(outcome) - freed[0];
        long below = Math.max(forgottenBelow, id.answeredBelow());
        while (kept.size() > MAX_OUTCOMES || (size > MAX_BYTES && kept.size() > 1)) {
            Long oldest = oldest(kept);
            Outcome dropped = kept.get(oldest);
            size -= dropped == null ? 0 : bytesOf(dropped);
            kept = kept.without(oldest);
            below = Math.max(below, oldest + 1);
        }
        return new Session(index, below, kept, size);
    }

    private static Long oldest(SortedTree<Long, Outcome> outcomes) {
        List<Long> first = new ArrayList<>(1);
        outcomes.visitAll((sequence, outcome) -> {
            first.add(sequence);
            return false;
        });
        return first.get(0);
    }

    private static long bytesOf(Outcome outcome) {
        return OUTCOME_BYTES + (outcome instanceof Outcome.Committed committed ? bytesOf(committed.result()) : 0);
    }

    private static long bytesOf(OpResult result) {
        if (result instanceof OpResult.Put put) {
            KeyValue previous = put.previous();
            return previous == null ? 0 : bytesOf(previous);
        } else if (result instanceof OpResult.Deleted deleted) {
            return deleted.previous().stream().mapToLong(Session::bytesOf).sum();
        } else if (result instanceof RangeResult range) {
            return range.entries().stream().mapToLong(Session::bytesOf).sum();
        } else if (result instanceof TxnResult nested) {
            return nested.results().stream().mapToLong(Session::bytesOf).sum();
        }
        throw new IllegalStateException("unknown result " + result);
    }

    private static long bytesOf(KeyValue kv) {
        return OUTCOME_BYTES + kv.key().length() + kv.value().length();
    }
}
