package io.kvorum.store.client;

/**
 * Which of the keys in a range a read returns, and in which order; {@link RangeResult#count} counts them all regardless.
 *
 * @param by what to sort by; keys are unique, so equal ones stay in ascending key order
 * @param minModRevision, like the other three bounds inclusive; 0: no bound
 */
public record Selection(
        By by,
        boolean descending,
        long minModRevision,
        long maxModRevision,
        long minCreateRevision,
        long maxCreateRevision) {
    /** Everything, in ascending key order. */
    public static final Selection ALL = new Selection(By.KEY, false, 0, 0, 0, 0);

    /** What to sort by. */
    public enum By {
        KEY,
        VERSION,
        CREATE_REVISION,
        MOD_REVISION,
        VALUE
    }

    /** Whether the bounds let a version pass. */
    public boolean admits(long modRevision, long createRevision) {
        return modRevision >= minModRevision
                && (maxModRevision == 0 || modRevision <= maxModRevision)
                && createRevision >= minCreateRevision
                && (maxCreateRevision == 0 || createRevision <= maxCreateRevision);
    }

    /** Whether a range has to be read to its end before the first entry is known. */
    public boolean isSorted() {
        return by != By.KEY || descending;
    }
}
