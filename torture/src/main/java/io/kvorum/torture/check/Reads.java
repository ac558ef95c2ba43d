package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answers that show the state at a revision and do not change it, compared with it. */
final class Reads {
    private final History history;
    private final Sightings sightings;
    private final Claims claims;
    private final Leases leases;
    private final KvState state;
    private final Blur blur;
    private final Findings findings;
    private final Answers answers;
    /** The first read of each revision, and after each read the next one of the same; -1: none. */
    private final int[] first;

    private final int[] next;

    Reads(
            History history,
            Sightings sightings,
            Claims claims,
            Leases leases,
            KvState state,
            Blur blur,
            Findings findings) {
        this.history = history;
        this.sightings = sightings;
        this.claims = claims;
        this.leases = leases;
        this.state = state;
        this.blur = blur;
        this.findings = findings;
        this.answers = new Answers(state, true);
        this.first = new int[(int) (sightings.newest() - sightings.base() + 1)];
        this.next = new int[history.operations().size()];
        Arrays.fill(first, -1);
        for (int id = history.operations().size() - 1; id >= 0; id--) {
            place(history.operations().get(id));
        }
    }

    private void place(Operation operation) {
        if (!(operation.fate() instanceof Reply reply) || reply.revision() == 0 || !sightings.believed(operation)) {
            return;
        }
        boolean shows = Writes.may(operation.call()) && !Writes.did(operation)
                || operation.call() instanceof Call.Range
                || operation.call() instanceof Call.LeaseRevoke;
        if (!shows) {
            return;
        }
        long revision = reply.revision();
        if (operation.call() instanceof Call.Range range && range.revision() != 0) {
            if (range.revision() > revision) {
                findings.add(
                        Kind.WRONG_READ,
                        operation,
                        "revision " + range.revision() + " was answered at revision " + revision);
                return;
            }
            revision = range.revision();
        }
        if (revision >= sightings.base()) {
            int slot = (int) (revision - sightings.base());
            next[operation.id()] = first[slot];
            first[slot] = operation.id();
        }
    }

    /** Compares all answers that show the state as it is now, at {@code revision}. */
    void at(long revision) {
        for (int id = first[(int) (revision - sightings.base())]; id >= 0; id = next[id]) {
            compare(history.operations().get(id), revision);
        }
    }

    private void compare(Operation operation, long revision) {
        if (operation.call() instanceof Call.LeaseRevoke revoke) {
            revoked(operation, revoke.lease(), revision);
        } else if (operation.call() instanceof Call.Txn txn && operation.fate() instanceof Reply.Txn reply) {
            if (!blur.touches(txn.compares()) && state.holds(txn.compares()) != reply.succeeded()) {
                wrongBranch(operation, reply.succeeded(), revision);
                return;
            }
            List<Call.Step> steps = txn.branch(reply.succeeded());
            for (int i = 0; i < steps.size(); i++) {
                blur.learn(steps.get(i), reply.replies().get(i), operation);
                compare(operation, steps.get(i), reply.replies().get(i));
            }
        } else if (operation.call() instanceof Call.Step step && operation.fate() instanceof Reply reply) {
            learn(operation, step, reply);
            compare(operation, step, reply);
            stale(operation, step, reply);
        }
    }

    /** A read of an old revision is in that revision's place, where its answer is one of the newest. */
    private void learn(Operation operation, Call.Step step, Reply reply) {
        if (step instanceof Call.Range range && range.revision() != 0) {
            blur.learn(
                    new Call.Range(range.keys(), 0, range.serializable(), range.limit(), range.countOnly()),
                    reply,
                    operation);
        } else {
            blur.learn(step, reply, operation);
        }
    }

    private void stale(Operation operation, Call.Step step, Reply reply) {
        if (step instanceof Call.Range range
                && range.revision() == 0
                && !range.serializable()
                && reply instanceof Reply.Range shown) {
            for (KeyValue kv : shown.kvs()) {
                if (kv.lease() != 0) {
                    leases.shown(kv, operation);
                }
            }
        }
    }

    void wrongBranch(Operation operation, boolean taken, long revision) {
        findings.add(
                Kind.WRONG_BRANCH,
                operation,
                "at revision " + revision + " the conditions were " + (taken ? "not true" : "true")
                        + ", but the transaction " + (taken ? "succeeded" : "did not succeed"));
    }

    /** Compares one step's answer with the state before it. */
    void compare(Operation operation, Call.Step step, Reply reply) {
        boolean inTxn = operation.call() instanceof Call.Txn;
        if (blur.touches(step) || inTxn && step instanceof Call.Range range && range.revision() != 0) {
            return;
        }
        @Nullable String wrong = answers.wrong(step, reply);
        if (wrong == null) {
            return;
        }
        if (step instanceof Call.Range range && reply instanceof Reply.Range shown) {
            wrongRange(operation, range, shown, wrong);
        } else {
            findings.add(Kind.WRONG_WRITE_ANSWER, operation, step + " " + wrong);
        }
    }

    private void wrongRange(Operation operation, Call.Range range, Reply.Range shown, String wrong) {
        if (Writes.serializable(operation.call())) {
            findings.add(Kind.WRONG_SERIALIZABLE_READ, operation, range + " " + wrong);
            return;
        }
        if (!range.countOnly() && !shown.more()) {
            Map<String, KeyValue> told = new HashMap<>();
            shown.kvs().forEach(kv -> told.put(kv.key(), kv));
            for (KeyValue expected : state.in(range.keys()).values()) {
                @Nullable KeyValue kv = told.get(expected.key());
                @Nullable Operation writer = acknowledged(expected);
                if (writer != null && (kv == null || kv.modRevision() < expected.modRevision())) {
                    boolean torn =
                            shown.kvs().stream().anyMatch(other -> other.modRevision() == expected.modRevision());
                    findings.add(
                            torn ? Kind.TORN_TXN : Kind.LOST_WRITE,
                            operation,
                            range + " does not show " + expected + ", which operation " + writer.id() + " wrote ("
                                    + writer + ")" + (torn ? ", but other keys of the same revision" : ""),
                            writer);
                    return;
                }
            }
        }
        findings.add(Kind.WRONG_READ, operation, range + " " + wrong);
    }

    private @Nullable Operation acknowledged(KeyValue kv) {
        if (kv.modRevision() <= sightings.base()) {
            return null;
        }
        @Nullable Operation writer = claims.writer(kv.modRevision());
        return writer != null && writer.ok() ? writer : null;
    }

    private void revoked(Operation operation, long lease, long revision) {
        for (String key : state.attached(lease)) {
            if (!blur.of(key)) {
                findings.add(
                        Kind.REVOKED_REMAINS,
                        operation,
                        "lease " + lease + " was revoked by revision " + revision + ", but " + state.get(key)
                                + " was still there");
                return;
            }
        }
    }
}
