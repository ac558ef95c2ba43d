package io.kvorum.apiserver.cache;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** One change of one object, with the watch frames that show it, each encoded once for all watchers. */
public final class CacheEvent {
    private final long revision;
    private final @Nullable ObjectVersion before;
    private final @Nullable ObjectVersion after;
    private final Map<WatchType, Buffer> frames = new EnumMap<>(WatchType.class);
    private final Map<WatchType, Buffer> messages = new EnumMap<>(WatchType.class);

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
        return frames.computeIfAbsent(type, missing -> frame(type.name(), object(type)));
    }

    /**
     * The frame in the other encoding, made once for all watchers.
     *
     * @param encoder from the type and the object's JSON
     */
    public Buffer message(WatchType type, BiFunction<WatchType, byte[], Buffer> encoder) {
        return messages.computeIfAbsent(type, missing -> encoder.apply(type, object(type)));
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
