package io.kvorum.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.store.client.Alarm;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Compare;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.OpResult;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Refusal;
import io.kvorum.store.client.Selection;
import io.kvorum.store.client.Txn;
import io.kvorum.store.client.TxnResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What etcd's API promises beyond what Kubernetes uses of it. */
final class EtcdSemanticsTest {
    private final KeySpace keySpace = new KeySpace();
    private long index;

    private static ByteSequence b(String text) {
        return ByteSequence.utf8(text);
    }

    private static Op put(String key, String value) {
        return new Op.Put(b(key), b(value), 0, false);
    }

    private Outcome apply(Command command) {
        return keySpace.apply(++index, new Proposal(null, command)).outcome();
    }

    private Outcome commit(Op... ops) {
        return apply(new Command.Commit(Txn.of(ops)));
    }

    private TxnResult committed(Txn txn) {
        return ((Outcome.Committed) apply(new Command.Commit(txn))).result();
    }

    private KeyValue get(String key) {
        return range(RangeRequest.of(KeyRange.single(b(key)))).entries().get(0);
    }

    private RangeResult range(RangeRequest request) {
        return ((Outcome.Ranged) keySpace.snapshot().range(request)).result();
    }

    private static Refusal reason(Outcome outcome) {
        return ((Outcome.Refused) outcome).reason();
    }

    private long grant(long id) {
        return ((Outcome.LeaseGranted) apply(new Command.GrantLease(10, id))).lease();
    }

    private static RangeRequest sorted(Selection selection, int limit) {
        return new RangeRequest(KeyRange.all(), 0, limit, false, false, false, selection);
    }

    private List<String> keys(RangeRequest request) {
        return range(request).entries().stream().map(kv -> kv.key().toString()).toList();
    }

    @Test
    void aPutMayKeepValueOrLease() {
        long lease = grant(0);
        commit(new Op.Put(b("a"), b("1"), lease, false));
        commit(new Op.Put(b("a"), b("2"), 0, false, false, true));
        assertThat(get("a").value()).isEqualTo(b("2"));
        assertThat(get("a").lease()).isEqualTo(lease);
        commit(new Op.Put(b("a"), ByteSequence.EMPTY, 0, false, true, false));
        assertThat(get("a").value()).isEqualTo(b("2"));
        assertThat(get("a").lease()).isZero();
        apply(new Command.RevokeLease(lease));
        assertThat(get("a").version()).isEqualTo(3);
        assertThat(reason(commit(new Op.Put(b("x"), ByteSequence.EMPTY, 0, false, true, false))))
                .isEqualTo(Refusal.KEY_NOT_FOUND);
    }

    @Test
    void aRangeIsSortedBeforeItIsLimited() {
        commit(put("b", "2"));
        commit(put("a", "3"));
        commit(put("c", "1"));
        commit(put("b", "2"));
        assertThat(keys(sorted(Selection.ALL, 2))).containsExactly("a", "b");
        assertThat(keys(sorted(new Selection(Selection.By.KEY, true, 0, 0, 0, 0), 2)))
                .containsExactly("c", "b");
        assertThat(keys(sorted(new Selection(Selection.By.VALUE, false, 0, 0, 0, 0), 1)))
                .containsExactly("c");
        assertThat(keys(sorted(new Selection(Selection.By.MOD_REVISION, true, 0, 0, 0, 0), 0)))
                .containsExactly("b", "c", "a");
        assertThat(keys(sorted(new Selection(Selection.By.CREATE_REVISION, false, 0, 0, 0, 0), 1)))
                .containsExactly("b");
        assertThat(keys(sorted(new Selection(Selection.By.VERSION, true, 0, 0, 0, 0), 1)))
                .containsExactly("b");
    }

    @Test
    void boundsChooseEntriesButAllAreCounted() {
        commit(put("a", "1")); // 2
        commit(put("b", "1")); // 3
        commit(put("a", "2")); // 4
        RangeResult newer = range(sorted(new Selection(Selection.By.KEY, false, 4, 0, 0, 0), 0));
        assertThat(newer.entries()).extracting(KeyValue::key).containsExactly(b("a"));
        assertThat(newer.count()).isEqualTo(2);
        assertThat(newer.more()).isFalse();
        assertThat(keys(sorted(new Selection(Selection.By.KEY, false, 0, 3, 0, 0), 0)))
                .containsExactly("b");
        assertThat(keys(sorted(new Selection(Selection.By.KEY, false, 0, 0, 3, 0), 0)))
                .containsExactly("b");
        assertThat(keys(sorted(new Selection(Selection.By.KEY, false, 0, 0, 0, 2), 0)))
                .containsExactly("a");
    }

