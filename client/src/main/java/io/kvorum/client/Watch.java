package io.kvorum.client;

/** A running watch. */
public interface Watch {
    /** Ends the watch; its handler is not called afterwards. Idempotent. */
    void close();
}
