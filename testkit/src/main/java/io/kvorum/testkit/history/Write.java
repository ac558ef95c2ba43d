package io.kvorum.testkit.history;

/**
 * One write that was sent, once.
 *
 * @param id of the write; the object carries it
 * @param kind what it was to do to {@code key}
 * @param key name of the object; empty when the server was to choose it and did not tell
 * @param fate what its sender knows
 * @param resourceVersion of the change, when acknowledged; 0 when it was not, and for deletions, whose answer names none
 * @param sentNanos when it was sent, by one clock for all
 * @param endedNanos when its answer came, or was given up
 */
public record Write(
        String id, Kind kind, String key, Fate fate, long resourceVersion, long sentNanos, long endedNanos) {
    /** What a write does. */
    public enum Kind {
        CREATE,
        UPDATE,
        DELETE
    }

    /** What a sender knows of its write. */
    public enum Fate {
        /** The server said that it was done. */
        ACKNOWLEDGED,
        /** The server said that it was not done. */
        REFUSED,
        /** No answer: done or not. */
        UNKNOWN
    }
}
