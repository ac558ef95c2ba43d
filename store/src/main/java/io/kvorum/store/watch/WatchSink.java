package io.kvorum.store.watch;

import io.kvorum.store.client.StoreException;
import io.kvorum.store.mvcc.Snapshot.Changes;

/** Where a watch's changes go. Called on the hub's context, one call at a time. */
public interface WatchSink {
    /** Takes the changes of one revision; false: no room, offer the same again later. */
    boolean events(Changes changes);

    /** Whether it tells by {@link WatchHub#resume} when there is room again; else it is asked again in a moment. */
    default boolean resumes() {
        return false;
    }

    /** Every change up to and including {@code revision} was taken; false: no room, drop it. */
    boolean progress(long revision);

    /** The watch is over. */
    void failed(StoreException cause);
}
