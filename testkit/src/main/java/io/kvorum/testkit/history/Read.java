package io.kvorum.testkit.history;

/**
 * One consistent list.
 *
 * @param resourceVersion the version that the list claims to have
 * @param sentNanos when it was sent, by the clock of the writes
 */
public record Read(long resourceVersion, long sentNanos) {}
