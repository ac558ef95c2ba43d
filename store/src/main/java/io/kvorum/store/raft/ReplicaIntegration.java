package io.kvorum.store.raft;

import com.hazelcast.cp.CPGroupId;
import com.hazelcast.cp.CPMember;
import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.RaftIntegration;
import com.hazelcast.cp.internal.raft.impl.RaftNodeImpl;
import com.hazelcast.cp.internal.raft.impl.RaftNodeStatus;
import com.hazelcast.cp.internal.raft.impl.dto.AppendFailureResponse;
import com.hazelcast.cp.internal.raft.impl.dto.AppendRequest;
import com.hazelcast.cp.internal.raft.impl.dto.AppendSuccessResponse;
import com.hazelcast.cp.internal.raft.impl.dto.InstallSnapshot;
import com.hazelcast.cp.internal.raft.impl.dto.PreVoteRequest;
import com.hazelcast.cp.internal.raft.impl.dto.PreVoteResponse;
import com.hazelcast.cp.internal.raft.impl.dto.TriggerLeaderElection;
import com.hazelcast.cp.internal.raft.impl.dto.VoteRequest;
import com.hazelcast.cp.internal.raft.impl.dto.VoteResponse;
import com.hazelcast.cp.internal.raft.impl.log.LogEntry;
import com.hazelcast.cp.internal.raft.impl.log.RaftLog;
import com.hazelcast.logging.ILogger;
import com.hazelcast.spi.impl.InternalCompletableFuture;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** What Hazelcast's Raft node needs of its surroundings: messages, a thread, the state machine. */
final class ReplicaIntegration implements RaftIntegration {
    private final Replica replica;
    private final MemberThread thread;
    private final RaftLogger logger;
    /** Whether answers to append requests are kept back. On the member's thread. */
    private boolean unanswered;
    /** The term and the query round of the last answer to an append request. On the member's thread. */
    private int answeredTerm;

    private long answeredRound;
    /** What the index in the next answer to an append request is counted from. On the member's thread. */
    private long answerBase;

    ReplicaIntegration(Replica replica, MemberThread thread, Logger log) {
        this.replica = replica;
        this.thread = thread;
        this.logger = new RaftLogger(log);
    }

    /**
     * Handles an append request. Hazelcast's node first writes and fsyncs its entries and then applies what the leader has
     * committed before, for which somebody who asked this member may be waiting. So the news of the commit goes first, as
     * a request without entries, whose answer nobody needs. On the member's thread.
     */
    void append(RaftNodeImpl node, AppendRequest request) {
        if (isNewsAlone(node, request)) {
            unanswered = true;
            try {
                node.handleAppendRequest(request);
            } finally {
                unanswered = false;
            }
            return;
        }
        if (beginsInSnapshot(node.state().log(), request)) {
            appendAfterSnapshot(node, request);
            return;
        }
        if (request.entryCount() > 0
                && request.leaderCommitIndex() > node.state().commitIndex()) {
            tellCommit(node, request, request.prevLogTerm(), request.prevLogIndex());
        }
        node.handleAppendRequest(request);
    }

    /**
     * Whether a request says nothing but how far the leader has committed. It comes after each write; the leader has this
     * member's answer to the entries, and waits for none to this one: not for the next entries, because it holds them back
     * only behind a request with entries, and not for a query, because it has had an answer of that round. A leader that
     * asks where this member's log ends asks again, and then it is no news any more.
     */
    private boolean isNewsAlone(RaftNodeImpl node, AppendRequest request) {
        return request.entryCount() == 0
                && request.prevLogIndex() == node.state().log().lastLogOrSnapshotIndex()
                && Math.min(request.leaderCommitIndex(), request.prevLogIndex())
                        > node.state().commitIndex()
                && request.term() == answeredTerm
                && request.queryRound() == answeredRound;
    }

    /**
     * Whether the entry that a request follows on is known from the snapshot alone, while the log goes on behind it.
     * Hazelcast's node looks for that entry in the log only and refuses the request, for ever when the leader has no
     * other. It can do so because it keeps entries from before a snapshot; a member that was restarted, restored or
     * filled has none.
     */
    private static boolean beginsInSnapshot(RaftLog log, AppendRequest request) {
        long previous = request.prevLogIndex();
        return previous > 0
                && previous <= log.snapshotIndex()
                && previous < log.lastLogOrSnapshotIndex()
                && !log.containsLogEntry(previous)
                && (previous < log.snapshotIndex()
                        || request.prevLogTerm() == log.snapshot().term());
    }

