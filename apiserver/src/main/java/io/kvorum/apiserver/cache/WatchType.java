package io.kvorum.apiserver.cache;

/** What a watch event says about an object, seen through the watch's selectors. */
public enum WatchType {
    ADDED,
    MODIFIED,
    DELETED
}
