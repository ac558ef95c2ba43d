package io.kvorum.store.planted;

import io.kvorum.store.client.StoreException;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.watch.WatchSink;
import org.jspecify.annotations.Nullable;

/** Lets some revisions be overtaken by the next that the watch is for. */
final class SwappingSink implements WatchSink {
    private static final int ONE_OF = 16;

    private final WatchSink sink;
    private @Nullable Changes overtaken;
    private int offered;
    private boolean passed;

    SwappingSink(WatchSink sink) {
        this.sink = sink;
    }

    @Override
    public boolean events(Changes changes) {
        Changes late = overtaken;
        if (late == null) {
            if (++offered % ONE_OF != 0) {
                return sink.events(changes);
            }
            overtaken = changes;
            return true;
        }
        passed = passed || sink.events(changes);
        if (!passed || !sink.events(late)) {
            return false;
        }
        overtaken = null;
        passed = false;
        return true;
    }

    @Override
    public boolean resumes() {
        return sink.resumes();
    }

    @Override
    public boolean progress(long revision) {
        return overtaken == null && sink.progress(revision);
    }

    @Override
    public void failed(StoreException cause) {
        sink.failed(cause);
    }
}
