package io.kvorum.store.mvcc;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.mvcc.KeyHistory.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The whole key space at one log index, immutable and safe to read on any thread. Taking one costs nothing; it holds on
 * to the versions that later compactions drop.
 */
public final class Snapshot {
    private static final Snapshot EMPTY =
            new Snapshot(0, 1, 0, SortedTree.empty(), 1, SortedTree.empty(), SortedTree.empty(), false, 0);

    private final long appliedIndex;
    private final long revision;
    private final long compactRevision;
    private final SortedTree<ByteSequence, KeyHistory> keys;
    private final long nextLease;
    private final SortedTree<Long, Lease> leases;
    private final SortedTree<Long, Session> sessions;
    private final boolean sessionsEvicted;
    private final long clusterId;

    Snapshot(
            long appliedIndex,
            long revision,
            long compactRevision,
            SortedTree<ByteSequence, KeyHistory> keys,
            long nextLease,
            SortedTree<Long, Lease> leases,
            SortedTree<Long, Session> sessions,
            boolean sessionsEvicted,
            long clusterId) {
        this.appliedIndex = appliedIndex;
        this.revision = revision;
        this.compactRevision = compactRevision;
        this.keys = keys;
        this.nextLease = nextLease;
        this.leases = leases;
        this.sessions = sessions;
        this.sessionsEvicted = sessionsEvicted;
        this.clusterId = clusterId;
    }

    /** The state of a store in which nothing was ever written. */
    public static Snapshot empty() {
        return EMPTY;
    }

    /** All changes of one revision, in key order. */
    public record Changes(long revision, List<WatchEvent> events) {}

    /** Index of the log entry applied last. */
    public long appliedIndex() {
        return appliedIndex;
    }

    /** The store's revision: 1 when nothing was ever written, then one more with each writing transaction. */
    public long revision() {
        return revision;
    }

    /** The oldest revision that can be read; 0 when nothing was ever compacted. */
    public long compactRevision() {
        return compactRevision;
    }

    /** How many keys have any version, deleted but not yet compacted ones included. */
    public int keyCount() {
        return keys.size();
    }

    SortedTree<ByteSequence, KeyHistory> keys() {
        return keys;
    }

    /** The id that the next lease granted will have. */
    public long nextLease() {
        return nextLease;
    }

    /** Which life of the cluster this state belongs to: 0 for the one it was born with, another after each restore. */
    public long clusterId() {
        return clusterId;
    }

    SortedTree<Long, Lease> leases() {
        return leases;
    }

    SortedTree<Long, Session> sessions() {
        return sessions;
    }

    boolean sessionsEvicted() {
        return sessionsEvicted;
    }

    /** Visits the leases: id, seconds to live, and log index of the last renewal. */
    public void visitLeases(LeaseVisitor visitor) {
        leases.visitAll((id, lease) -> {
            visitor.lease(id, lease.seconds(), lease.renewedAt());
            return true;
        });
    }

    /** Receives the leases of a snapshot. */
    @FunctionalInterface
    public interface LeaseVisitor {
        void lease(long id, long seconds, long renewedAt);
    }

    /**
     * Visits the keys that are live at {@code revision}, in order, without copying them.
     *
     * @param revision from {@link #compactRevision} to {@link #revision}
     * @param visitor returns whether to go on
     */
    public void visitLive(long revision, Predicate<KeyValue> visitor) {
        if (refusal(revision) != null) {
            throw new IllegalArgumentException(
                    "revision " + revision + " is not within " + compactRevision + " and " + this.revision);
        }
        keys.visitAll((key, history) -> {
            Version version = history.liveAt(revision);
            return version == null || visitor.test(version.toKeyValue(key));
        });
    }

    /** Reads a range: {@link Outcome.Ranged}, {@link Outcome.Compacted} or {@link Outcome.FutureRevision}. */
    public Outcome range(RangeRequest request) {
        Outcome refusal = refusal(request.revision());
        return refusal != null ? refusal : new Outcome.Ranged(rangeOf(keys, revision, request));
    }

    /** Why {@code asked} cannot be read here, null when it can. */
    @Nullable
    Outcome refusal(long asked) {
        if (asked > revision) {
            return new Outcome.FutureRevision(asked, revision);
        }
        if (asked > 0 && asked < compactRevision) {
            return new Outcome.Compacted(compactRevision);
        }
        return null;
    }

    static RangeResult rangeOf(SortedTree<ByteSequence, KeyHistory> keys, long current, RangeRequest request) {
        long at = request.revision() <= 0 ? Long.MAX_VALUE : request.revision();
        List<KeyValue> entries = new ArrayList<>();
        int limit = request.countOnly() ? 0 : request.limit() <= 0 ? Integer.MAX_VALUE : request.limit();
        long[] count = {0};
        visit(keys, request.range(), (key, history) -> {
            Version version = at == Long.MAX_VALUE ? history.live() : history.liveAt(at);
            if (version != null) {
                count[0]++;
                if (entries.size() < limit) {
                    entries.add(request.keysOnly() ? withoutValue(key, version) : version.toKeyValue(key));
                }
            }
            return true;
        });
        boolean more = !request.countOnly() && count[0] > entries.size();
        return new RangeResult(current, entries, more, count[0]);
    }

    private static KeyValue withoutValue(ByteSequence key, Version version) {
        return new KeyValue(
                key,
                ByteSequence.EMPTY,
                version.createRevision(),
                version.modRevision(),
                version.version(),
                version.lease());
    }

    static void visit(
            SortedTree<ByteSequence, KeyHistory> keys,
            KeyRange range,
            SortedTree.Visitor<ByteSequence, KeyHistory> visitor) {
        ByteSequence to = range.to();
        if (to == null) {
            KeyHistory history = keys.get(range.from());
            if (history != null) {
                visitor.visit(range.from(), history);
            }
        } else {
            keys.visit(range.from(), to.isEmpty() ? null : to, visitor);
        }
    }

    /**
     * The changes of a range of keys, rebuilt from the versions kept.
     *
     * @param after first revision wanted, exclusive; at least {@link #compactRevision}, else changes are missing
     * @param upTo last revision wanted, inclusive
     * @return ascending by revision; revisions without a change in the range are left out
     */
    public List<Changes> changes(KeyRange range, long after, long upTo) {
        if (after < compactRevision) {
            throw new IllegalArgumentException("changes after " + after + " are compacted at " + compactRevision);
        }
        SortedMap<Long, List<WatchEvent>> byRevision = new TreeMap<>();
        visit(keys, range, (key, history) -> {
            for (int i = history.indexAt(after) + 1; i < history.size(); i++) {
                long at = history.get(i).modRevision();
                if (at > upTo) {
                    break;
                }
                byRevision.computeIfAbsent(at, r -> new ArrayList<>(1)).add(eventOf(key, history, i));
            }
            return true;
        });
        List<Changes> changes = new ArrayList<>(byRevision.size());
        byRevision.forEach((at, events) -> changes.add(new Changes(at, events)));
        return changes;
    }

    private static WatchEvent eventOf(ByteSequence key, KeyHistory history, int i) {
        Version version = history.get(i);
        Version before = i == 0 ? null : history.get(i - 1);
        return new WatchEvent(
                version.value() == null ? WatchEvent.Type.DELETE : WatchEvent.Type.PUT,
                version.toKeyValue(key),
                before == null || before.value() == null ? null : before.toKeyValue(key));
    }
}
