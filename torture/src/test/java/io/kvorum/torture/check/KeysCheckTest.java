package io.kvorum.torture.check;

import static io.kvorum.torture.check.Script.ALL;
import static io.kvorum.torture.check.Script.created;
import static io.kvorum.torture.check.Script.delete;
import static io.kvorum.torture.check.Script.failed;
import static io.kvorum.torture.check.Script.get;
import static io.kvorum.torture.check.Script.kv;
import static io.kvorum.torture.check.Script.put;
import static io.kvorum.torture.check.Script.shows;
import static io.kvorum.torture.check.Script.unknown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Compare;
import io.kvorum.torture.history.Event;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What writes must do, broken by hand. */
class KeysCheckTest {
    private final Script script = new Script();

    private static Call.Txn txn(Call.Step... steps) {
        return new Call.Txn(List.of(), List.of(steps), List.of());
    }

    @Test
    void anEmptyHistoryIsClean() {
        script.isClean();
    }

    @Test
    void twoWritesOfOneRevisionAreTwoStores() {
        script.put(0, 10, "a", "1", 2).put(20, 30, "b", "2", 2).breaks(Kind.REVISION_TWICE);
    }

    @Test
    void revisionsThatDoNotFollowTimeAreFound() {
        script.put(0, 10, "a", "1", 3).put(20, 30, "b", "2", 2).breaks(Kind.WRITE_ORDER);
    }

    @Test
    void anUnknownWriteThatWasReadBeforeItBeganIsFound() {
        script.op(0, 10, get(ALL), shows(2, created("a", "1", 2)))
                .op(20, 30, put("a", "1"), unknown())
                .breaks(Kind.FROM_THE_FUTURE);
    }

    @Test
    void anUnknownWriteMayNeverHappen() {
        script.op(0, 10, put("a", "1"), unknown())
                .put(20, 30, "b", "2", 2)
                .op(40, 50, get(ALL), shows(2, created("b", "2", 2)))
                .isClean();
    }

    @Test
    void anUnknownWriteMayHappenLongAfterItsTimeOut() {
        script.op(0, 10, put("a", "1"), unknown())
                .op(20, 30, get(ALL), shows(1))
                .put(40, 50, "b", "2", 3)
                .op(60, 70, get(ALL), shows(3, created("a", "1", 2), created("b", "2", 3)))
                .isClean();
        assertThat(script.report().unknownApplied()).isEqualTo(1);
    }

    @Test
    void twoUnknownPutsOfAKeyMayHappenInEitherOrder() {
        script.op(0, 10, put("a", "1"), unknown())
                .op(20, 30, put("a", "2"), unknown())
                .op(40, 50, get(ALL), shows(2, created("a", "2", 2)))
                .op(60, 70, get(ALL), shows(3, kv("a", "1", 2, 3, 2)))
                .isClean();
    }

    @Test
    void anUnknownWriteThatHappensTwiceIsFound() {
        script.op(0, 10, put("a", "1"), unknown())
                .op(20, 30, get(ALL), shows(2, created("a", "1", 2)))
                .op(40, 50, get(ALL), shows(3, kv("a", "1", 2, 3, 2)))
                .breaks(Kind.APPLIED_TWICE);
    }

    @Test
    void anAcknowledgedWriteThatHappensTwiceIsFound() {
        script.put(0, 10, "a", "1", 2)
                .op(40, 50, get(ALL), shows(3, kv("a", "1", 2, 3, 2)))
                .breaks(Kind.APPLIED_TWICE);
    }

    @Test
    void aFailedWriteThatIsReadIsFound() {
        script.op(0, 10, put("a", "1"), failed(Fate.Code.REFUSED))
                .op(20, 30, get(ALL), shows(2, created("a", "1", 2)))
                .breaks(Kind.FAILED_WRITE_APPLIED);
    }

    @Test
    void aFailedDeletionThatIsWatchedIsFound() {
        script.put(0, 10, "a", "1", 2)
                .op(20, 30, delete("a"), failed(Fate.Code.REFUSED))
                .watchAll()
                .events(40, Event.put(created("a", "1", 2), null), Event.delete("a", 3, created("a", "1", 2)))
                .then()
                .breaks(Kind.FAILED_WRITE_APPLIED);
    }

