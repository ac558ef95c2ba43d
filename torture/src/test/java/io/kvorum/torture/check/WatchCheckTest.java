package io.kvorum.torture.check;

import static io.kvorum.torture.check.Script.ALL;
import static io.kvorum.torture.check.Script.created;
import static io.kvorum.torture.check.Script.delete;
import static io.kvorum.torture.check.Script.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Event;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Reply;
import io.kvorum.torture.history.WatchRequest;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** etcd's watch guarantees, each broken by hand. */
class WatchCheckTest {
    private static final KeyValue A = created("a", "1", 2);
    private static final KeyValue B = created("b", "2", 3);
    private static final KeyValue C = created("c", "3", 5);
    private static final KeyValue D = created("d", "4", 5);
    private static final Event PUT_A = Event.put(A, null);
    private static final Event PUT_B = Event.put(B, null);
    private static final Event DELETE_A = Event.delete("a", 4, A);
    private static final Event PUT_C = Event.put(C, null);
    private static final Event PUT_D = Event.put(D, null);

    private static final Bounds COMPACTS_ITSELF =
            new Bounds(Bounds.DEFAULT.leaseEnd(), Bounds.DEFAULT.leaseSlack(), Bounds.DEFAULT.watchDelay(), true);

    private final Script script = new Script();

    @BeforeEach
    void writes() {
        script.put(0, 1, "a", "1", 2)
                .put(2, 3, "b", "2", 3)
                .op(4, 5, delete("a"), new Reply.Delete(4, 1, List.of()))
                .op(
                        6,
                        7,
                        new Call.Txn(List.of(), List.of(put("c", "3"), put("d", "4")), List.of()),
                        new Reply.Txn(5, true, List.of(new Reply.Put(0, null), new Reply.Put(0, null))));
    }

    @Test
    void allEventsInTheirOrderAreRight() {
        script.watchAll()
                .events(10, PUT_A)
                .progress(11, 2)
                .events(12, PUT_B, DELETE_A)
                .events(13, PUT_D, PUT_C)
                .progress(14, 5)
                .then()
                .isClean();
    }

    @Test
    void aWatchThatStandsStillIsRightAsFarAsItWent() {
        script.watchAll().events(10, PUT_A).then().isClean();
    }

    @Test
    void aLostEventIsFound() {
        Violation violation =
                script.watchAll().events(10, PUT_A, DELETE_A).then().breaks(Kind.WATCH_LOST);
        assertThat(violation.sentence()).contains("b=2 @3");
        assertThat(violation.involved()).extracting("id").containsExactly(1);
    }

    @Test
    void aDoubledEventIsFound() {
        script.watchAll().events(10, PUT_A, PUT_B).events(11, PUT_B).then().breaks(Kind.WATCH_TWICE);
    }

    @Test
    void reorderedEventsAreFound() {
        script.watchAll().events(10, PUT_B).events(11, PUT_A).then().breaks(Kind.WATCH_UNORDERED);
    }

    @Test
    void aRevisionInPartIsFound() {
        script.watchAll().events(10, PUT_A, PUT_B, DELETE_A, PUT_C).then().breaks(Kind.WATCH_TORN);
    }

    @Test
    void aRevisionInTwoFramesIsTornUnlessTheyAreFragments() {
        script.watchAll()
                .events(10, PUT_A, PUT_B, DELETE_A)
                .fragment(11, PUT_C)
                .events(12, PUT_D)
                .then()
                .isClean();
        script.watchAll()
                .events(10, PUT_A, PUT_B, DELETE_A)
                .events(11, PUT_C)
                .events(12, PUT_D)
                .then()
                .breaks(Kind.WATCH_TORN);
    }

    @Test
    void aStreamMayEndWithinAFragmentedRevision() {
        script.watchAll()
                .events(10, PUT_A, PUT_B, DELETE_A)
                .fragment(11, PUT_C)
                .then()
                .isClean();
    }

    @Test
    void progressAheadOfEventsIsFound() {
        script.watchAll().events(10, PUT_A).progress(11, 3).then().breaks(Kind.WATCH_PROGRESS_AHEAD);
    }

    @Test
    void anEventBehindTheProgressIsFound() {
        script.watchAll()
                .events(10, PUT_A)
                .progress(11, 3)
                .events(12, PUT_B)
                .then()
                .breaks(Kind.WATCH_PROGRESS_AHEAD);
    }

    @Test
    void aWrongPreviousKeyIsFound() {
        script.watchAll()
                .events(10, PUT_A, PUT_B, Event.delete("a", 4, B))
                .then()
                .breaks(Kind.WATCH_WRONG_PREVIOUS);
    }

    @Test
    void aPreviousKeyMayBeCompactedAway() {
        script.watchAll()
                .events(10, PUT_A, PUT_B, Event.delete("a", 4, null))
                .then()
                .breaks(Kind.WATCH_WRONG_PREVIOUS);
        script.bounds(COMPACTS_ITSELF).isClean();
        script.bounds(Bounds.DEFAULT)
                .op(8, 9, new Call.Compact(4), new Reply.Compact(5))
                .isClean();
    }

