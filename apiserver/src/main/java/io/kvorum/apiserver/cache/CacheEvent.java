package io.kvorum.apiserver.cache;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One change of one object, with the watch frames that show it, each encoded once for all watchers. */
public final class CacheEvent {
    private final long revision;
    private final @Nullable ObjectVersion before;
    private final @Nullable ObjectVersion after;
    private @Nullable Buffer added;
    private @Nullable Buffer modified;
    private @Nullable Buffer deleted;

    CacheEvent(long revision, @Nullable ObjectVersion before, @Nullable ObjectVersion after) {
        this.revision = revision;
        this.before = before;
        this.after = after;
    }

    public long revision() {
        return revision;
    }

    /** Null when the object is new. */
    public @Nullable ObjectVersion before() {
        return before;
    }

    /** Null when the object is gone. */
    public @Nullable ObjectVersion after() {
        return after;
    }

    /** The frame for {@code type}; deletions show the state before at this event's revision. */
    public Buffer frame(WatchType type) {
        switch (type) {
            case ADDED -> {
                Buffer known = added;
                return known != null ? known : (added = frame("ADDED", object(type)));
            }
            case MODIFIED -> {
                Buffer known = modified;
                return known != null ? known : (modified = frame("MODIFIED", object(type)));
            }
            default -> {
                Buffer known = deleted;
                return known != null ? known : (deleted = frame("DELETED", object(type)));
            }
        }
    }

    /** The object that {@code type} shows, with the resourceVersion of this event. */
    public byte[] object(WatchType type) {
        ObjectVersion shown = type == WatchType.DELETED ? before : after;
        if (shown == null) {
            throw new IllegalStateException(type + " without an object at revision " + revision);
        }
        return type == WatchType.DELETED ? shown.jsonAt(revision) : shown.json();
    }

    /** {@code {"type":...,"object":...}} and a line feed. */
    public static Buffer frame(String type, byte[] object) {
        byte[] head = ("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[head.length + object.length + 2];
        System.arraycopy(head, 0, frame, 0, head.length);
        System.arraycopy(object, 0, frame, head.length, object.length);
        frame[frame.length - 2] = '}';
        frame[frame.length - 1] = '\n';
        return Buffer.buffer(frame);
    }
}
