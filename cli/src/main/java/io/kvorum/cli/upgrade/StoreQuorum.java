package io.kvorum.cli.upgrade;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Whether the store's members agree, asked of each by its control socket. */
final class StoreQuorum {
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private final ClusterFolder folder;

    StoreQuorum(ClusterFolder folder) {
        this.folder = folder;
    }

    /**
     * Waits until all members know the same leader and have applied what the furthest one had applied when this began.
     *
     * @param members names of the processes
     */
    void awaitCaughtUp(List<String> members, Duration limit) throws InterruptedException {
        // Nobody knows the goal until all have answered once.
        AtomicLong goal = new AtomicLong();
        Waiting.until(
                limit,
                () -> apart(members, goal),
                problem -> "the store's members are not together within " + limit.toSeconds() + " s: " + problem);
    }

    private @Nullable String apart(List<String> members, AtomicLong goal) {
        Set<String> leaders = new HashSet<>();
        long least = Long.MAX_VALUE;
        long most = 0;
        for (String member : members) {
            try {
                ObjectNode status =
                        ControlSocket.call(folder.socket(member), ControlSocket.request("store.status"), ANSWER);
                leaders.add(status.path("leader").asText());
                long revision = status.path("revision").asLong();
                least = Math.min(least, revision);
                most = Math.max(most, revision);
            } catch (IOException e) {
                return member + ": " + e.getMessage();
            }
        }
        goal.compareAndSet(0, most);
        if (leaders.size() != 1 || leaders.contains("") || leaders.contains("null")) {
            return "they do not agree on a leader: " + leaders;
        }
        return least >= goal.get() ? null : "a member is at revision " + least + " of " + goal;
    }
}
