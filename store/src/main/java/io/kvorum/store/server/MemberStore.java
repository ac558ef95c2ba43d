package io.kvorum.store.server;

import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.kvorum.store.client.Refusal;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.OutcomeCodec;
import io.kvorum.store.mvcc.Proposal;
import io.kvorum.store.mvcc.ProposalCodec;
import io.kvorum.store.mvcc.RequestId;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.protocol.StoreProtocol;
import io.kvorum.store.raft.Replica;
import io.kvorum.store.raft.ReplicaException;
import io.kvorum.store.watch.WatchHub;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The store as a face of one member uses it, such as etcd's API. Writes carry request ids, so that a try that may have
 * been carried out is repeated without harm, at this member or through it at the leader, until {@link #DEADLINE}. Any
 * thread; futures complete on any thread and fail with {@link StoreException}. Not final, so that tests can plant bugs.
 */
public class MemberStore {
    /** How long a request is tried; etcd's own is 5 s and two elections. */
    static final Duration DEADLINE = Duration.ofSeconds(7);

    private static final Duration ATTEMPT = Duration.ofSeconds(2);
    private static final long MIN_PAUSE_MILLIS = 10;
    private static final long MAX_PAUSE_MILLIS = 200;

    private final Vertx vertx;
    private final Replica own;
    private final StoreEndpoint endpoint;
    private final WatchHub hub;
    private final long client = new SecureRandom().nextLong();

    /** Requests without an answer yet, by sequence. */
    private final ConcurrentSkipListSet<Long> underway = new ConcurrentSkipListSet<>();

    private long lastSequence;

    /** @param endpoint answers, or passes on, what only the leader can do */
    public MemberStore(Vertx vertx, Replica own, StoreEndpoint endpoint, WatchHub hub) {
        this.vertx = vertx;
        this.own = own;
        this.endpoint = endpoint;
        this.hub = hub;
    }

    /** The member whose state is read here. */
    public Replica replica() {
        return own;
    }

    /** The watches of this member. */
    public WatchHub hub() {
        return hub;
    }

    /** The state as applied here, perhaps behind the leader's. */
    public Snapshot newest() {
        return own.newest();
    }

    /** A state that is not older than the leader's at the time of the call: a linearizable read. */
    public CompletableFuture<Snapshot> current() {
        CompletableFuture<Snapshot> result = new CompletableFuture<>();
        readCurrent(result, System.nanoTime() + DEADLINE.toNanos(), 0);
        return result;
    }

    private void readCurrent(CompletableFuture<Snapshot> result, long deadline, int attempt) {
        endpoint.current(ATTEMPT).whenComplete((snapshot, thrown) -> {
            if (thrown == null) {
                result.complete(snapshot);
            } else if (!again(deadline, attempt, () -> readCurrent(result, deadline, attempt + 1))) {
                result.completeExceptionally(new StoreException.Unavailable("no leader answers: " + cause(thrown)));
            }
        });
    }

    /**
     * Carries a command out, exactly once. When the answer is there, {@link #newest} has what was done.
     *
     * @return what came of it, also when it was refused
     */
    public CompletableFuture<Outcome> propose(Command command) {
        long sequence = begin();
        CompletableFuture<Outcome> result = new CompletableFuture<>();
        result.whenComplete((outcome, thrown) -> underway.remove(sequence));
        Call call = new Call(command, sequence, result);
        if (endpoint.isOverQuota()) {
            endpoint.raiseAlarm().whenComplete((raised, thrown) -> call.attempt());
        } else {
            call.attempt();
        }
        return result;
    }

    private synchronized long begin() {
        long sequence = ++lastSequence;
        underway.add(sequence);
        return sequence;
    }

    /** Nanoseconds that a lease has left, linearizable; -1 when there is no such lease. */
    public CompletableFuture<Long> leaseRemainingNanos(long lease) {
        CompletableFuture<Long> result = new CompletableFuture<>();
        Buffer body = Buffer.buffer(new BinaryWriter(10).number(lease).toByteArray());
        readLease(result, body, System.nanoTime() + DEADLINE.toNanos(), 0);
        return result;
    }

    private void readLease(CompletableFuture<Long> result, Buffer body, long deadline, int attempt) {
        endpoint.handle(BusRequest.post(StoreProtocol.LEASE, body, ATTEMPT), own.name())
                .onComplete(asked -> {
                    if (asked.succeeded() && asked.result().status() == 200) {
                        result.complete(new BinaryReader(asked.result().body().getBytes()).number() - 1);
                        return;
                    }
                    if (!again(deadline, attempt, () -> readLease(result, body, deadline, attempt + 1))) {
                        result.completeExceptionally(new StoreException.Unavailable("no leader answers"));
                    }
                });
    }

    /** Whether there will be another try. */
    private boolean again(long deadline, int attempt, Runnable next) {
        long pause = Math.min(MAX_PAUSE_MILLIS, MIN_PAUSE_MILLIS << Math.min(attempt, 6));
        pause = pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
        if (System.nanoTime() + Duration.ofMillis(pause).toNanos() >= deadline) {
            return false;
        }
        vertx.setTimer(Math.max(1, pause), id -> next.run());
        return true;
    }

    private static Throwable cause(Throwable thrown) {
        Throwable inner = thrown.getCause();
        return inner == null ? thrown : inner;
    }

    private final class Call {
        private final Command command;
        private final long sequence;
        private final CompletableFuture<Outcome> result;
        private final long deadline = System.nanoTime() + DEADLINE.toNanos();
        private int attempts;
        private boolean perhapsDone;

        Call(Command command, long sequence, CompletableFuture<Outcome> result) {
            this.command = command;
            this.sequence = sequence;
            this.result = result;
        }

        void attempt() {
            // Its own sequence is among those under way, so there is a first.
            RequestId id = new RequestId(client, sequence, underway.first(), attempts++ > 0);
            byte[] proposal = ProposalCodec.encode(new Proposal(id, command));
            if (proposal.length > StoreProtocol.MAX_REQUEST_BYTES) {
                result.completeExceptionally(new StoreException.Refused(
                        Refusal.TOO_LARGE,
                        "request of " + proposal.length + " bytes is too large; at most "
                                + StoreProtocol.MAX_REQUEST_BYTES + " are taken"));
                return;
            }
            Replica leader = endpoint.localLeader();
            if (leader == null) {
                passOn(proposal);
            } else {
                leader.propose(proposal).whenComplete((outcome, thrown) -> {
                    if (thrown == null) {
                        result.complete(outcome);
                    } else {
                        failed(String.valueOf(thrown.getMessage()), thrown instanceof ReplicaException.Uncertain);
                    }
                });
            }
        }

        private void passOn(byte[] proposal) {
            endpoint.handle(BusRequest.post(StoreProtocol.PROPOSE, Buffer.buffer(proposal), ATTEMPT), own.name())
                    .onComplete(sent -> {
                        if (sent.failed()) {
                            failed(String.valueOf(sent.cause().getMessage()), true);
                        } else if (sent.result().status() == 200) {
                            applied(sent.result());
                        } else {
                            String why = sent.result().body().toString();
                            failed(why, sent.result().status() != StoreProtocol.UNAVAILABLE);
                        }
                    });
        }

        /** The caller reads what it wrote, also here: so what the leader applied has to be applied here first. */
        private void applied(BusReply reply) {
            Outcome outcome = OutcomeCodec.read(new BinaryReader(reply.body().getBytes()));
            String index = reply.headers().get(StoreProtocol.INDEX_HEADER);
            long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
            own.awaitIndex(index == null ? 0 : Long.parseLong(index))
                    .orTimeout(left, TimeUnit.MILLISECONDS)
                    .whenComplete((snapshot, thrown) -> {
                        if (thrown == null) {
                            result.complete(outcome);
                        } else {
                            result.completeExceptionally(new StoreException.Indeterminate(
                                    "done, but this member has not come to know of it in time"));
                        }
                    });
        }

        private void failed(String why, boolean uncertain) {
            perhapsDone |= uncertain;
            if (again(deadline, attempts, this::attempt)) {
                return;
            }
            result.completeExceptionally(
                    perhapsDone
                            ? new StoreException.Indeterminate("perhaps done: " + why)
                            : new StoreException.Unavailable("not done: " + why));
        }
    }
}
