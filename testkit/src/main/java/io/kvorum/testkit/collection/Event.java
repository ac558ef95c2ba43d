package io.kvorum.testkit.collection;

/**
 * One event of a watch.
 *
 * @param object as shown; of a deletion the state before, at the version of the deletion; of a bookmark only its version
 */
public record Event(Type type, Sighting object) {
    /** What a watch tells. */
    public enum Type {
        ADDED,
        MODIFIED,
        DELETED,
        BOOKMARK
    }

    public static Event bookmark(long resourceVersion) {
        return new Event(Type.BOOKMARK, new Sighting("", "", "", resourceVersion));
    }

    public long resourceVersion() {
        return object.resourceVersion();
    }

    @Override
    public String toString() {
        return type == Type.BOOKMARK ? "BOOKMARK at " + resourceVersion() : type + " " + object;
    }
}
