package io.kvorum.store.server;

import io.kvorum.store.backup.ContentHash;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.raft.Replica;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the members' content. The leader writes the hash of its own at some revision into the log, and every member
 * compares when it comes to that entry. One that differs stops for good: it would tell its readers something else than
 * the others, and no log entry will ever mend it.
 */
final class ContentChecks {
    private static final Logger LOG = LoggerFactory.getLogger(ContentChecks.class);

    private final Vertx vertx;
    private final MemberStore store;
    private final Replica own;
    private final Duration every;
    private long timer;
    private volatile long checked;

    /**
     * @param every how often; zero: never
     */
    ContentChecks(Vertx vertx, MemberStore store, Duration every) {
        this.vertx = vertx;
        this.store = store;
        this.own = store.replica();
        this.every = every;
    }

    void start() {
        if (!every.isZero()) {
            timer = vertx.setPeriodic(every.toMillis(), id -> propose());
        }
    }

    void stop() {
        vertx.cancelTimer(timer);
    }

    private void propose() {
        Snapshot newest = own.newest();
        if (!own.isLeader() || newest.revision() == checked) {
            return;
        }
        checked = newest.revision();
        vertx.executeBlocking(() -> ContentHash.of(newest, newest.revision()), false)
                .onSuccess(hash -> store.propose(new Command.CheckContent(newest.revision(), hash))
                        .whenComplete((outcome, thrown) -> {
                            if (thrown != null) {
                                checked = 0;
                                LOG.info("the members' content will be compared later: {}", thrown.getMessage());
                            }
                        }))
                .onFailure(e -> LOG.warn("the content could not be hashed", e));
    }

    /** This member has come to a comparison in its log. */
    static void compare(Vertx vertx, Replica own, Snapshot state, long revision, String hash) {
        if (revision < state.compactRevision()) {
            return;
        }
        vertx.executeBlocking(() -> ContentHash.of(state, revision), false)
                .onSuccess(here -> {
                    if (!here.equals(hash)) {
                        own.condemn("its content at revision " + revision + " has hash " + here + ", the leader's has "
                                + hash);
                    }
                })
                .onFailure(e -> LOG.warn("the content could not be compared", e));
    }
}
