package io.kvorum.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Compare;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Refusal;
import io.kvorum.store.client.Txn;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class KeySpaceTest {
    private final KeySpace keySpace = new KeySpace();
    private long index;

    private static ByteSequence b(String text) {
        return ByteSequence.utf8(text);
    }

    private static Op put(String key, String value) {
        return new Op.Put(b(key), b(value), 0, false);
    }

    private static Command commit(Op... ops) {
        return new Command.Commit(Txn.of(ops));
    }

    private Applied apply(Command command) {
        return keySpace.apply(++index, new Proposal(null, command));
    }

    private Applied request(long client, long sequence, long answeredBelow, boolean retry, Command command) {
        return keySpace.apply(++index, new Proposal(new RequestId(client, sequence, answeredBelow, retry), command));
    }

    @Test
    void allWritesOfATransactionHaveOneRevision() {
        Applied applied = apply(commit(put("a", "1"), put("b", "2")));
        assertThat(applied.revision()).isEqualTo(2);
        assertThat(applied.events()).extracting(e -> e.kv().modRevision()).containsOnly(2L);
    }

    @Test
    void aTransactionThatWritesNothingKeepsTheRevision() {
        Applied applied = apply(commit(new Op.Delete(KeyRange.all(), false)));
        assertThat(applied.revision()).isEqualTo(1);
    }

    @Test
    void aReadInsideATransactionSeesTheWritesBeforeIt() {
        Applied applied = apply(commit(put("a", "1"), new Op.Get(RangeRequest.of(KeyRange.single(b("a"))))));
        Outcome.Committed committed = (Outcome.Committed) applied.outcome();
        assertThat(committed.result().results().get(1))
                .isInstanceOfSatisfying(
                        RangeResult.class,
                        range -> assertThat(range.entries().get(0).value()).isEqualTo(b("1")));
    }

    @Test
    void aKeyIsNotWrittenTwiceInOneTransaction() {
        assertThat(apply(commit(put("a", "1"), put("a", "2"))).outcome())
                .isEqualTo(new Outcome.Refused(Refusal.DUPLICATE_KEY, "duplicate key given in txn request: a"));
        assertThat(apply(commit(put("a", "1"), new Op.Delete(KeyRange.all(), false)))
                        .outcome())
                .isInstanceOf(Outcome.Refused.class);
        assertThat(keySpace.snapshot().revision()).isEqualTo(1);
    }

    @Test
    void comparingTheValueOfAnAbsentKeyNeverHolds() {
        Compare compare = new Compare(b("a"), Compare.Target.VALUE, Compare.Relation.NOT_EQUAL, 0, b("x"));
        Applied applied = apply(new Command.Commit(new Txn(List.of(compare), List.of(put("a", "1")), List.of())));
        assertThat(((Outcome.Committed) applied.outcome()).result().succeeded()).isFalse();
    }

    @Test
    void aRepeatedRequestIsAnsweredAndNotCarriedOutAgain() {
        Applied first = request(7, 1, 1, false, commit(put("a", "1")));
        Applied again = request(7, 1, 1, true, commit(put("a", "1")));
        assertThat(again.outcome()).isEqualTo(first.outcome());
        assertThat(again.events()).isEmpty();
        assertThat(keySpace.snapshot().revision()).isEqualTo(2);
    }

    @Test
    void aRepeatedRequestIsKnownAfterARestart() {
        request(7, 1, 1, false, commit(put("a", "1")));
        KeySpace restored = new KeySpace(SnapshotAssembler.of(new SnapshotParts(keySpace.snapshot())));
        restored.apply(++index, new Proposal(new RequestId(7, 1, 1, true), commit(put("a", "1"))));
        assertThat(restored.snapshot().revision()).isEqualTo(2);
    }

    @Test
    void anAnsweredRequestThatArrivesLateIsNotCarriedOut() {
        request(7, 1, 1, false, commit(put("a", "1")));
        request(7, 3, 3, false, commit(put("a", "3")));
        assertThat(request(7, 1, 1, true, commit(put("a", "1"))).outcome()).isInstanceOf(Outcome.Forgotten.class);
        assertThat(request(7, 2, 2, true, commit(put("a", "2"))).outcome()).isInstanceOf(Outcome.Forgotten.class);
        assertThat(keySpace.snapshot().revision()).isEqualTo(3);
    }

    @Test
    void rememberedRequestsAreBounded() {
        for (long client = 0; client <= SessionLimit.MAX_SESSIONS; client++) {
            request(client, 1, 1, false, commit(put("a", "1")));
        }
        assertThat(keySpace.snapshot().sessions().all().size()).isEqualTo(SessionLimit.MAX_SESSIONS);
        // client 0 was evicted: whether its request was carried out is no longer known
        assertThat(request(0, 1, 1, true, commit(put("a", "1"))).outcome()).isInstanceOf(Outcome.Forgotten.class);
        for (long sequence = 1; sequence <= Session.MAX_OUTCOMES + 10; sequence++) {
            request(99, sequence + 1, 1, false, commit(put("a", "1")));
        }
        Session session = keySpace.snapshot().sessions().all().get(99L);
        assertThat(session).isNotNull().extracting(s -> s.outcomes().size()).isEqualTo(Session.MAX_OUTCOMES);
    }

    @Test
    void compactionKeepsWhatIsReadableAndDropsTombstones() {
        apply(commit(put("a", "1"))); // 2
        apply(commit(put("a", "2"))); // 3
        apply(commit(put("b", "1"))); // 4
        apply(commit(new Op.Delete(KeyRange.single(b("b")), false))); // 5
        apply(new Command.Compact(5));
        keySpace.purge(10);
        assertThat(keySpace.snapshot().keyCount()).as("a watch may begin at 5").isEqualTo(2);
        assertThat(keySpace.snapshot().range(RangeRequest.of(KeyRange.all()).atRevision(4)))
                .isEqualTo(new Outcome.Compacted(5));
        assertThat(keySpace.snapshot().range(RangeRequest.of(KeyRange.all()).atRevision(5)))
                .isInstanceOf(Outcome.Ranged.class);
        assertThat(apply(new Command.Compact(3)).outcome()).isEqualTo(new Outcome.Compacted(5));
        assertThat(apply(new Command.Compact(6)).outcome()).isEqualTo(new Outcome.FutureRevision(6, 5));
        apply(commit(put("a", "3"))); // 6
        apply(new Command.Compact(6));
        assertThat(keySpace.purge(1)).isTrue();
        assertThat(keySpace.purge(1)).isFalse();
        assertThat(keySpace.snapshot().keyCount()).isEqualTo(1);
    }

    @Test
    void aSnapshotIsNotTouchedByWhatComesAfter() {
        apply(commit(put("a", "1")));
        Snapshot before = keySpace.snapshot();
        String hash = SnapshotHash.of(before);
        apply(commit(put("a", "2"), put("b", "2")));
        apply(new Command.Compact(3));
        assertThat(SnapshotHash.of(before)).isEqualTo(hash);
        assertThat(SnapshotHash.of(keySpace.snapshot())).isNotEqualTo(hash);
    }

    @Test
    void endingALeaseDeletesItsKeysAtOneRevision() {
        long lease = ((Outcome.LeaseGranted) apply(new Command.GrantLease(5)).outcome()).lease();
        apply(commit(new Op.Put(b("a"), b("1"), lease, false)));
        apply(commit(new Op.Put(b("b"), b("1"), lease, false)));
        apply(commit(put("b", "2"))); // detaches b
        apply(commit(new Op.Put(b("c"), b("1"), lease, false)));
        Applied applied = apply(new Command.RevokeLease(lease));
        assertThat(applied.events()).extracting(e -> e.kv().key()).containsExactly(b("a"), b("c"));
        assertThat(apply(new Command.KeepLeaseAlive(lease)).outcome()).isInstanceOf(Outcome.Refused.class);
        assertThat(apply(commit(new Op.Put(b("a"), b("1"), lease, false))).outcome())
                .isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void aLeaseRenewedAfterItsExpiryWasProposedLives() {
        long lease = ((Outcome.LeaseGranted) apply(new Command.GrantLease(5)).outcome()).lease();
        LeaseDeadlines deadlines = new LeaseDeadlines();
        assertThat(deadlines.due(keySpace.snapshot(), 0)).isEmpty();
        assertThat(deadlines.due(keySpace.snapshot(), TimeUnit.SECONDS.toNanos(5) - 1))
                .isEmpty();
        var due = deadlines.due(keySpace.snapshot(), TimeUnit.SECONDS.toNanos(5));
        assertThat(due).hasSize(1);
        apply(new Command.KeepLeaseAlive(lease));
        apply(new Command.ExpireLeases(due));
        assertThat(apply(new Command.KeepLeaseAlive(lease)).outcome()).isEqualTo(new Outcome.Done());
        assertThat(deadlines.due(keySpace.snapshot(), TimeUnit.SECONDS.toNanos(6)))
                .isEmpty();
        var later = deadlines.due(keySpace.snapshot(), TimeUnit.SECONDS.toNanos(12));
        apply(new Command.ExpireLeases(later));
        assertThat(apply(new Command.KeepLeaseAlive(lease)).outcome()).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void theLogIsAppliedInOrder() {
        apply(commit(put("a", "1")));
        assertThatThrownBy(() -> keySpace.apply(1, new Proposal(null, commit(put("a", "1")))))
                .isInstanceOf(IllegalStateException.class);
    }
}
