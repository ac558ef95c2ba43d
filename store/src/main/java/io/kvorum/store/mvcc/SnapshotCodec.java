package io.kvorum.store.mvcc;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.codec.ValueCodec;
import io.kvorum.store.mvcc.KeyHistory.Version;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Binary form of a {@link Snapshot}. A function of the content: equal states give equal bytes, whatever the history of
 * the trees that hold them. What a lease is attached to follows from the keys and is not written.
 */
public final class SnapshotCodec {
    private static final int FORMAT = 2;

    /** Without a cluster id. */
    private static final int FORMAT_1 = 1;

    private SnapshotCodec() {}

    public static byte[] encode(Snapshot snapshot) {
        BinaryWriter out = new BinaryWriter(1 << 16);
        out.octet(FORMAT)
                .number(snapshot.appliedIndex())
                .number(snapshot.revision())
                .number(snapshot.compactRevision())
                .number(snapshot.nextLease())
                .bool(snapshot.sessionsEvicted())
                .number(snapshot.clusterId());
        out.number(snapshot.leases().size());
        snapshot.leases().visitAll((id, lease) -> {
            out.number(id).number(lease.seconds()).number(lease.renewedAt());
            return true;
        });
        out.number(snapshot.keys().size());
        snapshot.keys().visitAll((key, history) -> {
            write(out, key, history);
            return true;
        });
        out.number(snapshot.sessions().size());
        snapshot.sessions().visitAll((client, session) -> {
            write(out, client, session);
            return true;
        });
        return out.toByteArray();
    }

    public static Snapshot decode(byte[] bytes) {
        BinaryReader in = new BinaryReader(bytes);
        int format = in.octet();
        if (format != FORMAT && format != FORMAT_1) {
            throw new MalformedException("snapshot format " + format + " is not known, only up to " + FORMAT);
        }
        long appliedIndex = in.number();
        long revision = in.number();
        long compactRevision = in.number();
        long nextLease = in.number();
        boolean sessionsEvicted = in.bool();
        long clusterId = format == FORMAT_1 ? 0 : in.number();
        SortedTree<Long, Lease> leases = SortedTree.empty();
        for (int i = in.count(); i > 0; i--) {
            leases = leases.with(in.number(), new Lease(in.number(), in.number(), SortedTree.empty()));
        }
        SortedTree<ByteSequence, KeyHistory> keys = SortedTree.empty();
        for (int i = in.count(); i > 0; i--) {
            ByteSequence key = ValueCodec.sequence(in);
            KeyHistory history = history(in);
            keys = keys.with(key, history);
            leases = attach(leases, key, history.live());
        }
        SortedTree<Long, Session> sessions = SortedTree.empty();
        for (int i = in.count(); i > 0; i--) {
            sessions = sessions.with(in.number(), session(in));
        }
        in.end();
        return new Snapshot(
                appliedIndex, revision, compactRevision, keys, nextLease, leases, sessions, sessionsEvicted, clusterId);
    }

    /** SHA-256 of the binary form, in hexadecimal. */
    public static String hash(Snapshot snapshot) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encode(snapshot)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static SortedTree<Long, Lease> attach(
            SortedTree<Long, Lease> leases, ByteSequence key, @Nullable Version live) {
        if (live == null || live.lease() == 0) {
            return leases;
        }
        Lease lease = leases.get(live.lease());
        if (lease == null) {
            throw new MalformedException(
                    "key " + key + " is attached to lease " + live.lease() + ", which is not there");
        }
        return leases.with(live.lease(), lease.attach(key));
    }

    private static void write(BinaryWriter out, ByteSequence key, KeyHistory history) {
        ValueCodec.write(out, key);
        out.number(history.size());
        for (int i = 0; i < history.size(); i++) {
            Version version = history.get(i);
            ByteSequence value = version.value();
            out.number(version.modRevision()).bool(value != null);
            if (value != null) {
                out.number(version.createRevision()).number(version.version()).number(version.lease());
                ValueCodec.write(out, value);
            }
        }
    }

    private static KeyHistory history(BinaryReader in) {
        int size = in.count();
        if (size == 0) {
            throw new MalformedException("key without a version");
        }
        Version[] versions = new Version[size];
        for (int i = 0; i < size; i++) {
            long modRevision = in.number();
            versions[i] = in.bool() ? live(in, modRevision) : Version.tombstone(modRevision);
        }
        return KeyHistory.of(versions);
    }

    private static Version live(BinaryReader in, long modRevision) {
        long createRevision = in.number();
        long version = in.number();
        long lease = in.number();
        return new Version(modRevision, createRevision, version, ValueCodec.sequence(in), lease);
    }

    private static void write(BinaryWriter out, long client, Session session) {
        out.number(client).number(session.usedAt()).number(session.forgottenBelow());
        out.number(session.outcomes().size());
        session.outcomes().visitAll((sequence, outcome) -> {
            OutcomeCodec.write(out.number(sequence), outcome);
            return true;
        });
    }

    private static Session session(BinaryReader in) {
        long usedAt = in.number();
        long forgottenBelow = in.number();
        SortedTree<Long, Outcome> outcomes = SortedTree.empty();
        for (int i = in.count(); i > 0; i--) {
            outcomes = outcomes.with(in.number(), OutcomeCodec.read(in));
        }
        return new Session(usedAt, forgottenBelow, outcomes);
    }
}