    @Test
    void aCompareOnARangeMustHoldForEachKey() {
        commit(put("a/1", "x"));
        commit(put("a/2", "y"));
        Compare all = new Compare(
                KeyRange.prefix(b("a/")), Compare.Target.VERSION, Compare.Relation.EQUAL, 1, ByteSequence.EMPTY);
        assertThat(committed(new Txn(List.of(all), List.of(), List.of())).succeeded())
                .isTrue();
        commit(put("a/2", "z"));
        assertThat(committed(new Txn(List.of(all), List.of(), List.of())).succeeded())
                .isFalse();
        Compare none = new Compare(
                KeyRange.prefix(b("b/")),
                Compare.Target.CREATE_REVISION,
                Compare.Relation.EQUAL,
                0,
                ByteSequence.EMPTY);
        assertThat(committed(new Txn(List.of(none), List.of(), List.of())).succeeded())
                .isTrue();
    }

    @Test
    void nestedTransactionsCompareWithTheStateBeforeAll() {
        Txn inner = new Txn(List.of(Compare.absent(b("a"))), List.of(put("b", "inner")), List.of(put("b", "late")));
        TxnResult result = committed(Txn.of(put("a", "1"), new Op.Nested(inner)));
        assertThat(result.revision()).isEqualTo(2);
        assertThat(result.results().get(1)).isInstanceOfSatisfying(TxnResult.class, nested -> {
            assertThat(nested.succeeded()).isTrue();
            assertThat(nested.results()).containsExactly(new OpResult.Put(null));
        });
        assertThat(get("b").value()).isEqualTo(b("inner"));
        assertThat(get("b").modRevision()).isEqualTo(2);
    }

    @Test
    void oneKeyIsNotWrittenByATransactionAndOneInsideIt() {
        Txn inner = new Txn(List.of(), List.of(), List.of(put("a", "2")));
        assertThat(reason(commit(put("a", "1"), new Op.Nested(inner)))).isEqualTo(Refusal.DUPLICATE_KEY);
        Txn branches = new Txn(List.of(), List.of(put("a", "1")), List.of(put("a", "2")));
        assertThat(commit(new Op.Nested(branches))).isInstanceOf(Outcome.Committed.class);
    }

    @Test
    void aLeaseMayBeAskedForByItsId() {
        assertThat(grant(77)).isEqualTo(77);
        assertThat(reason(apply(new Command.GrantLease(10, 77)))).isEqualTo(Refusal.LEASE_EXISTS);
        assertThat(grant(1)).isEqualTo(1);
        assertThat(grant(0)).isEqualTo(2);
        assertThat(reason(apply(new Command.GrantLease(0)))).isEqualTo(Refusal.LEASE_TTL);
        assertThat(reason(apply(new Command.GrantLease(KeySpace.MAX_LEASE_SECONDS + 1))))
                .isEqualTo(Refusal.LEASE_TTL);
    }

    @Test
    void aFullStoreTakesDeletionsAndReadsOnly() {
        commit(put("a", "1"));
        Alarm full = new Alarm("store-0", Alarm.Type.NO_SPACE);
        apply(new Command.RaiseAlarm(full));
        assertThat(keySpace.snapshot().alarms()).containsExactly(full);
        assertThat(reason(commit(put("b", "1")))).isEqualTo(Refusal.NO_SPACE);
        assertThat(reason(apply(new Command.GrantLease(10)))).isEqualTo(Refusal.NO_SPACE);
        assertThat(commit(new Op.Delete(KeyRange.all(), false))).isInstanceOf(Outcome.Committed.class);
        KeySpace copy = new KeySpace(SnapshotAssembler.of(new SnapshotParts(keySpace.snapshot())));
        assertThat(copy.snapshot().alarms()).containsExactly(full);
        apply(new Command.DisarmAlarms(List.of(full, new Alarm("store-1", Alarm.Type.NO_SPACE))));
        assertThat(commit(put("b", "1"))).isInstanceOf(Outcome.Committed.class);
    }

    @Test
    void bytesAreThoseOfTheVersionsKept() {
        assertThat(keySpace.snapshot().bytes()).isZero();
        commit(put("a", "1"));
        long one = keySpace.snapshot().bytes();
        commit(put("a", "2"));
        commit(new Op.Delete(KeyRange.all(), false));
        assertThat(keySpace.snapshot().bytes()).isGreaterThan(2 * one);
        assertThat(SnapshotAssembler.of(new SnapshotParts(keySpace.snapshot())).bytes())
                .isEqualTo(keySpace.snapshot().bytes());
        commit(put("b", "1"));
        apply(new Command.Compact(5));
        keySpace.purge(10);
        assertThat(keySpace.snapshot().bytes()).isEqualTo(one);
    }

