package io.kvorum.store.mvcc;

import io.kvorum.store.client.Alarm;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Selection;
import io.kvorum.store.client.Txn;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.mvcc.KeyHistory.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The whole key space at one log index, immutable and safe to read on any thread. Taking one costs nothing; it holds on
 * to the versions that later compactions drop.
 */
public final class Snapshot {
    /** What a version costs beside its key and value, about. */
    private static final long VERSION_BYTES = 96;

    private static final Snapshot EMPTY = new Snapshot(
            0,
            1,
            0,
            SortedTree.empty(),
            0,
            new Leases(1, SortedTree.empty()),
            new Sessions(SortedTree.empty(), false),
            new Notes(List.of(), SortedTree.empty()),
            0);

    private final long appliedIndex;
    private final long revision;
    private final long compactRevision;
    private final SortedTree<ByteSequence, KeyHistory> keys;
    private final long bytes;
    private final Leases leases;
    private final Sessions sessions;
    private final Notes notes;
    private final long clusterId;

    /**
     * What is known beside the keys.
     *
     * @param times revisions by the time at which a leader said that they were the newest
     */
    record Notes(List<Alarm> alarms, SortedTree<Long, Long> times) {
        Notes {
            alarms = List.copyOf(alarms);
        }

        Notes with(List<Alarm> changed) {
            return new Notes(changed, times);
        }
    }

    /** The leases, and the least id that the next one granted may have. */
    record Leases(long next, SortedTree<Long, Lease> all) {
        Leases with(SortedTree<Long, Lease> changed) {
            return new Leases(next, changed);
        }
    }

    /** What is remembered of clients, and whether any was ever forgotten. */
    record Sessions(SortedTree<Long, Session> all, boolean evicted) {}

    Snapshot(
            long appliedIndex,
            long revision,
            long compactRevision,
            SortedTree<ByteSequence, KeyHistory> keys,
            long bytes,
            Leases leases,
            Sessions sessions,
            Notes notes,
            long clusterId) {
        this.appliedIndex = appliedIndex;
        this.revision = revision;
        this.compactRevision = compactRevision;
        this.keys = keys;
        this.bytes = bytes;
        this.leases = leases;
        this.sessions = sessions;
        this.notes = notes;
        this.clusterId = clusterId;
    }

    Snapshot at(long index) {
        return new Snapshot(index, revision, compactRevision, keys, bytes, leases, sessions, notes, clusterId);
    }

    Snapshot written(long index, Transaction by) {
        return new Snapshot(
                index,
                by.revision(),
                compactRevision,
                by.keys(),
                by.bytes(),
                leases.with(by.leases()),
                sessions,
                notes,
                clusterId);
    }

    /** Older revisions cannot be read any more; what they held is still there. */
    Snapshot compacted(long index, long upTo) {
        SortedTree<Long, Long> readable = notes.times();
        List<Long> unreadable = new ArrayList<>();
        readable.visitAll((time, at) -> at < upTo && unreadable.add(time));
        for (Long time : unreadable) {
            readable = readable.without(time);
        }
        Notes left = new Notes(notes.alarms(), readable);
        return new Snapshot(index, revision, upTo, keys, bytes, leases, sessions, left, clusterId);
    }

    /** The same content with less of what cannot be read. */
    Snapshot purged(SortedTree<ByteSequence, KeyHistory> rest, long restBytes) {
        return new Snapshot(
                appliedIndex, revision, compactRevision, rest, restBytes, leases, sessions, notes, clusterId);
    }

    Snapshot with(long index, Leases changed) {
        return new Snapshot(index, revision, compactRevision, keys, bytes, changed, sessions, notes, clusterId);
    }

    Snapshot with(Sessions changed) {
        return new Snapshot(appliedIndex, revision, compactRevision, keys, bytes, leases, changed, notes, clusterId);
    }

    Snapshot with(long index, Notes changed) {
        return new Snapshot(index, revision, compactRevision, keys, bytes, leases, sessions, changed, clusterId);
    }

