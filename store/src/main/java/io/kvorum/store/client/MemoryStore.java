package io.kvorum.store.client;

import io.kvorum.store.mvcc.Applied;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.KeySpace;
import io.kvorum.store.mvcc.LeaseDeadlines;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.Proposal;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.watch.WatchHub;
import io.kvorum.store.watch.WatchSink;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * A store in the memory of one process: the same key space and watches as the replicated one, without the replication.
 * For component tests. Safe for use from several threads.
 */
public final class MemoryStore implements Store {
    private static final int HISTORY_REVISIONS = 10_000;
    private static final long HISTORY_BYTES = 64L << 20;
    private static final long LEASE_CHECK_MILLIS = 250;

    private final Vertx vertx;
    private final KeySpace keySpace = new KeySpace();
    private final LeaseDeadlines leaseDeadlines = new LeaseDeadlines();
    private final WatchHub hub;
    private final long leaseTimer;
    private volatile Snapshot newest = keySpace.snapshot();
    private long index;

    private MemoryStore(Vertx vertx) {
        this.vertx = vertx;
        hub = new WatchHub(vertx, () -> newest, HISTORY_REVISIONS, HISTORY_BYTES);
        leaseTimer = vertx.setPeriodic(LEASE_CHECK_MILLIS, id -> expireLeases());
    }

    /** An empty store whose timers and watches run on {@code vertx}. */
    public static MemoryStore create(Vertx vertx) {
        return new MemoryStore(vertx);
    }

    /** Stops the store's timers; watches are not called any more. */
    public void close() {
        vertx.cancelTimer(leaseTimer);
        hub.close();
    }

    @Override
    public Future<TxnResult> commit(Txn txn) {
        return run(new Command.Commit(txn), outcome -> ((Outcome.Committed) outcome).result());
    }

    @Override
    public Future<RangeResult> range(RangeRequest request) {
        return answer(newest.range(request), outcome -> ((Outcome.Ranged) outcome).result());
    }

    @Override
    public Future<Long> revision() {
        return Future.succeededFuture(newest.revision());
    }

    /** What the keys take in memory, since there are no files. */
    @Override
    public Future<Long> diskBytes() {
        return Future.succeededFuture(newest.bytes());
    }

    @Override
    public Future<StoreWatch> watch(KeyRange range, long startRevision, boolean previous, WatchHandler handler) {
        HandlerWatch watch = new HandlerWatch(vertx.getOrCreateContext(), handler);
        WatchHub.Watch source = hub.open(range, startRevision, previous, watch);
        return Future.succeededFuture(() -> {
            watch.closed = true;
            source.close();
        });
    }

    @Override
    public Future<Void> compact(long revision) {
        return run(new Command.Compact(revision), MemoryStore::nothing)
                .recover(e -> e instanceof StoreException.Compacted
                        ? Future.succeededFuture() // somebody else was faster
                        : Future.failedFuture(e));
    }

    @Override
    public Future<Long> grantLease(Duration timeToLive) {
        return run(new Command.GrantLease(timeToLive.toSeconds()), outcome -> ((Outcome.LeaseGranted) outcome).lease());
    }

    @Override
    public Future<Void> keepLeaseAlive(long lease) {
        return run(new Command.KeepLeaseAlive(lease), MemoryStore::nothing);
    }

    @Override
    public Future<Void> revokeLease(long lease) {
        return run(new Command.RevokeLease(lease), MemoryStore::nothing);
    }

    @SuppressWarnings("NullAway") // Void has no other value
    private static Void nothing(Outcome outcome) {
        return null;
    }

    private <T> Future<T> run(Command command, Function<Outcome, T> result) {
        return answer(apply(command), result);
    }

    private static <T> Future<T> answer(Outcome outcome, Function<Outcome, T> result) {
        StoreException failure = outcome.failure();
        return failure == null ? Future.succeededFuture(result.apply(outcome)) : Future.failedFuture(failure);
    }

    private synchronized Outcome apply(Command command) {
        Applied applied = keySpace.apply(++index, new Proposal(null, command));
        newest = keySpace.snapshot();
        if (!applied.events().isEmpty()) {
            hub.applied(new Changes(applied.revision(), applied.events()));
        }
        return applied.outcome();
    }

    private synchronized void expireLeases() {
        for (var expiry : leaseDeadlines.due(newest, System.nanoTime())) {
            apply(new Command.ExpireLeases(List.of(expiry)));
        }
    }

    /** Hands what the hub delivers to a handler on the handler's context. */
    private static final class HandlerWatch implements WatchSink {
        private final Context context;
        private final WatchHandler handler;
        volatile boolean closed;

        HandlerWatch(Context context, WatchHandler handler) {
            this.context = context;
            this.handler = handler;
        }

        @Override
        public boolean events(Changes changes) {
            call(() -> handler.events(changes.revision(), changes.events()));
            return true;
        }

        @Override
        public boolean progress(long revision) {
            call(() -> handler.progress(revision));
            return true;
        }

        @Override
        public void failed(StoreException cause) {
            call(() -> handler.failed(cause));
        }

        private void call(Runnable delivery) {
            context.runOnContext(v -> {
                if (!closed) {
                    delivery.run();
                }
            });
        }
    }
}
