package io.kvorum.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of the changes of one kind of objects: compares each version with what it knew of the object before. Not
 * thread-safe.
 *
 * @param <S> what it needs to know of an object
 */
abstract class ObjectHistory<S> {
    private final Map<String, S> known = new HashMap<>();
    private boolean listed;

    /** Path of the list: {@code /api/v1/pods}. */
    abstract String path();

    /** What there is to know of a version. */
    abstract S state(JsonNode object);

    /**
     * Tells what changed.
     *
     * @param before null when the object is new
     */
    abstract void changed(@Nullable S before, S now, Teller teller);

    /** The object is gone. */
    abstract void gone(S last, Teller teller);

    /** Takes an event, all but its time. */
    interface Teller {
        void tell(TimelineEvent event);
    }

    private static String uid(JsonNode object) {
        return object.at("/metadata/uid").asText();
    }

    /** A list: the first one says only what is there, later ones also what was missed. */
    final void list(Iterable<JsonNode> objects, Consumer<TimelineEvent> sink) {
        Set<String> there = new HashSet<>();
        for (JsonNode object : objects) {
            there.add(uid(object));
            if (listed) {
                seen(object, sink);
            } else {
                known.put(uid(object), state(object));
            }
        }
        listed = true;
        List<String> missing = new ArrayList<>(known.keySet());
        missing.removeAll(there);
        for (String uid : missing) {
            remove(uid, sink);
        }
    }

    final void seen(JsonNode object, Consumer<TimelineEvent> sink) {
        S now = state(object);
        S before = known.put(uid(object), now);
        changed(before, now, sink::accept);
    }

    final void deleted(JsonNode object, Consumer<TimelineEvent> sink) {
        remove(uid(object), sink);
    }

    private void remove(String uid, Consumer<TimelineEvent> sink) {
        S last = known.remove(uid);
        if (last != null) {
            gone(last, sink::accept);
        }
    }

    static TimelineEvent event(String kind, String reason, String lane, String message) {
        return TimelineEvent.of(TimelineFile.now(), kind, reason, lane, message);
    }

    /** Status of a condition: {@code True}, {@code False}, {@code Unknown}, or empty. */
    static String condition(JsonNode object, String type) {
        return condition(object, type, "status");
    }

    static String condition(JsonNode object, String type, String field) {
        for (JsonNode condition : object.at("/status/conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path(field).asText();
            }
        }
        return "";
    }

    static String lane(String kind, JsonNode object) {
        String namespace = object.at("/metadata/namespace").asText();
        return kind + "/" + (namespace.isEmpty() ? "" : namespace + "/")
                + object.at("/metadata/name").asText();
    }
}
