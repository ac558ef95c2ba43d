package io.kvorum.torture.sim;

import io.kvorum.torture.check.Kind;
import java.util.EnumSet;
import java.util.Set;

/** What the simulated store can do wrong, and by what it may be found. */
public enum Bug {
    NONE,
    /** A linearizable read is answered from a member that lags. */
    STALE_READ(Kind.STALE_READ),
    /** A linearizable read carries the newest revision and an older one's keys. */
    OLD_CONTENT(Kind.LOST_WRITE, Kind.WRONG_READ, Kind.TORN_TXN),
    /** A put is acknowledged and forgotten; the next write gets its revision. */
    FORGOTTEN_WRITE(Kind.REVISION_TWICE, Kind.LOST_WRITE, Kind.STALE_READ),
    /** A put is done once more later. */
    DONE_TWICE(Kind.APPLIED_TWICE),
    /** A write that is said to have failed is done. */
    FAILED_BUT_DONE(Kind.FAILED_WRITE_APPLIED),
    /** The last step of a transaction is left out, its answer is as if it were done. */
    TORN_TXN(Kind.TORN_TXN, Kind.LOST_WRITE, Kind.WATCH_TORN, Kind.WRONG_READ),
    /** A transaction takes the other branch. */
    WRONG_BRANCH(Kind.WRONG_BRANCH),
    /** A put's previous key is one that was before. */
    WRONG_PREV_KV(Kind.WRONG_WRITE_ANSWER),
    /** A revision is skipped. */
    SKIPPED_REVISION(Kind.REVISION_UNEXPLAINED),
    /** A member's serializable reads go back. */
    MEMBER_WENT_BACK(Kind.WENT_BACK),
    /** A serializable read's keys are of another revision than it says. */
    WRONG_SERIALIZABLE(Kind.WRONG_SERIALIZABLE_READ),
    /** A read of a revision that is there is refused as compacted. */
    REFUSED(Kind.WRONG_REFUSAL),
    EVENT_LOST(Kind.WATCH_LOST, Kind.WATCH_PROGRESS_AHEAD, Kind.WATCH_STALLED, Kind.WATCH_TORN),
    EVENT_TWICE(Kind.WATCH_TWICE),
    EVENTS_SWAPPED(Kind.WATCH_UNORDERED),
    EVENTS_TORN(Kind.WATCH_TORN),
    EVENT_WRONG_PREVIOUS(Kind.WATCH_WRONG_PREVIOUS),
    EVENT_WRONG(Kind.WATCH_WRONG_EVENT),
    EVENT_OF_NOTHING(Kind.WATCH_PHANTOM),
    EVENT_UNWANTED(Kind.WATCH_UNWANTED),
    PROGRESS_AHEAD(Kind.WATCH_PROGRESS_AHEAD),
    CANCELLED(Kind.WATCH_CANCELLED),
    /** A stream that is open falls silent. */
    WATCH_SILENT(Kind.WATCH_STALLED),
    LEASE_SHORT(Kind.LEASE_TOO_SHORT),
    LEASE_TORN(Kind.LEASE_TORN),
    LEASE_ENDLESS(Kind.LEASE_OUTLIVED),
    /** Keep-alives of a lease that is gone are acknowledged. */
    LEASE_UNDEAD(Kind.DEAD_LEASE_ALIVE),
    /** Puts with a lease that is gone are done. */
    LEASE_DEAD_PUT(Kind.DEAD_LEASE_PUT),
    REVOKE_IN_PART(Kind.REVOKED_REMAINS);

    private final Set<Kind> foundBy = EnumSet.noneOf(Kind.class);

    Bug(Kind... foundBy) {
        this.foundBy.addAll(Set.of(foundBy));
    }

    public Set<Kind> foundBy() {
        return foundBy;
    }

    public boolean ofLeases() {
        return compareTo(LEASE_SHORT) >= 0;
    }

    /** Whether it shows in the answers about keys, and so to a search for an order. */
    public boolean ofKeys() {
        return compareTo(SKIPPED_REVISION) <= 0 && this != NONE;
    }
}
