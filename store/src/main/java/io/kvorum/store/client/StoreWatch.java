package io.kvorum.store.client;

/** A running watch. */
public interface StoreWatch {
    /** Ends the watch; its handler is not called afterwards. Idempotent. */
    void close();
}
