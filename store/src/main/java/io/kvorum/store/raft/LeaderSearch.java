package io.kvorum.store.raft;

import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.RaftNodeImpl;
import com.hazelcast.cp.internal.raft.impl.RaftRole;
import com.hazelcast.cp.internal.raft.impl.task.PreVoteTask;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * When to look for a leader: at the start as soon as a majority is in reach, and when the one there was is lost. Raft's own
 * detection looks every 0.5 to 1.5 s, at random so as not to split votes; here the members take turns instead, which costs
 * less time. On the member's thread, but for {@link #isSilent}.
 */
final class LeaderSearch {
    private static final long STAGGER_MILLIS = 100;
    private static final long START_STAGGER_MILLIS = 250;

    private final Replica replica;
    private final RaftNodeImpl node;
    private final String own;
    private final long heartbeatMillis;
    private final int maxMissedHeartbeats;
    private boolean standing;
    private volatile boolean silent;

    LeaderSearch(Replica replica, RaftNodeImpl node, ReplicaSettings settings) {
        this.replica = replica;
        this.node = node;
        this.own = settings.name();
        Duration heartbeat = settings.heartbeatInterval();
        this.heartbeatMillis = heartbeat.toMillis();
        this.maxMissedHeartbeats = settings.maxMissedHeartbeats();
    }

    /** This member's place among all: so they take turns. A process that is no member comes last. */
    private long rank() {
        int place = replica.members().indexOf(own);
        return place < 0 ? replica.members().size() : place;
    }

    /**
     * Another member came into reach. At the start, and after a time without any leader, the first election need not wait
     * for a time-out: as soon as a majority is in reach the first member stands, and each next one some moments later, so
     * that votes are not split.
     */
    void reachable() {
        List<String> members = replica.members();
        long inReach = members.stream().filter(replica::isReachable).count() + 1;
        if (inReach > members.size() / 2 && node.getLeader() == null) {
            replica.schedule(this::stand, rank() * START_STAGGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void stand() {
        if (node.getLeader() == null
                && node.state().role() == RaftRole.FOLLOWER
                && node.state().preCandidateState() == null) {
            new PreVoteTask(node, node.state().term()).run();
        }
    }

    /** Looks whether the leader is still there. */
    void look() {
        silent = node.state().role() == RaftRole.FOLLOWER && silentMillis() > heartbeatMillis * maxMissedHeartbeats / 2;
        if (isLost() && !standing) {
            standing = true;
            replica.schedule(
                    () -> {
                        standing = false;
                        if (isLost()) {
                            forget();
                            stand();
                        }
                    },
                    rank() * STAGGER_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    @SuppressWarnings("NullAway") // Raft's own way to say that no leader is known
    private void forget() {
        node.leader(null);
    }

    private boolean isLost() {
        RaftEndpoint leader = node.getLeader();
        return leader != null
                && node.state().role() == RaftRole.FOLLOWER
                && (node.isHeartbeatTimedOut()
                        // a connection may break without its member; one that also missed a heartbeat is gone
                        || (!replica.isReachable(leader) && silentMillis() > heartbeatMillis * 3 / 2));
    }

    /** How long ago the leader was heard of; by the clock that Raft uses. */
    private long silentMillis() {
        return System.currentTimeMillis() - node.lastAppendEntriesTimestamp();
    }

    /** Whether the leader missed some heartbeats, though not yet as many as make it lost. Any thread. */
    boolean isSilent() {
        return silent;
    }
}
