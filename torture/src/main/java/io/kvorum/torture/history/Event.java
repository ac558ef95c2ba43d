package io.kvorum.torture.history;

import org.jspecify.annotations.Nullable;

/**
 * One event of a watch.
 *
 * @param kv of a deletion: its key and, as {@code modRevision}, when
 * @param previous null when it was not asked for, the key was not there, or it was compacted
 */
public record Event(boolean deletion, KeyValue kv, @Nullable KeyValue previous) {
    public static Event put(KeyValue kv, @Nullable KeyValue previous) {
        return new Event(false, kv, previous);
    }

    public static Event delete(String key, long revision, @Nullable KeyValue previous) {
        return new Event(true, KeyValue.tombstone(key, revision), previous);
    }

    public long revision() {
        return kv.modRevision();
    }

    @Override
    public String toString() {
        return deletion ? kv.key() + " deleted @" + kv.modRevision() : "put " + kv;
    }
}
