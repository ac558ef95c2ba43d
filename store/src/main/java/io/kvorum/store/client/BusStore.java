package io.kvorum.store.client;

import io.kvorum.bus.BusClient;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.codec.ValueCodec;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.OutcomeCodec;
import io.kvorum.store.mvcc.Proposal;
import io.kvorum.store.mvcc.ProposalCodec;
import io.kvorum.store.mvcc.RequestId;
import io.kvorum.store.protocol.StoreProtocol;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The store over the bus. Writes carry a request id, so that a try that may have been carried out can be repeated; all
 * requests are repeated until {@link #DEADLINE}. Revision reads that are asked for together share one request. Safe for
 * use from several threads; futures complete on the caller's context.
 */
final class BusStore implements Store {
    /** How long a request is tried. */
    static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final StoreRoute route;
    private final LagMonitor lag;
    private final long client = new SecureRandom().nextLong();

    /** Requests without an answer yet, by sequence. Guarded by itself. */
    private final ConcurrentSkipListSet<Long> underway = new ConcurrentSkipListSet<>();

    private long lastSequence;
    private @Nullable Promise<Long> nextRevision;
    private boolean revisionUnderway;

    BusStore(Vertx vertx, BusClient bus) {
        this.vertx = vertx;
        this.route = new StoreRoute(vertx, bus);
        this.lag = new LagMonitor(vertx, this::revision);
    }

    @Override
    public Future<TxnResult> commit(Txn txn) {
        return propose(new Command.Commit(txn), outcome -> ((Outcome.Committed) outcome).result());
    }

    @Override
    public Future<RangeResult> range(RangeRequest request) {
        BinaryWriter out = new BinaryWriter(128);
        ValueCodec.write(out, request);
        Buffer body = Buffer.buffer(out.toByteArray());
        return route.call("POST", StoreProtocol.RANGE, attempt -> body, false, !request.serializable())
                .compose(answer -> answer(answer, outcome -> ((Outcome.Ranged) outcome).result()));
    }

    @Override
    public Future<Long> revision() {
        Promise<Long> result = Promise.promise();
        synchronized (this) {
            if (nextRevision != null) {
                return onCallersContext(nextRevision.future());
            }
            if (revisionUnderway) {
                // One that is under way may have been served before a write that this caller knows of.
                nextRevision = result;
                return onCallersContext(result.future());
            }
            revisionUnderway = true;
        }
        askRevision(result);
        return onCallersContext(result.future());
    }

    @Override
    public Future<Long> diskBytes() {
        return route.call("GET", StoreProtocol.DISK_BYTES, attempt -> Buffer.buffer(), false, false)
                .map(answer -> new BinaryReader(answer.getBytes()).number());
    }

    private void askRevision(Promise<Long> result) {
        route.call("GET", StoreProtocol.REVISION, attempt -> Buffer.buffer(), false, true)
                .map(answer -> new BinaryReader(answer.getBytes()).number())
                .onComplete(asked -> {
                    Promise<Long> next;
                    synchronized (this) {
                        next = nextRevision;
                        nextRevision = null;
                        revisionUnderway = next != null;
                    }
                    if (next != null) {
                        askRevision(next);
                    }
                    result.handle(asked);
                });
    }

    private <T> Future<T> onCallersContext(Future<T> future) {
        Promise<T> own = Promise.promise();
        var context = vertx.getOrCreateContext();
        future.onComplete(done -> {
            if (Vertx.currentContext() == context) {
                own.handle(done);
            } else {
                context.runOnContext(v -> own.handle(done));
            }
        });
        return own.future();
    }

    @Override
    public Future<StoreWatch> watch(KeyRange range, long startRevision, boolean previous, WatchHandler handler) {
        if (startRevision > 0) {
            return Future.succeededFuture(BusWatch.open(vertx, route, lag, range, startRevision, previous, handler));
        }
        return revision().map(revision -> BusWatch.open(vertx, route, lag, range, revision + 1, previous, handler));
    }

    @Override
    public Future<Void> compact(long revision) {
        return propose(new Command.Compact(revision), BusStore::nothing)
                .recover(e -> e instanceof StoreException.Compacted
                        ? Future.succeededFuture() // somebody else was faster
                        : Future.failedFuture(e));
    }

    @Override
    public Future<Long> grantLease(Duration timeToLive) {
        return propose(
                new Command.GrantLease(timeToLive.toSeconds()), outcome -> ((Outcome.LeaseGranted) outcome).lease());
    }

    @Override
    public Future<Void> keepLeaseAlive(long lease) {
        return propose(new Command.KeepLeaseAlive(lease), BusStore::nothing);
    }

    @Override
    public Future<Void> revokeLease(long lease) {
        return propose(new Command.RevokeLease(lease), BusStore::nothing);
    }

    @SuppressWarnings("NullAway") // Void has no other value
    private static Void nothing(Outcome outcome) {
        return null;
    }

    private <T> Future<T> propose(Command command, Function<Outcome, T> result) {
        long sequence = begin();
        return route.call(
                        "POST", StoreProtocol.PROPOSE, attempt -> proposal(command, sequence, attempt > 0), true, true)
                .onComplete(done -> underway.remove(sequence))
                .compose(answer -> answer(answer, result));
    }

    private synchronized long begin() {
        long sequence = ++lastSequence;
        underway.add(sequence);
        return sequence;
    }

    private Buffer proposal(Command command, long sequence, boolean retry) {
        // Its own sequence is among those under way, so there is a first.
        RequestId id = new RequestId(client, sequence, underway.first(), retry);
        return Buffer.buffer(ProposalCodec.encode(new Proposal(id, command)));
    }

    private static <T> Future<T> answer(Buffer answer, Function<Outcome, T> result) {
        Outcome outcome = OutcomeCodec.read(new BinaryReader(answer.getBytes()));
        StoreException failure = outcome.failure();
        return failure == null ? Future.succeededFuture(result.apply(outcome)) : Future.failedFuture(failure);
    }
}
