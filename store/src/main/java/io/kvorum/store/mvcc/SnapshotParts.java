package io.kvorum.store.mvcc;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.codec.ValueCodec;
import io.kvorum.store.mvcc.KeyHistory.Version;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Snapshot} in binary form, made part by part as it is asked for, so that a store of any size is written or sent
 * in little memory. A function of the content: equal states give equal parts, whatever the history of the trees that hold
 * them and however much of what was compacted is purged. {@link SnapshotAssembler} reads them. What a lease is attached to
 * follows from the keys and is not written.
 *
 * <p>The first part is the head, then come leases, keys and sessions, then the end. A key with many versions goes on in
 * the next part.
 */
public final class SnapshotParts implements Iterator<byte[]> {
    static final int FORMAT = 3;
    static final int HEAD = 1;
    static final int LEASES = 2;
    static final int KEYS = 3;
    static final int SESSIONS = 4;
    static final int END = 5;

    /** A part is closed when it has reached this size; one value more may be in it. */
    private static final int PART_BYTES = 256 << 10;

    /**
     * Room for a part and a value of usual size. Growing by doubling it would need twice as much for each, and arrays of
     * half a megabyte make the collector look through the whole heap where that is not over a gigabyte.
     */
    private static final int ROOM_BYTES = PART_BYTES + (64 << 10);

    private final Snapshot snapshot;
    private final BinaryWriter out;
    private int kind = HEAD;
    private @Nullable Long afterLease;
    private @Nullable ByteSequence atKey;
    private int atVersion;
    private @Nullable Long afterSession;

    public SnapshotParts(Snapshot snapshot) {
        this.snapshot = snapshot;
        this.out = new BinaryWriter((int) Math.min(ROOM_BYTES, 1024 + snapshot.bytes()));
    }

    @Override
    public boolean hasNext() {
        return kind <= END;
    }

    @Override
    public byte[] next() {
        out.reset().octet(kind);
        boolean last = switch (kind) {
            case HEAD -> head();
            case LEASES -> leases();
            case KEYS -> keys();
            case SESSIONS -> sessions();
            case END -> true;
            default -> throw new NoSuchElementException("the snapshot has no further part");
        };
        if (last) {
            kind++;
        }
        return out.toByteArray();
    }

    private boolean head() {
        out.octet(FORMAT)
                .number(snapshot.appliedIndex())
                .number(snapshot.revision())
                .number(snapshot.compactRevision())
                .number(snapshot.nextLease())
                .bool(snapshot.sessions().evicted())
                .number(snapshot.clusterId())
                .number(snapshot.alarms().size());
        snapshot.alarms().forEach(alarm -> ValueCodec.write(out, alarm));
        out.number(snapshot.notes().times().size());
        snapshot.notes().times().visitAll((time, revision) -> {
            out.number(time).number(revision);
            return true;
        });
        return true;
    }

    private boolean leases() {
        boolean[] all = {true};
        snapshot.leases().visit(afterLease, null, (id, lease) -> {
            if (id.equals(afterLease)) {
                return true;
            }
            if (out.size() >= PART_BYTES) {
                all[0] = false;
                return false;
            }
            out.number(id).number(lease.seconds()).number(lease.renewedAt());
            afterLease = id;
            return true;
        });
        return all[0];
    }

    private boolean keys() {
        boolean[] all = {true};
        snapshot.keys().visit(atKey, null, (key, held) -> {
            KeyHistory history = held.compact(snapshot.compactRevision());
            if (history == null) {
                return true;
            }
            int from = key.equals(atKey) ? atVersion : 0;
            if (from == history.size()) {
                return true; // ended the part before
            }
            if (out.size() >= PART_BYTES) {
                all[0] = false;
                return false;
            }
            atKey = key;
            atVersion = write(key, history, from);
            all[0] = atVersion == history.size();
            return all[0];
        });
        return all[0];
    }

    /** Returns the version from which the next part has to go on. */
    private int write(ByteSequence key, KeyHistory history, int from) {
        ValueCodec.write(out, key);
        int at = from;
        while (at < history.size() && (at == from || out.size() < PART_BYTES)) {
            Version version = history.get(at++);
            ByteSequence value = version.value();
            out.octet(value == null ? SnapshotAssembler.TOMBSTONE : SnapshotAssembler.LIVE)
                    .number(version.modRevision());
            if (value != null) {
                out.number(version.createRevision()).number(version.version()).number(version.lease());
                ValueCodec.write(out, value);
            }
        }
        out.octet(SnapshotAssembler.NO_MORE_VERSIONS);
        return at;
    }

    private boolean sessions() {
        boolean[] all = {true};
        snapshot.sessions().all().visit(afterSession, null, (client, session) -> {
            if (client.equals(afterSession)) {
                return true;
            }
            if (out.size() >= PART_BYTES) {
                all[0] = false;
                return false;
            }
            write(client, session);
            afterSession = client;
            return true;
        });
        return all[0];
    }

    private void write(long client, Session session) {
        out.number(client).number(session.usedAt()).number(session.forgottenBelow());
        out.number(session.outcomes().size());
        session.outcomes().visitAll((sequence, outcome) -> {
            OutcomeCodec.write(out.number(sequence), outcome);
            return true;
        });
    }
}
