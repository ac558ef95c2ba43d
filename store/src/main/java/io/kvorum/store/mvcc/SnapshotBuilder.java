package io.kvorum.store.mvcc;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.mvcc.KeyHistory.Version;
import java.util.List;

/**
 * Puts a {@link Snapshot} together from what a backup holds: the live keys and the leases. Nobody's requests are
 * remembered, and everything before the revision counts as compacted, so that whoever watched the former life of the
 * store lists again. Used once; leases before keys.
 */
public final class SnapshotBuilder {
    private final long appliedIndex;
    private final long revision;
    private final long nextLease;
    private final long clusterId;
    private SortedTree<ByteSequence, KeyHistory> keys = SortedTree.empty();
    private long bytes;
    private SortedTree<Long, Lease> leases = SortedTree.empty();

    /**
     * Starts with no keys.
     *
     * @param appliedIndex log index that the state stands for
     * @param revision the store's revision, not below that of any key
     */
    public SnapshotBuilder(long appliedIndex, long revision, long nextLease, long clusterId) {
        this.appliedIndex = appliedIndex;
        this.revision = revision;
        this.nextLease = nextLease;
        this.clusterId = clusterId;
    }

    /** Adds a lease with its full time ahead. */
    public SnapshotBuilder lease(long id, long seconds) {
        if (id == 0 || seconds < 1) {
            throw new IllegalArgumentException("lease " + id + " of " + seconds + " s cannot exist");
        }
        leases = leases.with(id, new Lease(seconds, appliedIndex, SortedTree.empty()));
        return this;
    }

    /** Adds a key; one that comes twice, is newer than the revision or hangs on an unknown lease is refused. */
    public SnapshotBuilder key(KeyValue kv) {
        if (keys.contains(kv.key())) {
            throw new IllegalArgumentException("key " + kv.key() + " comes twice");
        }
        if (kv.modRevision() > revision || kv.createRevision() > kv.modRevision() || kv.createRevision() < 1) {
            throw new IllegalArgumentException("key " + kv.key() + " was changed at revision " + kv.modRevision()
                    + " and created at " + kv.createRevision() + ", which cannot be at revision " + revision);
        }
        Version version = new Version(kv.modRevision(), kv.createRevision(), kv.version(), kv.value(), kv.lease());
        keys = keys.with(kv.key(), KeyHistory.of(version));
        bytes += Snapshot.bytesOf(kv.key(), version);
        if (kv.lease() != 0) {
            Lease lease = leases.get(kv.lease());
            if (lease == null) {
                throw new IllegalArgumentException(
                        "key " + kv.key() + " is attached to lease " + kv.lease() + ", which is not there");
            }
            leases = leases.with(kv.lease(), lease.attach(kv.key()));
        }
        return this;
    }

    public Snapshot build() {
        return new Snapshot(
                appliedIndex,
                revision,
                revision,
                keys,
                bytes,
                new Snapshot.Leases(nextLease, leases),
                new Snapshot.Sessions(SortedTree.empty(), true),
                new Snapshot.Notes(List.of(), SortedTree.empty()),
                clusterId);
    }
}
