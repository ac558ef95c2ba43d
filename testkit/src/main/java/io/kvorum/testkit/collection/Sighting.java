package io.kvorum.testkit.collection;

/**
 * One object as a client was shown it.
 *
 * @param value the write that made it what it is
 */
public record Sighting(String name, String uid, String value, long resourceVersion) {
    @Override
    public String toString() {
        return name + "=" + value + " at " + resourceVersion;
    }
}
