package io.kvorum.store.raft;

import io.kvorum.store.mvcc.Snapshot;
import java.time.Duration;

/** What a member has applied. */
public final class AppliedRevision {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private AppliedRevision() {}

    /** The member's state once it has a revision. */
    public static Snapshot await(Replica replica, long revision) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        Snapshot state = replica.newest();
        while (state.revision() < revision) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        replica.name() + " is at revision " + state.revision() + ", not yet at " + revision);
            }
            Thread.sleep(2);
            state = replica.newest();
        }
        return state;
    }
}
