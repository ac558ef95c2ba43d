package io.kvorum.store.raft;

import java.time.Duration;
import java.util.List;

/**
 * What a member must know.
 *
 * @param cluster name of the cluster; members of different clusters have different identities
 * @param name the member's own name, one of {@code members}
 * @param members all members of the group; the first to come is the first to stand for election; at least 3
 * @param electionTimeout least time a follower waits before it looks for the leader again; up to 1 s is added at random
 * @param heartbeatInterval how often a leader is heard of at least
 * @param maxMissedHeartbeats after how many a leader counts as lost
 */
public record ReplicaSettings(
        String cluster,
        String name,
        List<String> members,
        Duration electionTimeout,
        Duration heartbeatInterval,
        int maxMissedHeartbeats) {
    public ReplicaSettings {
        members = List.copyOf(members);
        if (members.size() < 3) {
            throw new IllegalArgumentException("a group needs at least 3 members, not " + members);
        }
        if (!members.contains(name)) {
            throw new IllegalArgumentException("member " + name + " is not one of " + members);
        }
    }

    int majority() {
        return members.size() / 2 + 1;
    }
}
