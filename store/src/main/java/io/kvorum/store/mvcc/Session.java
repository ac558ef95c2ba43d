package io.kvorum.store.mvcc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one client: the outcomes it may still ask for again. The client says with each request which
 * answers it has, and those are forgotten; a client that never says so loses its oldest.
 *
 * @param usedAt log index of the client's last request
 * @param forgottenBelow requests with a smaller sequence are no longer remembered
 */
record Session(long usedAt, long forgottenBelow, SortedTree<Long, Outcome> outcomes) {
    /** Most outcomes remembered of one client; a client has fewer requests under way. */
    static final int MAX_OUTCOMES = 4096;

    static final Session NEW = new Session(0, 0, SortedTree.empty());

    @Nullable
    Outcome outcome(long sequence) {
        return outcomes.get(sequence);
    }

    Session remember(long index, RequestId id, Outcome outcome) {
        SortedTree<Long, Outcome> kept = outcomes;
        List<Long> answered = new ArrayList<>();
        outcomes.visit(null, id.answeredBelow(), (sequence, known) -> answered.add(sequence));
        for (Long sequence : answered) {
            kept = kept.without(sequence);
        }
        kept = kept.with(id.sequence(), outcome);
        long below = Math.max(forgottenBelow, id.answeredBelow());
        if (kept.size() > MAX_OUTCOMES) {
            Long oldest = oldest(kept);
            kept = kept.without(oldest);
            below = Math.max(below, oldest + 1);
        }
        return new Session(index, below, kept);
    }

    private static Long oldest(SortedTree<Long, Outcome> outcomes) {
        List<Long> first = new ArrayList<>(1);
        outcomes.visitAll((sequence, outcome) -> {
            first.add(sequence);
            return false;
        });
        return first.get(0);
    }
}
