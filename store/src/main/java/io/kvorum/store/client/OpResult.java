package io.kvorum.store.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The outcome of one {@link Op}, in the order of the operations. */
public sealed interface OpResult permits OpResult.Put, OpResult.Deleted, RangeResult, TxnResult {
    /** {@code previous} is null when it was not asked for or the key did not exist. */
    record Put(@Nullable KeyValue previous) implements OpResult {}

    /** {@code previous} is empty when it was not asked for. */
    record Deleted(long count, List<KeyValue> previous) implements OpResult {}
}
