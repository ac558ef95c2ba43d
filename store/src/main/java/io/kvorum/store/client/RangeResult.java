package io.kvorum.store.client;

import java.util.List;

/**
 * The outcome of a range read.
 *
 * @param revision the store's revision when the read was served, not older than the read for linearizable reads
 * @param entries matching keys in ascending order, at most the limit
 * @param more whether the limit cut the result
 * @param count how many keys match, whatever the limit
 */
public record RangeResult(long revision, List<KeyValue> entries, boolean more, long count) implements OpResult {}
