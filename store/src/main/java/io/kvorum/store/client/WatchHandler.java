package io.kvorum.store.client;

import java.util.List;

/** Receives a watch; called on the context on which the watch was opened, one call at a time, in order. */
public interface WatchHandler {
    /** All changes of one revision that match the watch. Revisions rise; none is given twice, none left out. */
    void events(long revision, List<WatchEvent> events);

    /** Every change up to and including {@code revision} has been given. Comes at least every few seconds. */
    void progress(long revision);

    /**
     * The watch is over and will not resume: {@link StoreException.Compacted} (list again, then watch from there) or
     * an unrecoverable failure. A lost member does not end a watch; it resumes at another.
     */
    void failed(StoreException cause);
}
