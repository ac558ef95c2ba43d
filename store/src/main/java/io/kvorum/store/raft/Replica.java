package io.kvorum.store.raft;

import com.hazelcast.config.cp.RaftAlgorithmConfig;
import com.hazelcast.cp.exception.CannotReplicateException;
import com.hazelcast.cp.exception.NotLeaderException;
import com.hazelcast.cp.internal.RaftEndpointImpl;
import com.hazelcast.cp.internal.RaftGroupId;
import com.hazelcast.cp.internal.raft.MembershipChangeMode;
import com.hazelcast.cp.internal.raft.QueryPolicy;
import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.RaftNode;
import com.hazelcast.cp.internal.raft.impl.RaftNodeImpl;
import com.hazelcast.cp.internal.raft.impl.RaftRole;
import com.hazelcast.cp.internal.raft.impl.dto.AppendFailureResponse;
import com.hazelcast.cp.internal.raft.impl.dto.AppendRequest;
import com.hazelcast.cp.internal.raft.impl.dto.InstallSnapshot;
import com.hazelcast.cp.internal.raft.impl.log.SnapshotEntry;
import com.hazelcast.cp.internal.raft.impl.persistence.RestoredRaftState;
import com.hazelcast.cp.internal.raft.impl.state.FollowerState;
import com.hazelcast.cp.internal.raft.impl.state.LeaderState;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.mvcc.Applied;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.KeySpace;
import io.kvorum.store.mvcc.LeaseDeadlines;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.Proposal;
import io.kvorum.store.mvcc.ProposalCodec;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.wal.Disk;
import io.kvorum.store.wal.EntryCodec;
import io.kvorum.store.wal.FileRaftStateStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member: a Raft node, its disk and its key space, on one thread of their own. The public methods may be called from
 * any thread; futures complete on the member's thread.
 */
public final class Replica {
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    /** At the start of a term a leader commits something of its own; this changes nothing in the key space. */
    static final byte[] NO_OPERATION = new byte[0];

    /** The operation of a query; never in the log. */
    private static final Object READ_STATE = new Object();

    /** How many keys are purged of old versions in one go: about a millisecond, some when the code is new. */
    private static final int PURGE_KEYS = 500;

    /**
     * How many times as long as a part of the purge took is left to others before the next. All members purge at the same
     * time, perhaps on one machine.
     */
    private static final int PURGE_REST = 3;

    private static final Duration PURGE_LIMIT = Duration.ofMinutes(5);

    /** Index of the first leader's {@link #NO_OPERATION}. */
    private static final long FIRST_INDEX = 1;

    private static final int MAX_UNCOMMITTED = 1000;
    private static final long MAX_UNCOMMITTED_BYTES = 16L << 20;
    private static final int MAX_APPEND_ENTRIES = 200;
    static final int SNAPSHOT_EVERY = 5000;
    private static final long TICK_MILLIS = 200;
    private static final int TICKS_PER_LEASE_CHECK = 3;
    private static final int MAX_EXPIRIES = 200;
    private static final long CLOSE_SECONDS = 5;

    /** What a member tells. Called on the member's thread, in log order. */
    public interface Listener {
        /** One revision was applied; {@link Replica#newest} has it. */
        void applied(Changes changes);

        /** The key space jumped to another state. */
        void restored(Snapshot newest);

        /** The members are to compare their content at a revision; {@code state} is this member's. */
        void contentCheck(Snapshot state, long revision, String hash);

        /** Leadership as this member sees it changed; {@code leader} is null while none is known. */
        void leader(@Nullable String leader, boolean local);

        /** The member can do no more: its disk or its state is broken. Nothing is acknowledged from now on. */
        void failed(String what, Throwable cause);
    }

