package io.kvorum.torture.check;

import static io.kvorum.torture.check.Script.ALL;
import static io.kvorum.torture.check.Script.delete;
import static io.kvorum.torture.check.Script.failed;
import static io.kvorum.torture.check.Script.get;
import static io.kvorum.torture.check.Script.shows;
import static io.kvorum.torture.check.Script.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Event;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Reply;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases of two seconds, granted at 0, with the keys a and b. */
class LeaseCheckTest {
    private static final KeyValue A = new KeyValue("a", "1", 2, 2, 1, 7);
    private static final KeyValue B = new KeyValue("b", "2", 3, 3, 1, 7);
    private static final Event[] PUTS = {Event.put(A, null), Event.put(B, null)};
    private static final Event DELETE_A = Event.delete("a", 4, A);
    private static final Event DELETE_B = Event.delete("b", 4, B);

    private final Script script = new Script();

    @BeforeEach
    void aLeaseWithTwoKeys() {
        script.op(0, 1, new Call.LeaseGrant(7, 2), new Reply.LeaseGrant(1, 2))
                .op(2, 3, new Call.Put("a", "1", 7, false), new Reply.Put(2, null))
                .op(4, 5, new Call.Put("b", "2", 7, false), new Reply.Put(3, null));
    }

    private void keepAlive(long at, long ttl) {
        script.op(at, at + 1, new Call.LeaseKeepAlive(7), new Reply.LeaseKeepAlive(3, ttl));
    }

    @Test
    void aLeaseThatRanOutTakesItsKeys() {
        script.watchAll()
                .events(10, PUTS)
                .events(2_001, DELETE_A, DELETE_B)
                .then()
                .isClean();
    }

    @Test
    void aLeaseThatEndsBeforeItsTimeIsFound() {
        Violation violation = script.watchAll()
                .events(10, PUTS)
                .events(1_900, DELETE_A, DELETE_B)
                .then()
                .breaks(Kind.LEASE_TOO_SHORT);
        assertThat(violation.sentence()).contains("0.100 s before its time, which operation 0 renewed");
    }

    @Test
    void aKeepAliveMakesItLonger() {
        keepAlive(1_000, 2);
        script.watchAll()
                .events(10, PUTS)
                .events(2_500, DELETE_A, DELETE_B)
                .then()
                .breaks(Kind.LEASE_TOO_SHORT);
    }

    @Test
    void aKeepAliveOfUnknownFatePromisesNothing() {
        script.op(1_000, 1_500, new Call.LeaseKeepAlive(7), unknown());
        script.watchAll()
                .events(10, PUTS)
                .events(2_100, DELETE_A, DELETE_B)
                .then()
                .isClean();
    }

    @Test
    void aRevocationEndsItAtOnce() {
        script.op(100, 110, new Call.LeaseRevoke(7), new Reply.LeaseRevoke(4))
                .op(120, 130, get(ALL), shows(4))
                .watchAll()
                .events(10, PUTS)
                .events(108, DELETE_A, DELETE_B)
                .then()
                .isClean();
    }

    @Test
    void aRevocationOfUnknownFateMayEndIt() {
        script.op(100, 110, new Call.LeaseRevoke(7), unknown())
                .watchAll()
                .events(10, PUTS)
                .events(500, DELETE_A, DELETE_B)
                .then()
                .isClean();
    }

    @Test
    void keysThatOutliveTheRevocationAreFound() {
        script.op(100, 110, new Call.LeaseRevoke(7), new Reply.LeaseRevoke(3)).breaks(Kind.REVOKED_REMAINS);
    }

    @Test
    void keysThatGoOneByOneAreFound() {
        script.watchAll()
                .events(10, PUTS)
                .events(2_100, DELETE_A)
                .events(2_200, Event.delete("b", 5, B))
                .then()
                .breaks(Kind.LEASE_TORN);
    }

    @Test
    void anUnknownDeletionMayTakeOneOfThem() {
        script.op(6, 9, delete("a"), unknown())
                .watchAll()
                .events(10, PUTS)
                .events(20, DELETE_A)
                .events(2_200, Event.delete("b", 5, B))
                .then()
                .isClean();
    }

    @Test
    void aLeaseMayLiveLonger() {
        script.op(60_000, 60_001, get(ALL), shows(3, A, B)).isClean();
    }

    @Test
    void butNotWhenAllHasBeenWellForLong() {
        script.op(60_000, 60_001, get(ALL), shows(3, A, B))
                .healthy(1_000, 61_000)
                .breaks(Kind.LEASE_OUTLIVED);
    }

    @Test
    void aNewLeaderMayGiveItItsWholeTimeAnew() {
        script.op(60_000, 60_001, get(ALL), shows(3, A, B))
                .healthy(50_000, 61_000)
                .isClean();
    }

    @Test
    void aLeaseThatIsGoneSaysSo() {
        keepAlive(3_000, 0);
        script.isClean();
        keepAlive(3_100, 2);
        script.breaks(Kind.DEAD_LEASE_ALIVE);
    }

    @Test
    void aLeaseThatIsSaidToBeGoneTooEarlyIsFound() {
        keepAlive(1_000, 0);
        script.breaks(Kind.LEASE_TOO_SHORT);
    }

    @Test
    void aPutThatSaysThatItIsGoneIsBelievedOnlyInTime() {
        script.op(2_500, 2_600, new Call.Put("c", "3", 7, false), failed(Fate.Code.LEASE_NOT_FOUND))
                .isClean();
        script.op(1_500, 1_600, new Call.Put("c", "4", 7, false), failed(Fate.Code.LEASE_NOT_FOUND))
                .breaks(Kind.LEASE_TOO_SHORT);
    }

    @Test
    void aPutWithALeaseThatIsGoneIsFound() {
        script.op(100, 110, new Call.LeaseRevoke(7), new Reply.LeaseRevoke(4))
                .op(200, 210, new Call.Put("c", "3", 7, false), new Reply.Put(5, null))
                .watchAll()
                .events(10, PUTS)
                .events(108, DELETE_A, DELETE_B)
                .then()
                .breaks(Kind.DEAD_LEASE_PUT);
    }

    @Test
    void aPutWithALeaseThatNeverWasIsFound() {
        script.op(200, 210, new Call.Put("c", "3", 8, false), new Reply.Put(4, null))
                .breaks(Kind.DEAD_LEASE_PUT);
    }

    @Test
    void aGrantOfUnknownFateMayHaveBeen() {
        script.op(100, 110, new Call.LeaseGrant(8, 2), unknown())
                .op(200, 210, new Call.Put("c", "3", 8, false), new Reply.Put(4, null))
                .isClean();
    }

    @Test
    void aKeyPutAnewWithoutLeaseStays() {
        script.op(100, 110, new Call.Put("a", "3", 0, false), new Reply.Put(4, null))
                .watchAll()
                .events(10, PUTS)
                .events(120, Event.put(new KeyValue("a", "3", 2, 4, 2, 0), A))
                .events(2_100, Event.delete("b", 5, B))
                .then()
                .isClean();
    }

    @Test
    void itsTimeToLiveIsOfALiveLease() {
        script.op(100, 110, new Call.LeaseTimeToLive(7, false), new Reply.LeaseTimeToLive(3, -1, 0, List.of()))
                .breaks(Kind.LEASE_TOO_SHORT);
    }
}