    @Test
    void aWrongEventIsFound() {
        script.watchAll()
                .events(10, PUT_A, Event.put(created("b", "1", 3), null))
                .then()
                .breaks(Kind.WATCH_WRONG_EVENT);
    }

    @Test
    void anEventOfNothingIsFound() {
        script.watchAll()
                .events(10, PUT_A, PUT_B, Event.delete("x", 3, null))
                .then()
                .breaks(Kind.WATCH_PHANTOM);
    }

    @Test
    void anEventBeforeTheStartIsFound() {
        script.watch(5, WatchRequest.of(ALL, 3))
                .created(6, 3)
                .events(10, PUT_A, PUT_B)
                .then()
                .breaks(Kind.WATCH_UNWANTED);
    }

    @Test
    void aWatchFromNowBeginsAfterItsAnswer() {
        script.watch(5, WatchRequest.of(ALL, 0))
                .created(6, 3)
                .events(10, DELETE_A)
                .then()
                .isClean();
        script.watch(5, WatchRequest.of(ALL, 0))
                .created(6, 3)
                .events(10, PUT_C, PUT_D)
                .then()
                .breaks(Kind.WATCH_LOST);
    }

    @Test
    void filtersAreKept() {
        WatchRequest noPut = new WatchRequest(ALL, 2, true, false, true, true, false);
        WatchRequest noDelete = new WatchRequest(ALL, 2, false, true, true, true, false);
        script.watch(5, noPut).created(6, 3).events(10, DELETE_A).progress(11, 5);
        script.watch(5, noDelete).created(6, 3).events(10, PUT_A, PUT_B, PUT_C, PUT_D);
        script.isClean();
        script.watch(5, noDelete).created(6, 3).events(10, PUT_A, PUT_B, DELETE_A);
        script.breaks(Kind.WATCH_UNWANTED);
    }

    @Test
    void onlyItsKeysAreWatched() {
        script.watch(5, WatchRequest.of(KeyRange.prefix("a"), 2))
                .created(6, 3)
                .events(10, PUT_A, DELETE_A)
                .progress(11, 5);
        script.watch(5, WatchRequest.of(KeyRange.key("b"), 2))
                .created(6, 3)
                .events(10, PUT_B)
                .progress(11, 5);
        script.isClean();
        script.watch(5, WatchRequest.of(KeyRange.key("d"), 2)).created(6, 3).progress(11, 5);
        script.breaks(Kind.WATCH_PROGRESS_AHEAD);
    }

    @Test
    void cancellationNeedsACompaction() {
        script.op(8, 9, new Call.Compact(4), new Reply.Compact(5))
                .watch(10, WatchRequest.of(ALL, 3))
                .created(11, 5)
                .cancelled(12, 4)
                .then()
                .isClean();
        script.watch(10, WatchRequest.of(ALL, 4))
                .created(11, 5)
                .cancelled(12, 4)
                .then()
                .breaks(Kind.WATCH_CANCELLED);
    }

    @Test
    void nobodyIsCancelledWhereNobodyCompacted() {
        script.watch(10, WatchRequest.of(ALL, 3))
                .created(11, 5)
                .cancelled(12, 4)
                .then()
                .breaks(Kind.WATCH_CANCELLED);
        script.bounds(COMPACTS_ITSELF).isClean();
    }

    @Test
    void aWatchThatSkipsWhatWasCompactedIsFound() {
        script.op(8, 9, new Call.Compact(4), new Reply.Compact(5))
                .watch(10, WatchRequest.of(ALL, 3))
                .created(11, 5)
                .events(12, PUT_C, PUT_D)
                .then()
                .breaks(Kind.WATCH_LOST);
    }

    @Test
    void aWatchThatStandsStillIsFoundWhenAllIsWell() {
        script.watchAll().events(10, PUT_A).then().healthy(10, 4_000).isClean();
        script.healthy(10, 60_000).breaks(Kind.WATCH_STALLED);
    }

    @Test
    void alsoWhenItsWatcherClosedItInTheEnd() {
        script.watchAll()
                .events(10, PUT_A)
                .lost(60_001)
                .then()
                .healthy(10, 60_000)
                .breaks(Kind.WATCH_STALLED);
        script.healthy(10, 60_002).isClean();
    }

    @Test
    void aFrameIsNotOlderThanItsEvents() {
        script.op(8, 9, new Call.Range(ALL, 0, true, 0, true), new Reply.Range(5, List.of(), 3, false))
                .watch(10, WatchRequest.of(ALL, 5))
                .created(11, 5)
                .frameOf(12, 4, PUT_C, PUT_D)
                .then()
                .breaks(Kind.WATCH_WRONG_EVENT);
    }

    @Test
    void anEventSeenBeforeItsWriteBeganIsFound() {
        script.put(100, 110, "e", "5", 6)
                .watch(5, WatchRequest.of(KeyRange.key("e"), 2))
                .created(6, 5)
                .events(90, Event.put(created("e", "5", 6), null))
                .then()
                .breaks(Kind.FROM_THE_FUTURE);
    }
}