    private final ReplicaSettings settings;
    private final RaftTransport transport;
    private final Listener listener;
    private final Map<UUID, String> names = new LinkedHashMap<>();
    private final MemberThread thread;
    private final FileRaftStateStore disk;
    private final ReplicaIntegration integration;
    private final RaftNodeImpl node;
    private final Coalesced<Snapshot> reads = new Coalesced<>(this::query);
    private final IndexWaiters waiters = new IndexWaiters(this::newest);
    private final LeaderSearch leaderSearch;
    private final LogInMemory logInMemory;

    private final MessageCodec.Inbox inbox = new MessageCodec.Inbox() {
        @Override
        public RaftNode node() {
            return node;
        }

        @Override
        public void rejected(AppendFailureResponse response, long lastLogIndex) {
            integration.execute(() -> retreat(response, lastLogIndex));
        }

        @Override
        public boolean votes(long lastLogIndex) {
            return Replica.this.votes(lastLogIndex);
        }

        @Override
        public void part(SnapshotTransfer.Part part) {
            integration.execute(() -> received(part));
        }

        @Override
        public void acknowledged(SnapshotTransfer.Ack ack) {
            integration.execute(() -> transfer.acknowledged(ack));
        }

        @Override
        public void append(AppendRequest request) {
            leaderCommit = request.leaderCommitIndex();
            integration.execute(() -> integration.append(node, request));
        }
    };

    /** On the member's thread. */
    private final SnapshotTransfer transfer = new SnapshotTransfer(this::send, System::nanoTime);

    private final Function<Snapshot, KeySpace> keySpaces;
    private KeySpace keySpace;
    /** On the member's thread, as what follows. */
    private boolean purgeScheduled;

    /** Completes at the end of the purge under way, or of the next one. */
    private CompletableFuture<Void> purged = new CompletableFuture<>();

    private volatile Snapshot newest;
    private LeaseDeadlines leaseDeadlines = new LeaseDeadlines();
    private @Nullable String knownLeader;
    private int ticks;
    private boolean expiring;
    private final AtomicLong underwayBytes = new AtomicLong();
    private volatile List<String> memberNames;
    private volatile long leaderCommit = Long.MAX_VALUE;
    private volatile int term;
    private volatile long commitIndex;
    private volatile @Nullable Throwable failure;
    private final CompletableFuture<Object> failed = new CompletableFuture<>();

    /**
     * Reads the folder; {@link #start} does the rest.
     *
     * @param thread of this member alone; closed with it
     * @throws IOException the folder is in use, damaged, or cannot be read or written
     */
    public Replica(
            ReplicaSettings settings,
            Path folder,
            Disk files,
            MemberThread thread,
            RaftTransport transport,
            LongConsumer onFlushNanos,
            Listener listener)
            throws IOException {
        this(settings, folder, files, thread, transport, onFlushNanos, listener, KeySpace::new);
    }

    /** @param keySpaces makes the key space of a snapshot; for tests that plant bugs in it */
    public Replica(
            ReplicaSettings settings,
            Path folder,
            Disk files,
            MemberThread thread,
            RaftTransport transport,
            LongConsumer onFlushNanos,
            Listener listener,
            Function<Snapshot, KeySpace> keySpaces)
            throws IOException {
        this.keySpaces = keySpaces;
        this.keySpace = keySpaces.apply(Snapshot.empty());
        this.newest = keySpace.snapshot();
        this.settings = settings;
        this.thread = thread;
        this.transport = transport;
        this.listener = listener;
        memberNames = settings.members();
        for (String member : settings.known()) {
            names.put(uuid(settings.cluster(), member), member);
        }
        disk = new FileRaftStateStore(folder, files, onFlushNanos, e -> fail("writing to " + folder + " failed", e));
        integration = new ReplicaIntegration(this, thread, LOG);
        try {
            node = node(disk.load(), folder);
        } catch (IOException | RuntimeException e) {
            thread.close();
            disk.close();
            throw e;
        }
        leaderSearch = new LeaderSearch(this, node, settings);
        logInMemory = new LogInMemory(node, this::newest);
    }

