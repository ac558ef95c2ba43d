package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Compare;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be after an operation was done in a configuration, given what it was answered. */
final class Transitions {
    private final boolean revisions;

    Transitions(Linearizability.Rules rules) {
        this.revisions = rules == Linearizability.Rules.REVISIONS;
    }

    /** Empty when the answer cannot be. */
    List<Config> after(Config before, Operation operation) {
        @Nullable Reply reply = operation.fate() instanceof Reply told ? told : null;
        List<Config> after = new ArrayList<>();
        for (boolean branch : branches(before, operation.call(), reply)) {
            @Nullable Config config = after(before, Writes.steps(operation.call(), branch), reply);
            if (config != null) {
                after.add(config);
            }
        }
        return after;
    }

    private List<Boolean> branches(Config before, Call call, @Nullable Reply reply) {
        if (!(call instanceof Call.Txn txn)) {
            return List.of(true);
        }
        List<Compare> compares = revisions
                ? txn.compares()
                : txn.compares().stream().map(Transitions::withoutRevisions).toList();
        boolean open = !revisions && compares.stream().anyMatch(Transitions::ofRevisions);
        if (reply instanceof Reply.Txn told) {
            boolean possible = open || before.state().holds(compares) == told.succeeded();
            return possible ? List.of(told.succeeded()) : List.of();
        }
        return open ? List.of(true, false) : List.of(before.state().holds(compares));
    }

    /** A revision compared with 0 asks whether the key is there, and so does a version. */
    private static Compare withoutRevisions(Compare compare) {
        return ofRevisions(compare) && compare.number() == 0
                ? Compare.version(compare.key(), compare.relation(), 0)
                : compare;
    }

    private static boolean ofRevisions(Compare compare) {
        return compare.target() == Compare.Target.CREATE || compare.target() == Compare.Target.MOD;
    }

    private @Nullable Config after(Config before, List<Call.Step> steps, @Nullable Reply reply) {
        KvState state = new KvState(before.state());
        Answers answers = new Answers(state, revisions);
        long revision = revisions ? before.revision() + 1 : 0;
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Call.Step step = steps.get(i);
            if (reply != null) {
                Reply part = reply instanceof Reply.Txn txn ? txn.replies().get(i) : reply;
                boolean ofThePast = step instanceof Call.Range range && range.revision() != 0;
                if (!ofThePast && answers.wrong(step, part) != null) {
                    return null;
                }
            }
            state.apply(step, revision, changes::add);
        }
        long now = changes.isEmpty() ? before.revision() : revision;
        return reply == null || !revisions || reply.revision() == now ? new Config(state, now) : null;
    }
}
