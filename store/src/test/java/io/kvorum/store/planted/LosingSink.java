package io.kvorum.store.planted;

import io.kvorum.store.client.StoreException;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.watch.WatchSink;

/** Drops the changes of some revisions. */
record LosingSink(WatchSink sink) implements WatchSink {
    private static final int ONE_OF = 16;

    @Override
    public boolean events(Changes changes) {
        return changes.revision() % ONE_OF == 0 || sink.events(changes);
    }

    @Override
    public boolean resumes() {
        return sink.resumes();
    }

    @Override
    public boolean progress(long revision) {
        return sink.progress(revision);
    }

    @Override
    public void failed(StoreException cause) {
        sink.failed(cause);
    }
}
