package io.kvorum.store.client;

/**
 * Something is wrong with a member's part of the store, and all members know it until it is disarmed.
 *
 * @param member name of the member
 */
public record Alarm(String member, Type type) {
    /** What is wrong. */
    public enum Type {
        /** The store has outgrown its quota: nothing is written any more, except deletions. */
        NO_SPACE,
        /** The member's content differs from that of the others. */
        CORRUPT
    }
}