    @Test
    void aValueOfNobodyIsFound() {
        script.put(0, 10, "a", "1", 2)
                .op(20, 30, get(ALL), shows(3, kv("a", "?", 2, 3, 2)))
                .breaks(Kind.WRITTEN_BY_NOBODY);
    }

    @Test
    void aDeletionOfNobodyIsFound() {
        script.put(0, 10, "a", "1", 2)
                .watchAll()
                .events(40, Event.put(created("a", "1", 2), null), Event.delete("a", 3, created("a", "1", 2)))
                .then()
                .breaks(Kind.WRITTEN_BY_NOBODY);
    }

    @Test
    void twoUnknownDeletionsMayEachHaveBeenTheOther() {
        // The wide one must be left to the revision that only it explains.
        script.put(0, 1, "a", "1", 2)
                .op(2, 3, new Call.Delete(KeyRange.prefix("a"), false), unknown())
                .op(2, 3, delete("a"), unknown())
                .put(20, 21, "a", "2", 4)
                .put(22, 23, "ab", "3", 5)
                .watchAll()
                .events(
                        40,
                        Event.put(created("a", "1", 2), null),
                        Event.delete("a", 3, created("a", "1", 2)),
                        Event.put(created("a", "2", 4), null),
                        Event.put(created("ab", "3", 5), null),
                        Event.delete("a", 6, created("a", "2", 4)),
                        Event.delete("ab", 6, created("ab", "3", 5)))
                .then()
                .isClean();
    }

    @Test
    void oneUnknownDeletionIsOneRevision() {
        script.put(0, 1, "a", "1", 2)
                .op(2, 3, delete("a"), unknown())
                .put(20, 21, "a", "2", 4)
                .watchAll()
                .events(
                        40,
                        Event.put(created("a", "1", 2), null),
                        Event.delete("a", 3, created("a", "1", 2)),
                        Event.put(created("a", "2", 4), null),
                        Event.delete("a", 5, created("a", "2", 4)))
                .then()
                .breaks(Kind.WRITTEN_BY_NOBODY);
    }

    @Test
    void aRevisionThatNobodyCanHaveWrittenIsFound() {
        script.put(0, 10, "a", "1", 2).put(20, 30, "b", "2", 4).breaks(Kind.REVISION_UNEXPLAINED);
    }

    @Test
    void aRevisionThatAWatchDidNotSeeWasNotWrittenByAnUnknownWrite() {
        script.put(0, 10, "a", "1", 2)
                .op(11, 12, put("c", "3"), unknown())
                .put(20, 30, "b", "2", 4)
                .watchAll()
                .events(40, Event.put(created("a", "1", 2), null), Event.put(created("b", "2", 4), null))
                .then()
                .breaks(Kind.REVISION_UNEXPLAINED);
    }

    @Test
    void aRevisionNobodySawIsLeftOpen() {
        script.put(0, 10, "a", "1", 2)
                .op(11, 12, put("a", "3"), unknown())
                .put(20, 30, "b", "2", 4)
                .op(40, 50, put("a", "4"), new Reply.Put(5, kv("a", "3", 2, 3, 2)))
                .isClean();
        assertThat(script.report().unseen()).isZero();

        Script unseen = new Script()
                .put(0, 10, "a", "1", 2)
                .op(11, 12, put("a", "3"), unknown())
                .put(20, 30, "b", "2", 4)
                .put(40, 50, "a", "4", 5)
                .op(60, 70, get(ALL), shows(5, kv("a", "4", 2, 5, 3), created("b", "2", 4)));
        unseen.isClean();
        assertThat(unseen.report().unseen()).isEqualTo(1);
    }

