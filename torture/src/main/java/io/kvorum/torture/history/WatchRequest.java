package io.kvorum.torture.history;

/**
 * What a watch was asked for.
 *
 * @param startRevision the first revision of interest; 0 for those after the answer's
 * @param noPut whether puts are filtered out
 * @param noDelete whether deletions are filtered out
 * @param fragment whether the events of one revision may come in more than one frame
 */
public record WatchRequest(
        KeyRange keys,
        long startRevision,
        boolean noPut,
        boolean noDelete,
        boolean prevKv,
        boolean progressNotify,
        boolean fragment) {
    /** Everything that happens to {@code keys}, with how they were before. */
    public static WatchRequest of(KeyRange keys, long startRevision) {
        return new WatchRequest(keys, startRevision, false, false, true, true, false);
    }

    @Override
    public String toString() {
        return "watch " + keys + (startRevision == 0 ? "" : " from @" + startRevision) + (noPut ? " no puts" : "")
                + (noDelete ? " no deletions" : "");
    }
}