    /**
     * Handles such a request. What the snapshot covers is committed, so every later leader has the same (Raft's leader
     * completeness): it is skipped, and what is left follows on the snapshot without a check. The indices in the answer
     * count from there.
     */
    private void appendAfterSnapshot(RaftNodeImpl node, AppendRequest request) {
        long snapshotIndex = node.state().log().snapshotIndex();
        LogEntry[] after = Arrays.stream(request.entries())
                .filter(entry -> entry.index() > snapshotIndex)
                .toArray(LogEntry[]::new);
        answerBase = snapshotIndex;
        try {
            node.handleAppendRequest(new AppendRequest(
                    request.leader(),
                    request.term(),
                    0,
                    0,
                    0, // an index in the request's own counting; told below
                    after,
                    request.queryRound(),
                    request.flowControlSequenceNumber()));
        } finally {
            answerBase = 0;
        }
        if (after.length > 0 && request.leaderCommitIndex() > node.state().commitIndex()) {
            LogEntry last = after[after.length - 1];
            tellCommit(node, request, last.term(), last.index());
        }
    }

    /** How far the leader of {@code request} has committed, as a request without entries whose answer nobody needs. */
    private void tellCommit(RaftNodeImpl node, AppendRequest request, int previousTerm, long previousIndex) {
        unanswered = true;
        try {
            node.handleAppendRequest(new AppendRequest(
                    request.leader(),
                    request.term(),
                    previousTerm,
                    previousIndex,
                    request.leaderCommitIndex(),
                    new LogEntry[0],
                    request.queryRound(),
                    request.flowControlSequenceNumber()));
        } finally {
            unanswered = false;
        }
    }

    @Override
    public ILogger getLogger(String name) {
        return logger;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public boolean isReachable(RaftEndpoint endpoint) {
        return replica.isReachable(endpoint);
    }

    @Override
    public boolean send(PreVoteRequest request, RaftEndpoint target) {
        return replica.votes(request.lastLogIndex()) && replica.send(target, MessageCodec.encode(request));
    }

    @Override
    public boolean send(PreVoteResponse response, RaftEndpoint target) {
        return replica.send(target, MessageCodec.encode(response));
    }

    @Override
    public boolean send(VoteRequest request, RaftEndpoint target) {
        return replica.votes(request.lastLogIndex()) && replica.send(target, MessageCodec.encode(request));
    }

    @Override
    public boolean send(VoteResponse response, RaftEndpoint target) {
        return replica.send(target, MessageCodec.encode(response));
    }

    @Override
    public boolean send(AppendRequest request, RaftEndpoint target) {
        return replica.send(target, MessageCodec.encode(request));
    }

    @Override
    public boolean send(AppendSuccessResponse response, RaftEndpoint target) {
        if (unanswered) {
            return true;
        }
        answeredTerm = response.term();
        answeredRound = response.queryRound();
        long lastLogIndex = answerBase + response.lastLogIndex();
        replica.appended(lastLogIndex);
        return replica.send(
                target,
                MessageCodec.encode(new AppendSuccessResponse(
                        response.follower(),
                        response.term(),
                        lastLogIndex,
                        response.queryRound(),
                        response.flowControlSequenceNumber())));
    }

    @Override
    public boolean send(AppendFailureResponse response, RaftEndpoint target) {
        return unanswered || replica.send(target, MessageCodec.encode(response, replica.lastLogIndex()));
    }

    @Override
    public boolean send(InstallSnapshot request, RaftEndpoint target) {
        return replica.sendSnapshot(request, target);
    }

    @Override
    public boolean send(TriggerLeaderElection request, RaftEndpoint target) {
        return replica.send(target, MessageCodec.encode(request));
    }

    @Override
    public Object runOperation(Object operation, long commitIndex) {
        return replica.run(operation, commitIndex);
    }

    @Override
    public Object takeSnapshot(long commitIndex) {
        return replica.snapshotTaken();
    }

    @Override
    public void restoreSnapshot(Object operation, long commitIndex) {
        replica.restore(operation);
    }

    @Override
    public void execute(Runnable task) {
        if (thread.isCurrent()) {
            task.run();
        } else {
            submit(task);
        }
    }

    @Override
    public void submit(Runnable task) {
        try {
            thread.execute(replica.guarded(task));
        } catch (RejectedExecutionException e) {
            logger.finest("closed: task dropped");
        }
    }

    @Override
    public void schedule(Runnable task, long delay, TimeUnit unit) {
        replica.schedule(task, delay, unit);
    }

    @Override
    @SuppressWarnings("rawtypes") // as Hazelcast declares it
    public InternalCompletableFuture newCompletableFuture() {
        return new InternalCompletableFuture<>();
    }

    @Override
    public Object getAppendedEntryOnLeaderElection() {
        return Replica.NO_OPERATION;
    }

    @Override
    public boolean isLinearizableReadOptimizationEnabled() {
        return true;
    }

    @Override
    @SuppressWarnings("NullAway") // only printed; null makes Raft print the endpoint
    public CPMember getCPMember(RaftEndpoint target) {
        return null;
    }

    @Override
    public void onNodeStatusChange(RaftNodeStatus status) {
        logger.fine("status is " + status);
    }

    @Override
    public void onGroupDestroyed(CPGroupId groupId) {
        throw new IllegalStateException("the group of a store is never destroyed");
    }
}