    private RaftNodeImpl node(@Nullable RestoredRaftState restored, Path folder) throws IOException {
        RaftGroupId group = new RaftGroupId("kv", 0, 0);
        RaftEndpoint local = endpoint(settings.name());
        RaftAlgorithmConfig config = new RaftAlgorithmConfig()
                .setLeaderElectionTimeoutInMillis(settings.electionTimeout().toMillis())
                .setLeaderHeartbeatPeriodInMillis(settings.heartbeatInterval().toMillis())
                .setMaxMissedLeaderHeartbeatCount(settings.maxMissedHeartbeats())
                .setUncommittedEntryCountToRejectNewAppends(MAX_UNCOMMITTED)
                .setAppendRequestMaxEntryCount(MAX_APPEND_ENTRIES)
                .setCommitIndexAdvanceCountToSnapshot(SNAPSHOT_EVERY);
        if (restored == null) {
            List<RaftEndpoint> members = new ArrayList<>();
            settings.members().forEach(member -> members.add(endpoint(member)));
            return RaftNodeImpl.newRaftNode(group, local, members, config, integration, disk);
        }
        if (!restored.localEndpoint().equals(local)) {
            throw new IOException("folder " + folder + " belongs to another member or cluster, not to "
                    + settings.name() + " of " + settings.cluster());
        }
        // The log in memory must have room for all that a crash left on disk beyond the last snapshot.
        config.setCommitIndexAdvanceCountToSnapshot(Math.max(SNAPSHOT_EVERY, restored.entries().length));
        LOG.info(
                "restored term={} snapshot={} entries={}",
                restored.term(),
                restored.snapshot() == null ? 0 : restored.snapshot().index(),
                restored.entries().length);
        return RaftNodeImpl.restoreRaftNode(group, restored, config, integration, disk);
    }

    private static UUID uuid(String cluster, String member) {
        return UUID.nameUUIDFromBytes((cluster + "/" + member).getBytes(StandardCharsets.UTF_8));
    }

    private RaftEndpoint endpoint(String member) {
        return endpoint(settings.cluster(), member);
    }

    static RaftEndpoint endpoint(String cluster, String member) {
        return new RaftEndpointImpl(uuid(cluster, member));
    }

    /** Starts to take part. */
    public void start() {
        node.start();
        thread.scheduleWithFixedDelay(guarded(this::tick), TICK_MILLIS, TimeUnit.MILLISECONDS);
        transport.start(this::incarnation, this::receive, member -> leaderSearch.reachable());
    }

    private RaftTransport.Incarnation incarnation() {
        return new RaftTransport.Incarnation(newest.clusterId(), newest.appliedIndex() == 0);
    }

    public String name() {
        return settings.name();
    }

    /** The members as this one knows them, a change under way included. */
    public List<String> members() {
        return memberNames;
    }

