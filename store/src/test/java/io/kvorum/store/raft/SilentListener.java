package io.kvorum.store.raft;

import io.kvorum.store.mvcc.Snapshot;
import org.jspecify.annotations.Nullable;

/** Hears nothing; tests override what they want to hear of. */
public class SilentListener implements Replica.Listener {
    @Override
    public void applied(Snapshot.Changes changes) {}

    @Override
    public void restored(Snapshot newest) {}

    @Override
    public void contentCheck(Snapshot state, long revision, String hash) {}

    @Override
    public void leader(@Nullable String leader, boolean local) {}

    @Override
    public void failed(String what, Throwable cause) {}
}
