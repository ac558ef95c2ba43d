package io.kvorum.store.raft;

import java.time.Duration;
import java.util.List;

/**
 * What a member must know.
 *
 * @param cluster name of the cluster; members of different clusters have different identities
 * @param name the member's own name, one of {@code members}
 * @param members the members the group is born with; the first is the first to stand for election; at least 3
 * @param known the names of all processes that are, or may one day be, members
 * @param electionTimeout least time a follower waits before it looks for the leader again; up to 1 s is added at random
 * @param heartbeatInterval how often a leader is heard of at least
 * @param maxMissedHeartbeats after how many a leader counts as lost
 */
public record ReplicaSettings(
        String cluster,
        String name,
        List<String> members,
        List<String> known,
        Duration electionTimeout,
        Duration heartbeatInterval,
        int maxMissedHeartbeats) {
    public ReplicaSettings {
        members = List.copyOf(members);
        known = List.copyOf(known);
        if (members.size() < 3) {
            throw new IllegalArgumentException("a group needs at least 3 members, not " + members);
        }
        if (!members.contains(name)) {
            throw new IllegalArgumentException("member " + name + " is not one of " + members);
        }
    }

    /** A group whose members stay the same. */
    public ReplicaSettings(
            String cluster,
            String name,
            List<String> members,
            Duration electionTimeout,
            Duration heartbeatInterval,
            int maxMissedHeartbeats) {
        this(cluster, name, members, members, electionTimeout, heartbeatInterval, maxMissedHeartbeats);
    }
}