    static long bytesOf(ByteSequence key, Version version) {
        ByteSequence value = version.value();
        return VERSION_BYTES + key.length() + (value == null ? 0 : value.length());
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

    /** How many keys have any version, deleted but not yet purged ones included. */
    public int keyCount() {
        return keys.size();
    }

    SortedTree<ByteSequence, KeyHistory> keys() {
        return keys;
    }

    /** About how many bytes keys, values and their older versions take, with what waits to be purged. */
    public long bytes() {
        return bytes;
    }

    /** The alarms that are raised, in no order that matters. */
    public List<Alarm> alarms() {
        return notes.alarms();
    }

    Notes notes() {
        return notes;
    }

    /**
     * The newest revision that is known to be not younger than a time.
     *
     * @param millis since the epoch, by the leaders' clocks
     * @return 0 when that long ago is not known any more
     */
    public long revisionAt(long millis) {
        long[] found = {0};
        notes.times().visit(null, millis + 1, (time, at) -> {
            found[0] = at;
            return true;
        });
        return found[0];
    }

    /** The least id that the next lease granted may have. */
    public long nextLease() {
        return leases.next();
    }

    Leases allLeases() {
        return leases;
    }

    /** Which life of the cluster this state belongs to: 0 for the one it was born with, another after each restore. */
    public long clusterId() {
        return clusterId;
    }

    SortedTree<Long, Lease> leases() {
        return leases.all();
    }

    Sessions sessions() {
        return sessions;
    }

    /**
     * A lease.
     *
     * @param seconds its full time to live
     * @param renewedAt log index of the grant or the last renewal
     * @param keys the keys attached to it, ascending
     */
    public record LeaseView(long id, long seconds, long renewedAt, List<ByteSequence> keys) {}

    /** One lease, null when there is none of this id. */
    public @Nullable LeaseView lease(long id) {
        Lease lease = leases.all().get(id);
        if (lease == null) {
            return null;
        }
        List<ByteSequence> attached = new ArrayList<>(lease.keys().size());
        lease.keys().visitAll((key, any) -> attached.add(key));
        return new LeaseView(id, lease.seconds(), lease.renewedAt(), attached);
    }

    /** The full time to live of a lease, in seconds; 0 when there is no such lease. */
    public long leaseSeconds(long id) {
        Lease lease = leases.all().get(id);
        return lease == null ? 0 : lease.seconds();
    }

    /** Visits the leases: id, seconds to live, and log index of the last renewal. */
    public void visitLeases(LeaseVisitor visitor) {
        leases.all().visitAll((id, lease) -> {
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

    /**
     * The state as it was at a revision, without its past. Leases are those of today: a key whose lease has ended since
     * then has none.
     *
     * @param at from {@link #compactRevision} to {@link #revision}
     */
    public Snapshot asOf(long at) {
        List<ByteSequence> live = new ArrayList<>();
        List<KeyHistory> histories = new ArrayList<>();
        Map<Long, Lease> attached = new TreeMap<>();
        leases.all()
                .visitAll((id, lease) ->
                        attached.put(id, new Lease(lease.seconds(), lease.renewedAt(), SortedTree.empty())) == null);
        long[] size = {0};
        keys.visitAll((key, history) -> {
            Version version = history.liveAt(at);
            if (version != null) {
                Lease lease = version.lease() == 0 ? null : attached.get(version.lease());
                Version then = lease != null || version.lease() == 0
                        ? version
                        : new Version(
                                version.modRevision(), version.createRevision(), version.version(), version.value(), 0);
                if (lease != null) {
                    attached.put(version.lease(), lease.attach(key));
                }
                live.add(key);
                histories.add(KeyHistory.of(then));
                size[0] += bytesOf(key, then);
            }
            return true;
        });
        return new Snapshot(
                appliedIndex,
                at,
                at,
                SortedTree.ofSorted(live, histories),
                size[0],
                leases.with(SortedTree.ofSorted(List.copyOf(attached.keySet()), List.copyOf(attached.values()))),
                sessions,
                notes,
                clusterId);
    }

    /** Reads a range: {@link Outcome.Ranged}, {@link Outcome.Compacted} or {@link Outcome.FutureRevision}. */
    public Outcome range(RangeRequest request) {
        Outcome refusal = refusal(request.revision());
        return refusal != null ? refusal : new Outcome.Ranged(rangeOf(keys, revision, request));
    }

    /**
     * Carries out a transaction that only reads: {@link Outcome.Committed}, or why not.
     *
     * @throws IllegalArgumentException it writes
     */
    public Outcome evaluate(Txn readOnly) {
        Transaction transaction = new Transaction(this);
        Outcome outcome = transaction.run(readOnly);
        if (transaction.revision() != revision) {
            throw new IllegalArgumentException("a transaction that writes cannot be carried out on a snapshot");
        }
        return outcome;
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
        Selection selection = request.selection();
        List<KeyValue> entries = new ArrayList<>();
        int limit = request.countOnly() ? 0 : request.limit() <= 0 ? Integer.MAX_VALUE : request.limit();
        int enough = selection.isSorted() && limit > 0 ? Integer.MAX_VALUE : limit;
        long[] count = {0};
        long[] admitted = {0};
        visit(keys, request.range(), (key, history) -> {
            Version version = at == Long.MAX_VALUE ? history.live() : history.liveAt(at);
            if (version != null) {
                count[0]++;
                if (selection.admits(version.modRevision(), version.createRevision())) {
                    admitted[0]++;
                    if (entries.size() < enough) {
                        entries.add(version.toKeyValue(key));
                    }
                }
            }
            return true;
        });
        List<KeyValue> chosen = selection.isSorted() ? sorted(entries, selection, limit) : entries;
        if (request.keysOnly()) {
            chosen.replaceAll(Snapshot::withoutValue);
        }
        boolean more = !request.countOnly() && admitted[0] > chosen.size();
        return new RangeResult(current, chosen, more, count[0]);
    }

    private static List<KeyValue> sorted(List<KeyValue> entries, Selection selection, int limit) {
        Comparator<KeyValue> order = switch (selection.by()) {
            case KEY -> Comparator.comparing(KeyValue::key);
            case VERSION -> Comparator.comparingLong(KeyValue::version);
            case CREATE_REVISION -> Comparator.comparingLong(KeyValue::createRevision);
            case MOD_REVISION -> Comparator.comparingLong(KeyValue::modRevision);
            case VALUE -> Comparator.comparing(KeyValue::value);
        };
        entries.sort(selection.descending() ? order.reversed() : order);
        return entries.size() > limit ? new ArrayList<>(entries.subList(0, limit)) : entries;
    }

    private static KeyValue withoutValue(KeyValue kv) {
        return new KeyValue(
                kv.key(), ByteSequence.EMPTY, kv.createRevision(), kv.modRevision(), kv.version(), kv.lease());
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
     * @param after first revision wanted, exclusive; at least {@link #compactRevision} - 1, else changes are missing
     * @param upTo last revision wanted, inclusive
     * @return ascending by revision; revisions without a change in the range are left out
     */
    public List<Changes> changes(KeyRange range, long after, long upTo) {
        if (after < compactRevision - 1) {
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

    private WatchEvent eventOf(ByteSequence key, KeyHistory history, int i) {
        Version version = history.get(i);
        // What was superseded at the compact revision may or may not be purged yet.
        Version before = i == 0 || version.modRevision() <= compactRevision ? null : history.get(i - 1);
        return new WatchEvent(
                version.value() == null ? WatchEvent.Type.DELETE : WatchEvent.Type.PUT,
                version.toKeyValue(key),
                before == null || before.value() == null ? null : before.toKeyValue(key));
    }
}
