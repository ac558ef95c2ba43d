package io.kvorum.apiserver.cache;

/** Receives the changes of one resource, in order of revision, on the API server's event loop. */
public interface Watcher {
    /** Always the same; changes outside of it need not be told. */
    default Interest interest() {
        return Interest.EVERYTHING;
    }

    void changed(CacheEvent event);

    /** The cache has lost continuity: nothing follows; whoever listens must list again. */
    void lost();

    /** The resource is served no more, or in another way: nothing follows, and whoever listens may ask again. */
    default void ended() {
        lost();
    }
}
