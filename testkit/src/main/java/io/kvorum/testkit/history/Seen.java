package io.kvorum.testkit.history;

/**
 * One event of a watch.
 *
 * @param type {@code ADDED}, {@code MODIFIED} or {@code DELETED}
 * @param key name of the object
 * @param writeId the write that the object carries; of a deletion, that of the state before
 */
public record Seen(String type, String key, String writeId, long resourceVersion) {}
