package io.kvorum.component.fault;

import org.jspecify.annotations.Nullable;

/** One TCP connection that rules apply to. */
interface FaultLink {
    /** IP address of the peer; null before it is known. */
    @Nullable
    String peer();

    /** The rules changed: look them up anew. Called on any thread. */
    void update();

    /** Breaks the connection with a TCP reset. Called on any thread. */
    void reset();
}