    @Test
    void whatHappenedAtTheCompactedRevisionCanStillBeWatched() {
        commit(put("a", "1")); // 2
        commit(new Op.Delete(KeyRange.all(), false)); // 3
        commit(put("b", "1")); // 4
        apply(new Command.Compact(3));
        assertThat(keySpace.snapshot().changes(KeyRange.all(), 2, 4))
                .extracting(Snapshot.Changes::revision)
                .containsExactly(3L, 4L);
    }

    @Test
    void aSnapshotOfManyAndLargeVersionsComesInParts() {
        ByteSequence large = ByteSequence.wrap(new byte[200_000]);
        for (int i = 0; i < 12; i++) {
            commit(new Op.Put(b("large"), large, 0, false));
            commit(put("small-" + i, "v"));
        }
        grant(0);
        int parts = 0;
        SnapshotParts all = new SnapshotParts(keySpace.snapshot());
        SnapshotAssembler assembler = new SnapshotAssembler();
        while (all.hasNext()) {
            byte[] part = all.next();
            assertThat(part.length).isLessThan(1 << 20);
            parts++;
            assembler.add(part);
        }
        assertThat(parts).isGreaterThan(8);
        assertThat(SnapshotHash.of(assembler.snapshot())).isEqualTo(SnapshotHash.of(keySpace.snapshot()));
    }

    @Test
    void rememberedOutcomesAreBoundedByTheirBytes() {
        commit(new Op.Put(b("large"), ByteSequence.wrap(new byte[1 << 20]), 0, false));
        Command read = new Command.Commit(Txn.of(new Op.Get(RangeRequest.of(KeyRange.all()))));
        for (long client = 0; client < 10; client++) {
            for (long sequence = 1; sequence <= 20; sequence++) {
                keySpace.apply(++index, new Proposal(new RequestId(client, sequence, 1, false), read));
            }
        }
        long[] bytes = {0};
        keySpace.snapshot().sessions().all().visitAll((client, session) -> {
            assertThat(session.bytes()).isLessThanOrEqualTo(Session.MAX_BYTES);
            bytes[0] += session.bytes();
            return true;
        });
        assertThat(bytes[0]).isLessThanOrEqualTo(SessionLimit.MAX_BYTES).isPositive();
    }

    @Test
    void theStateOfThePastIsToldFromItsRevisionOrItsTime() {
        long lease = grant(0);
        commit(new Op.Put(b("a"), b("1"), lease, false)); // 2
        commit(put("b", "1")); // 3
        apply(new Command.MarkTime(1000));
        commit(put("b", "2")); // 4
        apply(new Command.RevokeLease(lease)); // 5
        apply(new Command.MarkTime(2000));
        apply(new Command.MarkTime(1500));
        Snapshot now = keySpace.snapshot();
        assertThat(now.revisionAt(999)).isZero();
        assertThat(now.revisionAt(1999)).isEqualTo(3);
        assertThat(now.revisionAt(2000)).isEqualTo(5);
        Snapshot past = SnapshotAssembler.of(new SnapshotParts(now)).asOf(3);
        assertThat(past.revision()).isEqualTo(3);
        assertThat(((Outcome.Ranged) past.range(RangeRequest.of(KeyRange.all())))
                        .result()
                        .entries())
                .extracting(kv -> kv.key() + "=" + kv.value() + " " + kv.lease())
                .containsExactly("a=1 0", "b=1 0");
        assertThat(new KeySpace(past)
                        .snapshot()
                        .range(RangeRequest.of(KeyRange.all()).atRevision(2)))
                .isEqualTo(new Outcome.Compacted(3));
        apply(new Command.Compact(4));
        assertThat(keySpace.snapshot().revisionAt(1999)).as("compacted").isZero();
        assertThat(keySpace.snapshot().revisionAt(2000)).isEqualTo(5);
    }

    @Test
    void timesAreRememberedUpToANumber() {
        for (int i = 1; i <= KeySpace.MAX_TIMES + 5; i++) {
            commit(put("a", "" + i));
            apply(new Command.MarkTime(i));
        }
        assertThat(keySpace.snapshot().notes().times().size()).isEqualTo(KeySpace.MAX_TIMES);
        assertThat(keySpace.snapshot().revisionAt(5)).isZero();
        assertThat(keySpace.snapshot().revisionAt(6)).isEqualTo(7);
    }
}
