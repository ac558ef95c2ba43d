package io.kvorum.torture.check;

import static io.kvorum.torture.check.Script.ALL;
import static io.kvorum.torture.check.Script.created;
import static io.kvorum.torture.check.Script.delete;
import static io.kvorum.torture.check.Script.failed;
import static io.kvorum.torture.check.Script.get;
import static io.kvorum.torture.check.Script.put;
import static io.kvorum.torture.check.Script.serializable;
import static io.kvorum.torture.check.Script.shows;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What reads must show, broken by hand. */
class ReadsCheckTest {
    private final Script script = new Script();

    @Test
    void aReadThatBeganAfterAWriteShowsIt() {
        script.put(0, 10, "a", "1", 2).op(20, 30, get(ALL), shows(1));
        Violation violation = script.breaks(Kind.STALE_READ);
        assertThat(violation.culprit()).isInstanceOf(Culprit.Answer.class);
        assertThat(violation.involved()).extracting("id").containsExactly(0);
        assertThat(violation.around()).extracting("id").containsExactly(0, 1);
        assertThat(violation.sentence()).contains("answered at revision 1, but 2 had been seen");
    }

    @Test
    void aReadThatOverlapsAWriteMayShowItOrNot() {
        script.put(0, 10, "a", "1", 2)
                .put(15, 40, "b", "2", 3)
                .op(20, 30, get(ALL), shows(2, created("a", "1", 2)))
                .op(20, 30, get(ALL), shows(3, created("a", "1", 2), created("b", "2", 3)))
                .isClean();
    }

    @Test
    void whatOneReadShowedTheNextOneShowsToo() {
        script.put(0, 100, "a", "1", 2)
                .op(10, 20, get(ALL), shows(2, created("a", "1", 2)))
                .op(30, 40, get(ALL), shows(1))
                .breaks(Kind.STALE_READ);
    }

    @Test
    void aReadOfOldKeysAtANewRevisionIsFound() {
        script.put(0, 10, "a", "1", 2)
                .op(20, 30, put("a", "2"), new Reply.Put(3, created("a", "1", 2)))
                .op(40, 50, get(ALL), shows(3, created("a", "1", 2)))
                .breaks(Kind.LOST_WRITE);
    }

    @Test
    void anAcknowledgedWriteThatIsGoneIsFound() {
        script.put(0, 10, "a", "1", 2)
                .put(20, 30, "b", "2", 3)
                .op(40, 50, get(ALL), shows(3, created("b", "2", 3)))
                .breaks(Kind.LOST_WRITE);
    }

    @Test
    void aDeletedKeyThatIsShownIsFound() {
        script.put(0, 10, "a", "1", 2)
                .op(20, 30, delete("a"), new Reply.Delete(3, 1, List.of()))
                .op(40, 50, get(ALL), shows(3, created("a", "1", 2)))
                .breaks(Kind.WRONG_READ);
    }

    @Test
    void aWriteThatWasReadBeforeItBeganIsFound() {
        script.op(0, 10, get(ALL), shows(2, created("a", "1", 2)))
                .put(20, 30, "a", "1", 2)
                .breaks(Kind.FROM_THE_FUTURE);
    }

    @Test
    void aCountAndALimitAreChecked() {
        script.put(0, 1, "a", "1", 2)
                .put(2, 3, "b", "2", 3)
                .op(
                        4,
                        5,
                        new Call.Range(ALL, 0, false, 1, false),
                        new Reply.Range(3, List.of(created("a", "1", 2)), 2, true))
                .op(4, 5, new Call.Range(ALL, 0, false, 0, true), new Reply.Range(3, List.of(), 2, false))
                .isClean();
        script.op(4, 5, new Call.Range(ALL, 0, false, 0, true), new Reply.Range(3, List.of(), 1, false))
                .breaks(Kind.WRONG_READ);
    }

    @Test
    void aReadOfAnOldRevisionShowsIt() {
        Call.Range old = new Call.Range(ALL, 2, false, 0, false);
        script.put(0, 1, "a", "1", 2)
                .op(2, 3, delete("a"), new Reply.Delete(3, 1, List.of()))
                .op(4, 5, old, shows(3, created("a", "1", 2)))
                .isClean();
        script.op(6, 7, old, shows(3)).breaks(Kind.LOST_WRITE);
    }

    @Test
    void aSerializableReadMayBeOldButNotWrong() {
        script.put(0, 1, "a", "1", 2)
                .put(2, 3, "b", "2", 3)
                .op(10, 11, serializable(ALL), shows(1))
                .op(10, 11, serializable(ALL), shows(2, created("a", "1", 2)))
                .isClean();
        script.op(12, 13, serializable(ALL), shows(2, created("b", "2", 3))).breaks(Kind.WRONG_SERIALIZABLE_READ);
    }

    @Test
    void aConnectionDoesNotGoBack() {
        script.put(0, 1, "a", "1", 2)
                .on(7)
                .op(10, 11, serializable(ALL), shows(2, created("a", "1", 2)))
                .on(8)
                .op(20, 21, serializable(ALL), shows(1))
                .isClean();
        script.on(7).op(20, 21, serializable(ALL), shows(1)).breaks(Kind.WENT_BACK);
    }

    @Test
    void compactionTakesOldRevisionsAway() {
        Call.Range old = new Call.Range(ALL, 2, false, 0, false);
        script.put(0, 1, "a", "1", 2)
                .put(2, 3, "b", "2", 3)
                .op(4, 20, new Call.Compact(3), new Reply.Compact(3))
                .op(5, 6, old, shows(3, created("a", "1", 2)))
                .op(7, 8, old, failed(Fate.Code.COMPACTED))
                .op(30, 31, old, failed(Fate.Code.COMPACTED))
                .op(
                        30,
                        31,
                        new Call.Range(ALL, 3, false, 0, false),
                        shows(3, created("a", "1", 2), created("b", "2", 3)))
                .op(30, 31, new Call.Range(ALL, 4, false, 0, false), failed(Fate.Code.FUTURE_REVISION))
                .isClean();
        script.op(30, 31, old, shows(3, created("a", "1", 2))).breaks(Kind.COMPACTED_READ);
    }

    @Test
    void aRefusalNeedsAReason() {
        script.put(0, 1, "a", "1", 2)
                .op(2, 3, new Call.Range(ALL, 2, false, 0, false), failed(Fate.Code.COMPACTED))
                .op(2, 3, new Call.Range(ALL, 2, false, 0, false), failed(Fate.Code.FUTURE_REVISION))
                .breaks(Kind.WRONG_REFUSAL);
    }
}
