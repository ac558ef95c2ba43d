package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Goes through all revisions in their order, does what was written in each, and compares every answer with the state. */
final class Replay {
    private final History history;
    private final Sightings sightings;
    private final Claims claims;
    private final Leases leases;
    private final Watches watches;
    private final KvState state = new KvState();
    private final Blur blur;
    private final Reads reads;
    private final Unclaimed unclaimed;
    private final List<Change> changes = new ArrayList<>();
    private int unseen;

    Replay(History history, Sightings sightings, Claims claims, Leases leases, Watches watches, Findings findings) {
        this.history = history;
        this.sightings = sightings;
        this.claims = claims;
        this.leases = leases;
        this.watches = watches;
        this.blur = new Blur(state, findings);
        this.reads = new Reads(history, sightings, claims, leases, state, blur, findings);
        this.unclaimed = new Unclaimed(
                history.operations(), state, blur, sightings, claims, leases, watches.coverage(), findings);
    }

    void run() {
        for (KeyValue kv : history.base().kvs()) {
            state.set(kv.key(), kv);
        }
        reads.at(sightings.base());
        for (long revision = sightings.base() + 1; revision <= sightings.newest(); revision++) {
            changes.clear();
            @Nullable Operation writer = claims.writer(revision);
            @Nullable Evidence evidence = claims.evidence(revision);
            if (writer != null) {
                write(revision, writer);
            } else if (evidence != null) {
                believe(revision, evidence);
            } else {
                unseen++;
                unclaimed.unseen(revision);
            }
            watches.written(revision, changes, writer);
            reads.at(revision);
        }
        watches.finish();
    }

    /** How many revisions nobody saw anything of. */
    int unseen() {
        return unseen;
    }

    /** How many writes of unknown fate were done. */
    int unknownApplied() {
        int puts = (int) history.operations().stream()
                .filter(operation -> Writes.unknown(operation) && claims.applied(operation))
                .count();
        return puts + unclaimed.applied();
    }

    private void write(long revision, Operation writer) {
        @Nullable Reply reply = writer.fate() instanceof Reply told ? told : null;
        boolean succeeded = branch(revision, writer, reply);
        List<Call.Step> steps = Writes.steps(writer.call(), succeeded);
        for (int i = 0; i < steps.size(); i++) {
            Call.Step step = steps.get(i);
            if (reply != null) {
                Reply part = reply instanceof Reply.Txn txn ? txn.replies().get(i) : reply;
                blur.learn(step, part, writer);
                reads.compare(writer, step, part);
            }
            if (blur.touches(step)) {
                blur.apply(step, revision, changes::add);
            } else {
                state.apply(step, revision, changes::add);
            }
        }
        for (Change change : changes) {
            if (change.after() != null && change.after().lease() != 0) {
                leases.attached(change.after().lease(), revision, writer);
            }
        }
    }

    private boolean branch(long revision, Operation writer, @Nullable Reply reply) {
        if (!(writer.call() instanceof Call.Txn txn)) {
            return true;
        }
        boolean taken = reply instanceof Reply.Txn told ? told.succeeded() : betrayed(revision, txn);
        if (!blur.touches(txn.compares()) && state.holds(txn.compares()) != taken) {
            reads.wrongBranch(writer, taken, revision);
        }
        return taken;
    }

    /** The branch whose value was seen. */
    private boolean betrayed(long revision, Call.Txn txn) {
        @Nullable Evidence evidence = claims.evidence(revision);
        if (evidence == null) {
            return state.holds(txn.compares());
        }
        boolean success = wrote(txn.success(), evidence);
        boolean failure = wrote(txn.failure(), evidence);
        return success == failure ? state.holds(txn.compares()) : success;
    }

    private static boolean wrote(List<Call.Step> steps, Evidence evidence) {
        return steps.stream().anyMatch(step -> {
            if (!(step instanceof Call.Put put)) {
                return false;
            }
            @Nullable KeyValue seen = evidence.keys().get(put.key());
            return seen != null && seen.value().equals(put.value());
        });
    }

    /** Does what was seen, whoever did it. */
    private void believe(long revision, Evidence evidence) {
        if (evidence.onlyDeletions()) {
            unclaimed.deleted(revision, evidence);
        }
        for (Map.Entry<String, KeyValue> seen : evidence.keys().entrySet()) {
            String key = seen.getKey();
            @Nullable KeyValue after = seen.getValue().version() == 0 ? null : seen.getValue();
            changes.add(new Change(key, state.get(key), after, !blur.of(key)));
            blur.clear(key, after);
            state.set(key, after);
        }
    }
}
