package io.kvorum.cli.upgrade;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether the store's members agree, asked of each by its control socket. */
final class StoreQuorum {
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final long POLL_MILLIS = 150;

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
        long deadline = System.nanoTime() + limit.toNanos();
        long goal = 0;
        while (true) {
            Set<String> leaders = new HashSet<>();
            long least = Long.MAX_VALUE;
            long most = 0;
            String problem = "";
            for (String member : members) {
                try {
                    ObjectNode status =
                            ControlSocket.call(folder.socket(member), ControlSocket.request("store.status"), ANSWER);
                    leaders.add(status.path("leader").asText());
                    long revision = status.path("revision").asLong();
                    least = Math.min(least, revision);
                    most = Math.max(most, revision);
                } catch (IOException e) {
                    problem = member + ": " + e.getMessage();
                }
            }
            if (problem.isEmpty()) {
                goal = goal == 0 ? most : goal;
                boolean agreed = leaders.size() == 1 && !leaders.contains("") && !leaders.contains("null");
                if (agreed && least >= goal) {
                    return;
                }
                problem = agreed
                        ? "a member is at revision " + least + " of " + goal
                        : "they do not agree on a leader: " + leaders;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new CommandFailure(
                        "the store's members are not together within " + limit.toSeconds() + " s: " + problem, 1);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
