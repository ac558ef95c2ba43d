package io.kvorum.torture.check;

import io.kvorum.torture.history.Event;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import io.kvorum.torture.history.WatchStream;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which operation wrote which revision: those that were acknowledged say so; a write of unknown fate is found by the
 * value it wrote, in watches and reads. What was seen of the other revisions is kept as {@link Evidence}.
 */
final class Claims {
    private record Written(String key, String value) {}

    private final History history;
    private final Sightings sightings;
    private final Findings findings;
    private final long base;
    private final int[] claims;
    private final BitSet applied = new BitSet();
    private final Map<Long, Evidence> evidence = new TreeMap<>();
    private @Nullable Map<Written, Operation> acknowledged;

    Claims(History history, Sightings sightings, Findings findings) {
        this.history = history;
        this.sightings = sightings;
        this.findings = findings;
        this.base = sightings.base();
        this.claims = new int[(int) (sightings.newest() - base + 1)];
        claimAcknowledged();
        collect();
        assignPuts();
    }

    private void claimAcknowledged() {
        for (Operation operation : history.operations()) {
            if (!(operation.fate() instanceof Reply reply)
                    || !sightings.believed(operation)
                    || !Writes.did(operation)) {
                continue;
            }
            @Nullable Operation other = writer(reply.revision());
            if (other == null) {
                claim(reply.revision(), operation);
            } else {
                findings.add(
                        Kind.REVISION_TWICE,
                        operation,
                        "revision " + reply.revision() + " was given to operation " + other.id() + " (" + other
                                + ") and to operation " + operation.id() + " (" + operation + ")",
                        other);
            }
        }
    }

    /** Takes {@code operation} to have written {@code revision}. */
    void claim(long revision, Operation operation) {
        claims[(int) (revision - base)] = operation.id() + 1;
        applied.set(operation.id());
    }

    private void collect() {
        for (Operation operation : history.operations()) {
            if (operation.fate() instanceof Reply reply && sightings.believed(operation)) {
                shown(reply, kv -> saw(kv, operation));
            }
        }
        for (WatchStream stream : history.streams()) {
            if (sightings.believed(stream)) {
                stream.frames().forEach(frame -> collect(stream, frame));
            }
        }
    }

    private void collect(WatchStream stream, Frame frame) {
        if (!(frame instanceof Frame.Events events)) {
            return;
        }
        for (Event event : events.events()) {
            saw(event.kv(), stream, frame);
            if (event.previous() != null) {
                saw(event.previous(), stream, frame);
            }
        }
    }

    private static void shown(Reply reply, Consumer<KeyValue> kvs) {
        if (reply instanceof Reply.Range range) {
            range.kvs().forEach(kvs);
        } else if (reply instanceof Reply.Put put && put.previous() != null) {
            kvs.accept(put.previous());
        } else if (reply instanceof Reply.Delete delete) {
            delete.previous().forEach(kvs);
        } else if (reply instanceof Reply.Txn txn) {
            txn.replies().forEach(part -> shown(part, kvs));
        }
    }

    private void saw(KeyValue kv, Operation operation) {
        if (open(kv.modRevision())) {
            evidence.computeIfAbsent(kv.modRevision(), revision -> new Evidence(new Culprit.Answer(operation)))
                    .add(kv);
        }
    }

    private void saw(KeyValue kv, WatchStream stream, Frame frame) {
        if (open(kv.modRevision())) {
            evidence.computeIfAbsent(kv.modRevision(), revision -> new Evidence(new Culprit.Watched(stream, frame)))
                    .add(kv);
        }
    }

    private boolean open(long revision) {
        return revision > base && revision <= sightings.newest() && claims[(int) (revision - base)] == 0;
    }

    private void assignPuts() {
        if (evidence.isEmpty()) {
            return;
        }
        Map<Written, Operation> unacknowledged = new HashMap<>();
        for (Operation operation : history.operations()) {
            if (!operation.ok()) {
                Writes.puts(operation.call(), put -> {
                    Operation other = unacknowledged.put(new Written(put.key(), put.value()), operation);
                    if (other != null && other != operation) {
                        throw new IllegalArgumentException(
                                "the same value is written by " + other + " and " + operation);
                    }
                });
            }
        }
        evidence.forEach((revision, seen) -> {
            for (KeyValue kv : seen.keys().values()) {
                if (kv.version() != 0) {
                    assign(revision, seen, kv, unacknowledged.get(new Written(kv.key(), kv.value())));
                    return;
                }
            }
        });
    }

    private void assign(long revision, Evidence seen, KeyValue kv, @Nullable Operation writer) {
        if (writer != null && !applied.get(writer.id())) {
            claim(revision, writer);
            if (writer.fate() instanceof Fate.Failed) {
                findings.add(
                        Kind.FAILED_WRITE_APPLIED,
                        seen.seenBy(),
                        kv + " was seen, which operation " + writer.id() + " wrote (" + writer + ")",
                        writer);
            }
            return;
        }
        Operation first = writer == null ? acknowledged(kv) : writer;
        if (first == null) {
            findings.add(Kind.WRITTEN_BY_NOBODY, seen.seenBy(), kv + " was seen, a value that nobody wrote");
        } else {
            findings.add(
                    Kind.APPLIED_TWICE,
                    seen.seenBy(),
                    kv + " was seen, but the only write of this value (operation " + first.id()
                            + ") was done at revision " + revisionOf(first),
                    first);
        }
    }

    private @Nullable Operation acknowledged(KeyValue kv) {
        @Nullable Map<Written, Operation> index = acknowledged;
        if (index == null) {
            index = indexAcknowledged();
            acknowledged = index;
        }
        return index.get(new Written(kv.key(), kv.value()));
    }

    /** Large, and only needed when something is wrong. */
    private Map<Written, Operation> indexAcknowledged() {
        Map<Written, Operation> index = new HashMap<>();
        for (Operation operation : history.operations()) {
            if (operation.fate() instanceof Reply reply) {
                boolean succeeded = reply instanceof Reply.Txn txn && txn.succeeded();
                Writes.puts(
                        Writes.steps(operation.call(), succeeded),
                        put -> index.put(new Written(put.key(), put.value()), operation));
            }
        }
        return index;
    }

    private long revisionOf(Operation operation) {
        if (operation.fate() instanceof Reply reply) {
            return reply.revision();
        }
        for (int i = 0; i < claims.length; i++) {
            if (claims[i] == operation.id() + 1) {
                return base + i;
            }
        }
        throw new IllegalStateException("not applied: " + operation);
    }

    /** Who wrote the revision; null when that is not known (yet). */
    @Nullable
    Operation writer(long revision) {
        int claim = claims[(int) (revision - base)];
        return claim == 0 ? null : history.operations().get(claim - 1);
    }

    /** What was seen of a revision that no answer claims; null: nothing. */
    @Nullable
    Evidence evidence(long revision) {
        return evidence.get(revision);
    }

    /** Whether it is known at which revision the operation was done. */
    boolean applied(Operation operation) {
        return applied.get(operation.id());
    }
}
