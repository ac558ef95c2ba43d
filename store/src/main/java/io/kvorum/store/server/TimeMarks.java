package io.kvorum.store.server;

import io.kvorum.store.mvcc.Command;
import io.kvorum.store.raft.Replica;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The leader notes now and then in the log what time it is, so that a time can be told from a revision later. */
final class TimeMarks {
    private static final Logger LOG = LoggerFactory.getLogger(TimeMarks.class);
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final MemberStore store;
    private final Clock clock;
    private long timer;
    private volatile long marked;

    TimeMarks(Vertx vertx, MemberStore store, Clock clock) {
        this.vertx = vertx;
        this.store = store;
        this.clock = clock;
    }

    void start() {
        timer = vertx.setPeriodic(EVERY.toMillis(), id -> mark());
    }

    void stop() {
        vertx.cancelTimer(timer);
    }

    private void mark() {
        Replica own = store.replica();
        long newest = own.newest().revision();
        if (!own.isLeader() || newest == marked) {
            return;
        }
        marked = newest;
        store.propose(new Command.MarkTime(clock.millis())).whenComplete((outcome, thrown) -> {
            if (thrown != null) {
                marked = 0;
                LOG.debug("the time will be noted later: {}", thrown.getMessage());
            }
        });
    }
}
