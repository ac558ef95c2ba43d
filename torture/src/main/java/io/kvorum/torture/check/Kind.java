package io.kvorum.torture.check;

/** Which promise was broken. */
public enum Kind {
    /** An answer carries a revision that the store cannot have: before its beginning, or after more writes than there were. */
    REVISION_FROM_NOWHERE("a revision that cannot be"),
    /** Two acknowledged writes carry the same revision: there were two stores. */
    REVISION_TWICE("one revision for two writes"),
    /** The revision rose although nobody can have written. */
    REVISION_UNEXPLAINED("a revision that nobody wrote"),
    /** A write that began after a later revision had been seen: the order of revisions is not that of time. */
    WRITE_ORDER("writes out of order"),
    /** Something was seen before the call that wrote it began. */
    FROM_THE_FUTURE("seen before it was written"),
    /** A linearizable answer shows an older revision than was seen before its call began. */
    STALE_READ("a stale read"),
    /** A linearizable answer is not what the store held at the answer's revision. */
    WRONG_READ("a wrong read"),
    /** A serializable answer is not what the store held at the answer's revision. */
    WRONG_SERIALIZABLE_READ("a wrong serializable read"),
    /** A read does not show an acknowledged write before its own revision. */
    LOST_WRITE("an acknowledged write is lost"),
    /** A read shows one part of a transaction and not another. */
    TORN_TXN("a transaction done in part"),
    /** A put's or deletion's answer says of the keys before it what is not so (previous values, number of deleted). */
    WRONG_WRITE_ANSWER("a write's answer is wrong"),
    /** A transaction took the other branch than its conditions say. */
    WRONG_BRANCH("a transaction took the wrong branch"),
    /** One write was done twice. */
    APPLIED_TWICE("a write was done twice"),
    /** A write that was said to have failed was done. */
    FAILED_WRITE_APPLIED("a failed write was done"),
    /** A value that nobody wrote, or a deletion that nobody asked for. */
    WRITTEN_BY_NOBODY("a change that nobody asked for"),
    /** A call was refused for a reason that was not so: nothing was compacted, the revision was there. */
    WRONG_REFUSAL("refused without reason"),
    /** A linearizable read of a revision that an acknowledged compaction had removed was answered. */
    COMPACTED_READ("a compacted revision was read"),
    /** Serializable reads of one connection to one member went back. */
    WENT_BACK("a member went back"),

    /** Events came out of the order of their revisions. */
    WATCH_UNORDERED("watch: out of order"),
    /** An event came twice on one stream. */
    WATCH_TWICE("watch: an event came twice"),
    /** An event before what came after it on the stream never came. */
    WATCH_LOST("watch: an event is lost"),
    /** The events of one revision came in part, or apart though no fragments were announced. */
    WATCH_TORN("watch: a revision was torn"),
    /** An event of something that did not happen. */
    WATCH_PHANTOM("watch: an event of nothing"),
    /** An event's key is not as it was written. */
    WATCH_WRONG_EVENT("watch: a wrong event"),
    /** An event's previous key is not as it was. */
    WATCH_WRONG_PREVIOUS("watch: a wrong previous value"),
    /** A progress notification was ahead of events that had not been delivered. */
    WATCH_PROGRESS_AHEAD("watch: progress ahead of events"),
    /** An event before the start revision, outside the keys or of a kind that was filtered out. */
    WATCH_UNWANTED("watch: an event not asked for"),
    /** Cancelled as compacted although the revision it needed was not. */
    WATCH_CANCELLED("watch: cancelled without reason"),
    /** At the end of the healthy phase a stream that stood still had not delivered what was written long before. */
    WATCH_STALLED("watch: stalled"),

    /** A lease was gone before its time had passed since its last acknowledged keep-alive began. */
    LEASE_TOO_SHORT("a lease ended early"),
    /** Not all keys of a lease went at one revision. */
    LEASE_TORN("a lease's keys went apart"),
    /** Keys were still there after their lease should have run out, in the healthy phase. */
    LEASE_OUTLIVED("a lease's keys outlived it"),
    /** Keys were still there after the revocation was acknowledged. */
    REVOKED_REMAINS("a revoked lease's keys remain"),
    /** A lease that was gone was kept alive, or said to live. */
    DEAD_LEASE_ALIVE("a dead lease answered"),
    /** A put succeeded with a lease that was gone or never was. */
    DEAD_LEASE_PUT("a put with a dead lease");

    private final String title;

    Kind(String title) {
        this.title = title;
    }

    /** It in a few words. */
    public String title() {
        return title;
    }
}
