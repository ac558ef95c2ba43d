package io.kvorum.store.raft;

import java.util.function.Consumer;

/**
 * Carries messages between members. It may lose, delay and repeat them: Raft copes. What it delivers is whole.
 */
public interface RaftTransport {
    /**
     * Starts to receive.
     *
     * @param receiver takes messages, on any thread
     * @param onReachable is told a member's name each time that member comes into reach, on any thread
     */
    void start(Consumer<byte[]> receiver, Consumer<String> onReachable);

    /** Sends a message, or drops it when the member is out of reach or the way is congested. Any thread. */
    void send(String member, byte[] message);

    /** Whether there is a live connection to a member. Any thread. */
    boolean isReachable(String member);

    /** Stops sending and receiving. */
    void close();
}
