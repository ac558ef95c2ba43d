package io.kvorum.torture.check;

import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import io.kvorum.torture.history.WatchStream;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * When revisions were first known to be there: {@link #first} of a revision is the earliest moment at which somebody had
 * an answer or a frame of that revision or a later one. It never falls with the revision, so that "what had been seen by
 * then" and "what had not" are one comparison each.
 */
final class Sightings {
    private final History history;
    private final long base;
    private final long newest;
    private final long[] first;
    /** An operation's id, or, below zero, -1 minus a stream's. */
    private final int[] witness;

    private final BitSet impossible = new BitSet();
    private final BitSet impossibleStreams = new BitSet();

    /** Answers and streams with revisions that cannot be are found here, and are {@link #believed} no more. */
    Sightings(History history, Findings findings) {
        this.history = history;
        this.base = history.base().revision();
        long limit = limit(history);
        long last = base;
        for (Operation operation : history.operations()) {
            last = Math.max(last, revision(operation, limit, findings));
        }
        for (WatchStream stream : history.streams()) {
            last = Math.max(last, revision(stream, limit, findings));
        }
        this.newest = last;
        this.first = new long[(int) (newest - base + 1)];
        this.witness = new int[first.length];
        Arrays.fill(first, Long.MAX_VALUE);
        fill();
    }

    /** No store has had more revisions than this; far above what is right, so that only nonsense is beyond it. */
    private static long limit(History history) {
        Set<Long> leases = new HashSet<>();
        history.base().kvs().forEach(kv -> leases.add(kv.lease()));
        long writers = leases.size();
        for (Operation operation : history.operations()) {
            switch (operation.call().kind()) {
                case PUT, DELETE, TXN, LEASE_GRANT -> writers++;
                default -> {
                    // Writes nothing.
                }
            }
        }
        return history.base().revision() + 4 * writers + 1024;
    }

    private long revision(Operation operation, long limit, Findings findings) {
        if (!(operation.fate() instanceof Reply reply) || reply.revision() == 0) {
            return base;
        }
        long revision = reply.revision();
        if (revision < base || revision > limit || (revision == base && Writes.did(operation))) {
            impossible.set(operation.id());
            findings.add(
                    Kind.REVISION_FROM_NOWHERE,
                    operation,
                    "an answer of revision " + revision + " where the store began with " + base
                            + " and cannot have gone beyond " + limit);
            return base;
        }
        return revision;
    }

    private long revision(WatchStream stream, long limit, Findings findings) {
        long last = base;
        for (Frame frame : stream.frames()) {
            long revision = newest(frame);
            if (revision > limit) {
                impossibleStreams.set(stream.id());
                findings.add(
                        Kind.REVISION_FROM_NOWHERE,
                        stream,
                        frame,
                        "a frame of revision " + revision + " where the store cannot have gone beyond " + limit);
                return base;
            }
            last = Math.max(last, revision);
        }
        return last;
    }

    private static long newest(Frame frame) {
        long newest = frame.revision();
        if (frame instanceof Frame.Events events) {
            for (var event : events.events()) {
                newest = Math.max(newest, event.revision());
            }
        }
        return newest;
    }

    private void fill() {
        for (Operation operation : history.operations()) {
            if (operation.fate() instanceof Reply reply && reply.revision() != 0 && believed(operation)) {
                seen(reply.revision(), operation.completed(), operation.id());
            }
        }
        for (WatchStream stream : history.streams()) {
            if (believed(stream)) {
                stream.frames().forEach(frame -> seen(newest(frame), frame.at(), -1 - stream.id()));
            }
        }
        for (int i = first.length - 2; i >= 0; i--) {
            if (first[i + 1] < first[i]) {
                first[i] = first[i + 1];
                witness[i] = witness[i + 1];
            }
        }
    }

    private void seen(long revision, long at, int by) {
        if (revision >= base && at < first[(int) (revision - base)]) {
            first[(int) (revision - base)] = at;
            witness[(int) (revision - base)] = by;
        }
    }

    long base() {
        return base;
    }

    long newest() {
        return newest;
    }

    boolean believed(Operation operation) {
        return !impossible.get(operation.id());
    }

    boolean believed(WatchStream stream) {
        return !impossibleStreams.get(stream.id());
    }

    /** When the revision, or a later one, was first seen; the greatest long for a revision that never was. */
    long first(long revision) {
        return revision > newest ? Long.MAX_VALUE : first[(int) (Math.max(revision, base) - base)];
    }

    /** Who saw it first. */
    Culprit witness(long revision) {
        int by = witness[(int) (Math.max(revision, base) - base)];
        if (by >= 0) {
            return new Culprit.Answer(history.operations().get(by));
        }
        WatchStream stream = history.streams().get(-1 - by);
        for (Frame frame : stream.frames()) {
            if (newest(frame) >= revision) {
                return new Culprit.Watched(stream, frame);
            }
        }
        throw new IllegalStateException("stream " + stream.id() + " did not see revision " + revision);
    }

    /** The greatest revision seen before {@code time}. */
    long newestBefore(long time) {
        int from = 0;
        int to = first.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (first[middle] < time) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return base + from - 1;
    }
}
