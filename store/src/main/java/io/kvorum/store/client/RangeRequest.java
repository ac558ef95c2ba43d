package io.kvorum.store.client;

/**
 * A read of a range of keys.
 *
 * @param revision 0: the newest; else the state as of that revision
 * @param limit most entries to return, 0 for all; {@link RangeResult#more} says whether there were more
 * @param keysOnly leave the values out
 * @param countOnly return only {@link RangeResult#count}
 * @param serializable true: answered by one member from its own state, possibly stale; false: linearizable
 * @param selection which of the keys, in which order; the limit is applied after it
 */
public record RangeRequest(
        KeyRange range,
        long revision,
        int limit,
        boolean keysOnly,
        boolean countOnly,
        boolean serializable,
        Selection selection) {
    public RangeRequest(
            KeyRange range, long revision, int limit, boolean keysOnly, boolean countOnly, boolean serializable) {
        this(range, revision, limit, keysOnly, countOnly, serializable, Selection.ALL);
    }

    public static RangeRequest of(KeyRange range) {
        return new RangeRequest(range, 0, 0, false, false, false);
    }

    public RangeRequest atRevision(long atRevision) {
        return new RangeRequest(range, atRevision, limit, keysOnly, countOnly, serializable, selection);
    }

    public RangeRequest limitedTo(int most) {
        return new RangeRequest(range, revision, most, keysOnly, countOnly, serializable, selection);
    }
}
