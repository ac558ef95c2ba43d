package io.kvorum.store.raft;

import io.vertx.core.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Carries messages between members. It may lose, delay and repeat them: Raft copes. What it delivers is whole.
 */
public interface RaftTransport {
    /**
     * Which life of the cluster a member belongs to. Members of different lives do not speak to each other: one that kept
     * its folder while the others were restored from a backup must not bring back what it has.
     *
     * @param clusterId see {@code Snapshot.clusterId}
     * @param blank the member has no state yet and takes whatever the others have
     */
    record Incarnation(long clusterId, boolean blank) {
        boolean suits(Incarnation other) {
            return blank || other.blank || clusterId == other.clusterId;
        }
    }

    /**
     * Starts to receive.
     *
     * @param own this member's incarnation now; any thread
     * @param receiver takes messages, on any thread
     * @param onReachable is told a member's name each time that member comes into reach, on any thread
     */
    void start(Supplier<Incarnation> own, Consumer<byte[]> receiver, Consumer<String> onReachable);

    /** Sends a message, or drops it when the member is out of reach or the way is congested. Any thread. */
    void send(String member, byte[] message);

    /** Whether there is a live connection to a member. Any thread. */
    boolean isReachable(String member);

    /** Stops sending and receiving. Any thread; completes when all connections are closed. */
    Future<Void> close();
}
