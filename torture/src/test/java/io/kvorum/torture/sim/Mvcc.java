package io.kvorum.torture.sim;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Compare;
import io.kvorum.torture.history.Event;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A store with all its past, one map per revision. Slow, plain, and written apart from the checkers' own model. With a
 * bug it does the wrong thing now and then.
 */
final class Mvcc {
    private final Chaos chaos;
    /** At place i what was at revision i + 1. */
    private final List<TreeMap<String, KeyValue>> past = new ArrayList<>(List.of(new TreeMap<>()));

    private final List<List<Event>> events = new ArrayList<>(List.of(List.of()));
    private final Map<Long, Boolean> leases = new HashMap<>();
    private long compacted;

    Mvcc(Chaos chaos) {
        this.chaos = chaos;
    }

    long revision() {
        return past.size();
    }

    long compacted() {
        return compacted;
    }

    TreeMap<String, KeyValue> at(long revision) {
        return past.get((int) revision - 1);
    }

    List<Event> events(long revision) {
        return events.get((int) revision - 1);
    }

    void grant(long lease) {
        leases.put(lease, true);
    }

    boolean alive(long lease) {
        return leases.getOrDefault(lease, false);
    }

    /** Does a call. @param member up to which revision the member has come that answers serializable reads */
    Fate execute(Call call, long member) {
        if (call instanceof Call.Compact compact) {
            return compact(compact.revision());
        } else if (call instanceof Call.Range range) {
            return top(range, member);
        } else if (call instanceof Call.Put put && noLease(put) || call instanceof Call.Txn txn && noLeaseIn(txn)) {
            return new Fate.Failed(Fate.Code.LEASE_NOT_FOUND, "");
        }
        Write write = new Write();
        if (call instanceof Call.Txn txn) {
            return txn(txn, write);
        }
        Reply part = write.step((Call.Step) call);
        long now = call instanceof Call.Put && chaos.strikes(Bug.FORGOTTEN_WRITE) ? revision() + 1 : write.commit();
        return call instanceof Call.Put
                ? new Reply.Put(now, ((Reply.Put) part).previous())
                : new Reply.Delete(now, ((Reply.Delete) part).deleted(), ((Reply.Delete) part).previous());
    }

    private boolean noLease(Call.Put put) {
        return put.lease() != 0 && !alive(put.lease()) && !chaos.strikes(Bug.LEASE_DEAD_PUT);
    }

    private boolean noLeaseIn(Call.Txn txn) {
        return txn.branch(holds(txn.compares())).stream()
                .anyMatch(step -> step instanceof Call.Put put && noLease(put));
    }

    private Fate compact(long revision) {
        if (revision <= compacted) {
            return new Fate.Failed(Fate.Code.COMPACTED, "");
        } else if (revision > revision()) {
            return new Fate.Failed(Fate.Code.FUTURE_REVISION, "");
        }
        compacted = revision;
        return new Reply.Compact(revision());
    }

    private Fate txn(Call.Txn txn, Write write) {
        boolean succeeded = holds(txn.compares()) != chaos.strikes(Bug.WRONG_BRANCH);
        List<Call.Step> steps = txn.branch(succeeded);
        List<Reply> replies = new ArrayList<>();
        for (Call.Step step : steps) {
            replies.add(write.step(step));
        }
        if (steps.size() > 1 && write.changes.size() > 1 && chaos.strikes(Bug.TORN_TXN)) {
            write.forgetLast();
        }
        return new Reply.Txn(write.commit(), succeeded, replies);
    }