    @Test
    void aTransactionDoneInPartIsFound() {
        script.op(
                        0,
                        10,
                        txn(put("a", "1"), put("b", "2")),
                        new Reply.Txn(2, true, List.of(new Reply.Put(0, null), new Reply.Put(0, null))))
                .op(20, 30, get(ALL), shows(2, created("a", "1", 2)))
                .breaks(Kind.TORN_TXN);
    }

    @Test
    void aTransactionOfTheWrongBranchIsFound() {
        Call.Txn lock = new Call.Txn(
                List.of(Compare.create("a", Compare.Relation.EQUAL, 0)), List.of(put("a", "2")), List.of());
        script.put(0, 10, "a", "1", 2)
                .op(20, 30, lock, new Reply.Txn(3, true, List.of(new Reply.Put(0, created("a", "1", 2)))))
                .breaks(Kind.WRONG_BRANCH);
    }

    @Test
    void onlyOneOfTwoMayTakeALock() {
        Call.Txn first = new Call.Txn(
                List.of(Compare.create("a", Compare.Relation.EQUAL, 0)), List.of(put("a", "1")), List.of());
        Call.Txn second = new Call.Txn(
                List.of(Compare.create("a", Compare.Relation.EQUAL, 0)), List.of(put("a", "2")), List.of());
        script.op(0, 50, first, new Reply.Txn(2, true, List.of(new Reply.Put(0, null))))
                .op(0, 50, second, new Reply.Txn(3, true, List.of(new Reply.Put(0, null))))
                .breaks(Kind.WRONG_BRANCH, Kind.WRONG_WRITE_ANSWER);
    }

    @Test
    void anUnknownTransactionIsOneRevision() {
        script.op(0, 10, txn(put("a", "1"), put("b", "2")), unknown())
                .op(20, 30, get(ALL), shows(2, created("a", "1", 2), created("b", "2", 2)))
                .isClean();
        script.op(40, 50, get(ALL), shows(2, created("a", "1", 2))).breaks(Kind.WRONG_READ);
    }

    @Test
    void deletingNothingIsNoRevision() {
        script.put(0, 10, "a", "1", 2)
                .op(20, 30, delete("b"), new Reply.Delete(2, 0, List.of()))
                .op(40, 50, delete("a"), new Reply.Delete(3, 1, List.of()))
                .op(60, 70, delete("a"), new Reply.Delete(3, 0, List.of()))
                .put(80, 90, "a", "2", 4)
                .isClean();
        script.op(100, 110, delete("a"), new Reply.Delete(4, 0, List.of())).breaks(Kind.WRONG_WRITE_ANSWER);
    }

    @Test
    void aWrongPreviousKeyIsFound() {
        script.put(0, 10, "a", "1", 2)
                .op(20, 30, put("a", "2"), new Reply.Put(3, null))
                .breaks(Kind.WRONG_WRITE_ANSWER);
    }

    @Test
    void nonsenseOfRevisionsIsFoundAndDoesNoHarm() {
        script.put(0, 1, "a", "1", 2)
                .op(2, 3, get(ALL), shows(Long.MAX_VALUE / 2))
                .op(4, 5, get(ALL), shows(-3))
                .op(6, 7, get(ALL), shows(2, created("a", "1", 2)))
                .breaks(Kind.REVISION_FROM_NOWHERE);
    }

    @Test
    void whatWasThereBeforeIsTheBase() {
        var base = new History.Base(9, List.of(kv("a", "0", 3, 7, 4)));
        script.op(0, 1, put("a", "1"), new Reply.Put(10, kv("a", "0", 3, 7, 4)))
                .op(2, 3, get(ALL), shows(10, kv("a", "1", 3, 10, 5)));
        var history = new History(base, script.history().operations(), List.of(), List.of(), List.of(), null);
        assertThat(Checks.run(history).violations()).isEmpty();
    }

    @Test
    void aValueThatTwoCallsWroteCannotBeChecked() {
        script.op(0, 10, put("a", "1"), unknown())
                .op(0, 10, put("a", "1"), unknown())
                .op(20, 30, get(ALL), shows(2, created("a", "1", 2)));
        assertThatThrownBy(script::report).isInstanceOf(IllegalArgumentException.class);
    }
}