    /**
     * Makes a process a member, or a member none. One change at a time; only the leader can. A leader that is to go hands
     * the lead over first.
     *
     * @return completes when the change is committed; fails with {@link ReplicaException}, {@link IllegalArgumentException}
     *     for a name that is not known, {@link IllegalStateException} for a change that is made already
     */
    public CompletableFuture<Void> changeMembers(String member, boolean add) {
        if (!settings.known().contains(member)) {
            return CompletableFuture.failedFuture(new IllegalArgumentException(
                    "no process of this store can be named " + member + "; names are like " + settings.name()));
        }
        if (add == memberNames.contains(member)) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException(member + (add ? " is a member already" : " is no member")));
        }
        if (!add && member.equals(settings.name())) {
            return handOver().thenCompose(done -> CompletableFuture.failedFuture(new ReplicaException.NotLeader()));
        }
        MembershipChangeMode mode = add ? MembershipChangeMode.ADD : MembershipChangeMode.REMOVE;
        return adapt(node.replicateMembershipChange(endpoint(member), mode), Object.class)
                .thenAccept(done -> LOG.info("{} {}", member, add ? "is a member now" : "is no member any more"));
    }

    /** Whether this member began with nothing and has not yet got all that was committed. */
    public boolean isFilling() {
        return disk.isFilling();
    }

    /** Lets another member lead, the first that is in reach. Only the leader can. */
    public CompletableFuture<Void> handOver() {
        for (String other : memberNames) {
            if (!other.equals(settings.name()) && transport.isReachable(other)) {
                return handOver(other);
            }
        }
        return CompletableFuture.failedFuture(new IllegalStateException("no other member is in reach"));
    }

    /** Lets a certain member lead; fails with {@link ReplicaException} if this one does not. */
    public CompletableFuture<Void> handOver(String member) {
        return adapt(node.transferLeadership(endpoint(member)), Object.class)
                .thenAccept(done -> LOG.info("handed the lead over to {}", member));
    }

    /** The leader as this member knows it, perhaps no longer true; null when it knows none. */
    public @Nullable String leader() {
        RaftEndpoint leader = failure == null ? node.getLeader() : null;
        return leader == null ? null : names.get(leader.getUuid());
    }

    /** Whether the leader missed some heartbeats, though not yet as many as make it lost: it may be cut off. */
    public boolean isLeaderSilent() {
        return leaderSearch.isSilent();
    }

    public boolean isLeader() {
        return settings.name().equals(leader());
    }

    public int term() {
        return term;
    }

    public long commitIndex() {
        return commitIndex;
    }

    /**
     * Writes the key space anew and deletes the log before it, so that what was compacted leaves memory and disk. Completes
     * when that is done.
     */
    public CompletableFuture<Void> defragment() {
        return purged().thenCompose(done -> rewrite());
    }

    private CompletableFuture<Void> rewrite() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        integration.execute(() -> {
            logInMemory.takeSnapshot();
            SnapshotEntry newestEntry = node.state().log().snapshot();
            if (newestEntry.index() == 0) {
                done.complete(null); // nothing was ever written
                return;
            }
            disk.rewrite(newestEntry).whenComplete((written, thrown) -> {
                if (thrown != null) {
                    done.completeExceptionally(thrown);
                } else {
                    integration.execute(() -> dropOldLog(done));
                }
            });
        });
        return done;
    }

    private void dropOldLog(CompletableFuture<Void> done) {
        try {
            disk.flushLogs();
            disk.deletion().whenComplete((deleted, thrown) -> {
                if (thrown != null) {
                    done.completeExceptionally(thrown);
                } else {
                    done.complete(null);
                }
            });
        } catch (IOException e) {
            done.completeExceptionally(e); // and the member stops, as after every failed write
        }
    }

    /** Ends this member for good: what it holds is wrong, for the reason given, and must not be served again. */
    public void condemn(String reason) {
        integration.execute(() -> {
            try {
                disk.condemn(reason);
            } catch (IOException e) {
                LOG.error("the folder could not be marked as unusable", e);
            }
            fail("this member's data is not that of the others", new IOException(reason));
        });
    }

    /** How many entries of the log are held in memory, about. */
    long entriesInMemory() {
        return logInMemory.entries();
    }

    /** About how many bytes are on disk. */
    public long diskBytes() {
        return disk.sizeBytes();
    }

    /** Why the member stopped, null while it works. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /** The key space as applied here, perhaps behind the leader's. */
    public Snapshot newest() {
        return newest;
    }

    /**
     * Puts a command into the log; succeeds once it is on the disks of a majority and applied here.
     *
     * @param proposal see {@link ProposalCodec}
     * @return fails with {@link ReplicaException}
     */
    public CompletableFuture<Outcome> propose(byte[] proposal) {
        if (underwayBytes.addAndGet(proposal.length) > MAX_UNCOMMITTED_BYTES) {
            underwayBytes.addAndGet(-proposal.length);
            return CompletableFuture.failedFuture(new ReplicaException.Busy());
        }
        CompletableFuture<Outcome> outcome = adapt(node.replicate(proposal), Outcome.class);
        outcome.whenComplete((done, thrown) -> underwayBytes.addAndGet(-proposal.length));
        return outcome;
    }

    /** The key space as a linearizable read finds it; only at the leader. Fails with {@link ReplicaException}. */
    public CompletableFuture<Snapshot> current() {
        return reads.get();
    }

    private CompletableFuture<Snapshot> query() {
        return adapt(node.query(READ_STATE, QueryPolicy.LINEARIZABLE), Snapshot.class);
    }

    /**
     * How long a lease has left, linearizable; only the leader knows.
     *
     * @return nanoseconds, -1 when there is no such lease; fails with {@link ReplicaException}
     */
    public CompletableFuture<Long> leaseRemainingNanos(long lease) {
        CompletableFuture<Long> result = new CompletableFuture<>();
        current().whenComplete((state, thrown) -> {
            if (thrown != null) {
                result.completeExceptionally(thrown);
            } else {
                integration.execute(
                        () -> result.complete(leaseDeadlines.remainingNanos(newest, lease, System.nanoTime())));
            }
        });
        return result;
    }

    /**
     * The key space once {@code index} of the log is applied here; the caller bounds the wait. Not a revision: that is the
     * same before and after a compaction, what is done to leases, and an alarm.
     */
    public CompletableFuture<Snapshot> awaitIndex(long index) {
        return waiters.await(index);
    }

    @SuppressWarnings({"rawtypes", "unchecked"}) // Hazelcast's Raft futures are raw
    private <T> CompletableFuture<T> adapt(CompletableFuture raw, Class<T> type) {
        CompletableFuture<T> result = new CompletableFuture<>();
        BiConsumer<Object, Throwable> settle = (value, thrown) -> {
            if (thrown == null) {
                result.complete(type.cast(value));
            } else if (thrown instanceof NotLeaderException) {
                result.completeExceptionally(new ReplicaException.NotLeader());
            } else if (thrown instanceof CannotReplicateException) {
                result.completeExceptionally(new ReplicaException.Busy());
            } else {
                result.completeExceptionally(new ReplicaException.Uncertain(
                        "leadership was lost: " + thrown.getClass().getSimpleName()));
            }
        };
        ((CompletableFuture<Object>) raw).whenCompleteAsync(settle, this::afterwards);
        return result;
    }

    /**
     * Runs what follows the end of a request on the member's thread, after what that is at: Hazelcast's node completes
     * futures while it goes through its queries, and loses one that is added meanwhile. Left to itself, the future would
     * start a thread for each completion where there are two processors.
     */
    private void afterwards(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // closed: nothing else is under way
        }
    }

    /** Stops taking part and closes the files. Blocks some seconds at most. */
    public void close() throws IOException {
        CompletableFuture<Void> disconnected =
                transport.close().toCompletionStage().toCompletableFuture();
        try {
            if (failure == null) {
                // The member's thread does nothing more once it has failed.
                CompletableFuture.anyOf(node.forceSetTerminatedStatus(), failed).get(CLOSE_SECONDS, TimeUnit.SECONDS);
            }
            disconnected.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("closing goes on without an orderly end of the Raft node: {}", e.toString());
        } finally {
            thread.close();
        }
        disk.close();
    }

    private void receive(byte[] message) {
        guarded(() -> {
                    try {
                        MessageCodec.deliver(message, inbox);
                    } catch (MalformedException e) {
                        LOG.warn("dropped a message that is not of this protocol: {}", e.getMessage());
                    }
                })
                .run();
    }

    /**
     * A new leader looks for the place from which a follower's log differs. Hazelcast's goes back one entry a round trip;
     * with the length of the follower's log it skips what the follower cannot have (Raft dissertation, 3.5).
     */
    private void retreat(AppendFailureResponse response, long lastLogIndex) {
        LeaderState leading = node.state().leaderState();
        if (leading == null || response.term() != node.state().term()) {
            node.handleAppendResponse(response);
            return;
        }
        FollowerState follower = leading.getFollowerState(response.follower());
        if (lastLogIndex < follower.matchIndex()) {
            // It has less than it once acknowledged, so it lost its disk: it is filled from the start, by the next
            // heartbeat. Hazelcast's leader would never go back behind what it believes to match.
            leading.remove(response.follower());
            leading.add(response.follower(), lastLogIndex);
            return;
        }
        long wanted = lastLogIndex + 2;
        if (response.expectedNextIndex() != follower.nextIndex() || wanted >= follower.nextIndex()) {
            node.handleAppendResponse(response);
            return;
        }
        follower.nextIndex(wanted);
        node.handleAppendResponse(new AppendFailureResponse(
                response.follower(), response.term(), wanted, response.flowControlSequenceNumber()));
    }

    private void tick() {
        transfer.tick();
        logInMemory.limit();
        leaderSearch.look();
        term = node.state().term();
        commitIndex = node.state().commitIndex();
        memberNames = namesOf(node.state().members());
        String leader = leader();
        if (!Objects.equals(leader, knownLeader)) {
            knownLeader = leader;
            leaseDeadlines = new LeaseDeadlines();
            transfer.stop();
            LOG.info("leader is {} in term {}", leader, term);
            listener.leader(leader, isLeader());
        }
        if (++ticks % TICKS_PER_LEASE_CHECK == 0 && isLeader()) {
            expireLeases();
        }
    }

    Snapshot snapshotTaken() {
        return logInMemory.taken();
    }

    private List<String> namesOf(Collection<RaftEndpoint> endpoints) {
        List<String> found = new ArrayList<>();
        for (RaftEndpoint endpoint : endpoints) {
            String name = names.get(endpoint.getUuid());
            found.add(name == null ? endpoint.getUuid().toString() : name);
        }
        return List.copyOf(found);
    }

    private void expireLeases() {
        var due = leaseDeadlines.due(newest, System.nanoTime());
        if (due.isEmpty() || expiring) {
            return;
        }
        expiring = true;
        // One at a time: the keys of each lease go at a revision of their own.
        CompletableFuture<?>[] ends = due.stream()
                .limit(MAX_EXPIRIES)
                .map(expiry ->
                        propose(ProposalCodec.encode(new Proposal(null, new Command.ExpireLeases(List.of(expiry))))))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(ends).whenComplete((outcomes, thrown) -> {
            expiring = false;
            if (thrown != null) {
                LOG.debug("expiry of leases will be proposed again: {}", thrown.getMessage());
            }
        });
    }

    private void fail(String what, Throwable cause) {
        failure = cause;
        failed.complete(cause);
        transport.close();
        listener.failed(what, cause);
    }

    /** Runs a task of the member's thread; an exception no task expects means that the state may be wrong. */
    Runnable guarded(Runnable task) {
        return () -> {
            if (failure != null) {
                return;
            }
            try {
                task.run();
            } catch (RuntimeException | AssertionError e) {
                if (failure == null) {
                    fail("internal error", e);
                }
            }
        };
    }

    void schedule(Runnable task, long delay, TimeUnit unit) {
        try {
            thread.schedule(guarded(task), delay, unit);
        } catch (RejectedExecutionException e) {
            LOG.trace("closed: task dropped");
        }
    }

    /**
     * Whether to vote, or to stand, in an election whose candidate has a log up to {@code lastLogIndex}. A member that
     * began with an empty folder may have lost its disk, and what it had acknowledged may be nowhere else than at a member
     * that is away. So until a leader has filled it, it helps nobody into the lead, except at the birth of the cluster,
     * when no log has more than the mark of the first leader.
     */
    boolean votes(long lastLogIndex) {
        return !disk.isFilling() || lastLogIndex <= FIRST_INDEX;
    }

    /** The leader was told that this member's log is right up to {@code lastLogIndex}. */
    void appended(long lastLogIndex) {
        if (disk.isFilling() && lastLogIndex >= leaderCommit) {
            filled();
        }
    }

    private void filled() {
        try {
            disk.filled();
        } catch (IOException e) {
            LOG.debug("the failure was reported by the store of the log: {}", e.getMessage());
        }
    }

    boolean sendSnapshot(InstallSnapshot install, RaftEndpoint target) {
        return isReachable(target) && transfer.send(install, target);
    }

    private void received(SnapshotTransfer.Part part) {
        if (part.install().term() < node.state().term()) {
            // The answer of Raft itself to a message of an old term; it makes the old leader step down.
            AppendFailureResponse refused = new AppendFailureResponse(
                    node.getLocalMember(),
                    node.state().term(),
                    0,
                    part.install().flowControlSequenceNumber());
            send(part.install().leader(), MessageCodec.encode(refused, lastLogIndex()));
            return;
        }
        node.updateLastAppendEntriesTimestamp(); // the leader is there, though its heartbeats wait for the answer
        InstallSnapshot whole = transfer.received(part, node.getLocalMember());
        if (whole != null) {
            node.handleInstallSnapshot(whole);
        }
    }

    /** On the member's thread. */
    long lastLogIndex() {
        return node.state().log().lastLogOrSnapshotIndex();
    }

    boolean send(RaftEndpoint target, byte[] message) {
        String member = names.get(target.getUuid());
        if (failure != null || member == null) {
            return false;
        }
        transport.send(member, message);
        return true;
    }

    boolean isReachable(String member) {
        return transport.isReachable(member);
    }

    boolean isReachable(RaftEndpoint target) {
        String member = names.get(target.getUuid());
        return member != null && transport.isReachable(member);
    }

    /** Applies a committed entry, or runs a query. */
    Object run(Object operation, long index) {
        if (operation == READ_STATE) {
            return newest;
        }
        if (disk.isFilling() && node.state().role() == RaftRole.LEADER) {
            filled(); // a leader has all that was committed (Raft, leader completeness)
        }
        byte[] entry = (byte[]) operation;
        logInMemory.applied(entry.length);
        term = node.state().term();
        try {
            return apply(index, entry);
        } catch (RuntimeException e) {
            fail("applying log entry " + index + " failed", e); // Raft's own handling would only log it
            throw e;
        }
    }

    private Outcome apply(long index, byte[] entry) {
        Applied applied = keySpace.applyEntry(index, entry);
        newest = keySpace.snapshot();
        if (!applied.events().isEmpty()) {
            listener.applied(new Changes(applied.revision(), applied.events()));
        }
        waiters.release();
        if (applied.outcome() instanceof Outcome.ContentCheck check) {
            listener.contentCheck(newest, check.revision(), check.hash());
        }
        purgeSoon();
        return applied.outcome();
    }

    private void purgeSoon() {
        if (keySpace.isPurging() && !purgeScheduled) {
            purgeScheduled = true;
            schedule(this::purge, 0, TimeUnit.NANOSECONDS);
        }
    }

    /** A part of the purge; the next one waits, so that most of the time is for others. */
    private void purge() {
        long begun = System.nanoTime();
        purgeScheduled = keySpace.purge(PURGE_KEYS);
        newest = keySpace.snapshot();
        if (purgeScheduled) {
            schedule(this::purge, PURGE_REST * (System.nanoTime() - begun), TimeUnit.NANOSECONDS);
        } else {
            purged.complete(null);
            purged = new CompletableFuture<>();
        }
    }

    /** Completes when nothing is held any more of what compactions up to now have made unreadable. */
    public CompletableFuture<Void> purged() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        integration.execute(() -> {
            if (keySpace.isPurging()) {
                purged.whenComplete((any, thrown) -> done.complete(null));
            } else {
                done.complete(null);
            }
        });
        return done.orTimeout(PURGE_LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    void restore(Object operation) {
        keySpace = keySpaces.apply(EntryCodec.stateOf(operation));
        newest = keySpace.snapshot();
        listener.restored(newest);
        waiters.release();
        purgeSoon();
    }
}