    private boolean holds(List<Compare> compares) {
        for (Compare compare : compares) {
            if (!holds(compare, at(revision()).get(compare.key()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(Compare compare, @Nullable KeyValue kv) {
        int sign = switch (compare.target()) {
            case VALUE -> kv == null ? Integer.MIN_VALUE : kv.value().compareTo(compare.value());
            case VERSION -> Long.compare(kv == null ? 0 : kv.version(), compare.number());
            case CREATE -> Long.compare(kv == null ? 0 : kv.createRevision(), compare.number());
            case MOD -> Long.compare(kv == null ? 0 : kv.modRevision(), compare.number());
            case LEASE -> Long.compare(kv == null ? 0 : kv.lease(), compare.number());
        };
        if (sign == Integer.MIN_VALUE) {
            return false;
        }
        return switch (compare.relation()) {
            case EQUAL -> sign == 0;
            case NOT_EQUAL -> sign != 0;
            case LESS -> sign < 0;
            case GREATER -> sign > 0;
        };
    }

    private Fate top(Call.Range range, long member) {
        long now = range.serializable() ? member : revision();
        if (!range.serializable() && chaos.strikes(Bug.STALE_READ)) {
            now = Math.max(1, now - 2);
        }
        if (range.serializable() && chaos.strikes(Bug.MEMBER_WENT_BACK)) {
            now = Math.max(1, now - 3);
        }
        long from = range.revision() == 0 ? now : range.revision();
        if (from < compacted && range.revision() != 0 || range.revision() != 0 && chaos.strikes(Bug.REFUSED)) {
            return new Fate.Failed(Fate.Code.COMPACTED, "");
        } else if (from > now) {
            return new Fate.Failed(Fate.Code.FUTURE_REVISION, "");
        }
        if (chaos.strikes(range.serializable() ? Bug.WRONG_SERIALIZABLE : Bug.OLD_CONTENT)) {
            from = Math.max(1, from - 1 - chaos.below(3));
        }
        return range(range, at(from), now);
    }

    private static Reply.Range range(Call.Range range, Map<String, KeyValue> keys, long revision) {
        List<KeyValue> all = keys.values().stream()
                .filter(kv -> range.keys().contains(kv.key()))
                .toList();
        List<KeyValue> some =
                range.limit() == 0 ? all : all.stream().limit(range.limit()).toList();
        return new Reply.Range(
                revision,
                range.countOnly() ? List.of() : some,
                all.size(),
                !range.countOnly() && some.size() < all.size());
    }

    /** Ends a lease, with all its keys at one revision; returns the revision. */
    long end(long lease, Bug inPart) {
        leases.put(lease, false);
        Write write = new Write();
        List<String> keys = at(revision()).values().stream()
                .filter(kv -> kv.lease() == lease)
                .map(KeyValue::key)
                .collect(Collectors.toList());
        if (keys.size() > 1 && chaos.strikes(inPart)) {
            keys.remove(0);
        }
        keys.forEach(write::delete);
        return write.commit();
    }

    void skip() {
        past.add(at(revision()));
        events.add(List.of());
    }

    /** What one revision is to do. */
    private final class Write {
        private final TreeMap<String, KeyValue> keys = new TreeMap<>(at(revision()));
        private final Map<String, Event> changes = new TreeMap<>();

        Reply step(Call.Step step) {
            if (step instanceof Call.Put put) {
                return put(put);
            } else if (step instanceof Call.Delete delete) {
                List<KeyValue> gone = keys.values().stream()
                        .filter(kv -> delete.keys().contains(kv.key()))
                        .toList();
                gone.forEach(kv -> delete(kv.key()));
                return new Reply.Delete(0, gone.size(), delete.prevKv() ? gone : List.of());
            }
            Call.Range range = (Call.Range) step;
            return range(range, keys, 0);
        }

        private Reply put(Call.Put put) {
            long next = revision() + 1;
            @Nullable KeyValue before = keys.get(put.key());
            KeyValue after = before == null
                    ? new KeyValue(put.key(), put.value(), next, next, 1, put.lease())
                    : new KeyValue(
                            put.key(), put.value(), before.createRevision(), next, before.version() + 1, put.lease());
            keys.put(put.key(), after);
            changes.put(put.key(), Event.put(after, before));
            @Nullable KeyValue told = put.prevKv() ? before : null;
            if (told != null && chaos.strikes(Bug.WRONG_PREV_KV)) {
                told = new KeyValue(
                        told.key(), told.value(), told.createRevision(), told.modRevision(), told.version() + 1, 0);
            }
            return new Reply.Put(0, told);
        }

        void delete(String key) {
            changes.put(key, Event.delete(key, revision() + 1, keys.remove(key)));
        }

        void forgetLast() {
            String key = new TreeMap<>(changes).lastKey();
            changes.remove(key);
            @Nullable KeyValue before = at(revision()).get(key);
            if (before == null) {
                keys.remove(key);
            } else {
                keys.put(key, before);
            }
        }

        long commit() {
            if (!changes.isEmpty()) {
                past.add(keys);
                events.add(List.copyOf(changes.values()));
            }
            return revision();
        }
    }
}
