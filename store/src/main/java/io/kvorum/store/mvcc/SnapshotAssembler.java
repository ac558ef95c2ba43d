package io.kvorum.store.mvcc;

import io.kvorum.store.client.Alarm;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.ValueCodec;
import io.kvorum.store.mvcc.KeyHistory.Version;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts a {@link Snapshot} together from its {@link SnapshotParts}. Used once; wrong parts are a {@link MalformedException}. */
public final class SnapshotAssembler {
    static final int NO_MORE_VERSIONS = 0;
    static final int TOMBSTONE = 1;
    static final int LIVE = 2;

    private int kind;
    private long appliedIndex;
    private long revision;
    private long compactRevision;
    private long nextLease;
    private boolean sessionsEvicted;
    private long clusterId;
    private List<Alarm> alarms = List.of();
    private SortedTree<Long, Long> times = SortedTree.empty();
    private SortedTree<Long, Lease> leases = SortedTree.empty();
    private final List<ByteSequence> keys = new ArrayList<>();
    private final List<KeyHistory> histories = new ArrayList<>();
    private @Nullable ByteSequence key;
    private List<Version> versions = new ArrayList<>();
    private SortedTree<Long, Session> sessions = SortedTree.empty();
    private long bytes;

    /** The snapshot that all of these parts make. */
    public static Snapshot of(Iterator<byte[]> parts) {
        SnapshotAssembler assembler = new SnapshotAssembler();
        parts.forEachRemaining(assembler::add);
        return assembler.snapshot();
    }

    /** Takes the next part; returns whether it was the last. */
    public boolean add(byte[] part) {
        return add(new BinaryReader(part));
    }

    /** As {@link #add(byte[])}, of a part that is read from within an array. */
    public boolean add(BinaryReader in) {
        int next = in.octet();
        if (next < kind
                || next > kind + 1
                || (next == kind && (next == SnapshotParts.HEAD || kind > SnapshotParts.SESSIONS))) {
            throw new MalformedException("part of kind " + next + " after one of kind " + kind);
        }
        kind = next;
        switch (kind) {
            case SnapshotParts.HEAD -> head(in);
            case SnapshotParts.LEASES -> leases(in);
            case SnapshotParts.KEYS -> keys(in);
            case SnapshotParts.SESSIONS -> sessions(in);
            default -> in.end();
        }
        return kind == SnapshotParts.END;
    }

    /** The snapshot, when the last part is in. */
    public Snapshot snapshot() {
        if (kind != SnapshotParts.END) {
            throw new MalformedException("the snapshot ends after a part of kind " + kind);
        }
        endKey();
        return new Snapshot(
                appliedIndex,
                revision,
                compactRevision,
                SortedTree.ofSorted(keys, histories),
                bytes,
                new Snapshot.Leases(nextLease, leases),
                new Snapshot.Sessions(sessions, sessionsEvicted),
                new Snapshot.Notes(alarms, times),
                clusterId);
    }

    private void head(BinaryReader in) {
        int format = in.octet();
        if (format != SnapshotParts.FORMAT) {
            throw new MalformedException("snapshot format " + format + " is not known, only " + SnapshotParts.FORMAT);
        }
        appliedIndex = in.number();
        revision = in.number();
        compactRevision = in.number();
        nextLease = in.number();
        sessionsEvicted = in.bool();
        clusterId = in.number();
        alarms = ValueCodec.list(in, ValueCodec::alarm);
        for (int i = in.count(); i > 0; i--) {
            times = times.with(in.number(), in.number());
        }
        in.end();
    }

    private void leases(BinaryReader in) {
        while (!in.atEnd()) {
            leases = leases.with(in.number(), new Lease(in.number(), in.number(), SortedTree.empty()));
        }
    }

    private void keys(BinaryReader in) {
        while (!in.atEnd()) {
            ByteSequence next = ValueCodec.sequence(in);
            if (!next.equals(key)) {
                endKey();
                key = next;
            }
            for (int tag = in.octet(); tag != NO_MORE_VERSIONS; tag = in.octet()) {
                long modRevision = in.number();
                Version version = switch (tag) {
                    case TOMBSTONE -> Version.tombstone(modRevision);
                    case LIVE -> live(in, modRevision);
                    default -> throw new MalformedException("no such sort of version: " + tag);
                };
                versions.add(version);
                bytes += Snapshot.bytesOf(next, version);
            }
        }
    }

    private static Version live(BinaryReader in, long modRevision) {
        long createRevision = in.number();
        long version = in.number();
        long lease = in.number();
        return new Version(modRevision, createRevision, version, ValueCodec.sequence(in), lease);
    }

    private void endKey() {
        ByteSequence ended = key;
        if (ended == null) {
            return;
        }
        if (versions.isEmpty() || (!keys.isEmpty() && keys.get(keys.size() - 1).compareTo(ended) >= 0)) {
            throw new MalformedException("key " + ended + " has no version or is out of order");
        }
        KeyHistory history = KeyHistory.of(versions.toArray(Version[]::new));
        versions = new ArrayList<>();
        keys.add(ended);
        histories.add(history);
        key = null;
        Version live = history.live();
        if (live != null && live.lease() != 0) {
            Lease lease = leases.get(live.lease());
            if (lease == null) {
                throw new MalformedException(
                        "key " + ended + " is attached to lease " + live.lease() + ", which is not there");
            }
            leases = leases.with(live.lease(), lease.attach(ended));
        }
    }

    private void sessions(BinaryReader in) {
        while (!in.atEnd()) {
            sessions = sessions.with(in.number(), session(in));
        }
    }

    private static Session session(BinaryReader in) {
        long usedAt = in.number();
        long forgottenBelow = in.number();
        SortedTree<Long, Outcome> outcomes = SortedTree.empty();
        for (int i = in.count(); i > 0; i--) {
            outcomes = outcomes.with(in.number(), OutcomeCodec.read(in));
        }
        return Session.of(usedAt, forgottenBelow, outcomes);
    }
}
