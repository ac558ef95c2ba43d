package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import java.util.ArrayList;
import java.util.List;

/** Whether the order of revisions is that of time, and what was refused was refused with reason. */
final class OrderCheck {
    private final History history;
    private final Sightings sightings;
    private final Claims claims;
    private final Compactions compactions;
    private final Bounds bounds;
    private final Findings findings;

    OrderCheck(
            History history,
            Sightings sightings,
            Claims claims,
            Compactions compactions,
            Bounds bounds,
            Findings findings) {
        this.history = history;
        this.sightings = sightings;
        this.claims = claims;
        this.compactions = compactions;
        this.bounds = bounds;
        this.findings = findings;
    }

    void run() {
        for (long revision = sightings.base() + 1; revision <= sightings.newest(); revision++) {
            Operation writer = claims.writer(revision);
            if (writer != null && sightings.first(revision) < writer.invoked()) {
                writtenLate(writer, revision);
            }
        }
        for (Operation operation : history.operations()) {
            if (operation.fate() instanceof Reply reply && reply.revision() != 0 && sightings.believed(operation)) {
                answered(operation, reply.revision());
            } else if (operation.fate() instanceof Fate.Failed failed) {
                refused(operation, failed.code());
            }
        }
    }

    /** The revision, or a later one, had been seen before the call began that wrote it. */
    private void writtenLate(Operation writer, long revision) {
        Culprit witness = sightings.witness(revision);
        if (witness instanceof Culprit.Answer answer && Writes.did(answer.operation())) {
            findings.add(
                    Kind.WRITE_ORDER,
                    writer,
                    "it began after operation " + answer.operation().id() + " had ended (" + answer.operation()
                            + "), but its revision, " + revision + ", is not greater",
                    answer.operation());
        } else {
            findings.add(
                    Kind.FROM_THE_FUTURE,
                    witness,
                    "revision " + revision + " was seen before operation " + writer.id() + " began, which wrote it ("
                            + writer + ")",
                    writer);
        }
    }

    private void answered(Operation operation, long revision) {
        if (linearizable(operation.call()) && !Writes.did(operation)) {
            if (sightings.first(revision + 1) < operation.invoked()) {
                stale(operation, revision);
            }
        }
        if (operation.call() instanceof Call.Range range && range.revision() != 0 && !range.serializable()) {
            long compacted = compactions.doneBefore(operation.invoked());
            if (range.revision() < compacted) {
                findings.add(
                        Kind.COMPACTED_READ,
                        operation,
                        "revision " + range.revision() + " was read after compaction to " + compacted
                                + " had been acknowledged");
            }
        }
    }

    private void stale(Operation operation, long revision) {
        long newest = sightings.newestBefore(operation.invoked());
        Culprit witness = sightings.witness(newest);
        String sentence = "answered at revision " + revision + ", but " + newest + " had been seen before it began ("
                + witness + ")";
        List<Operation> involved = new ArrayList<>();
        if (witness instanceof Culprit.Answer answer) {
            involved.add(answer.operation());
        }
        Operation writer = newest > sightings.base() ? claims.writer(newest) : null;
        if (writer != null) {
            involved.add(writer);
        }
        findings.add(Kind.STALE_READ, operation, sentence, involved.toArray(Operation[]::new));
    }

    private static boolean linearizable(Call call) {
        return call instanceof Call.Compact
                || (call instanceof Call.Range || Writes.may(call)) && !Writes.serializable(call);
    }

    private void refused(Operation operation, Fate.Code code) {
        if (code == Fate.Code.COMPACTED && !bounds.compactsItself()) {
            long compacted = compactions.askedBefore(operation.completed());
            boolean right = operation.call() instanceof Call.Range range && range.revision() < compacted
                    || operation.call() instanceof Call.Compact compact && compact.revision() <= compacted
                    || operation.call() instanceof Call.Txn;
            if (!right) {
                findings.add(
                        Kind.WRONG_REFUSAL,
                        operation,
                        "refused as compacted, but nobody had asked for more than " + compacted);
            }
        } else if (code == Fate.Code.FUTURE_REVISION) {
            long asked = operation.call() instanceof Call.Range range && !range.serializable()
                    ? range.revision()
                    : operation.call() instanceof Call.Compact compact ? compact.revision() : Long.MAX_VALUE;
            if (sightings.first(asked) < operation.invoked()) {
                findings.add(
                        Kind.WRONG_REFUSAL,
                        operation,
                        "revision " + asked + " is said not to be yet, but it had been seen before");
            }
        }
    }
}
