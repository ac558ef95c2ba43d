package io.kvorum.store.client;

import org.jspecify.annotations.Nullable;

/**
 * One change of one key.
 *
 * @param type what happened
 * @param kv the new version; for a deletion the key and the deletion's revision with an empty value
 * @param previous the version before, null when there was none or it was compacted away
 */
public record WatchEvent(Type type, KeyValue kv, @Nullable KeyValue previous) {
    /** What happened to the key. */
    public enum Type {
        PUT,
        DELETE
    }
}
