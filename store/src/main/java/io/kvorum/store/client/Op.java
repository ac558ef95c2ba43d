package io.kvorum.store.client;

/** One operation inside a transaction. */
public sealed interface Op {
    /** Writes a key. {@code lease} is 0 for none; {@code previous} asks for the version before. */
    record Put(ByteSequence key, ByteSequence value, long lease, boolean previous) implements Op {}

    /** Deletes keys; {@code previous} asks for what was deleted. */
    record Delete(KeyRange range, boolean previous) implements Op {}

    /** Reads keys at the transaction's own revision. */
    record Get(RangeRequest request) implements Op {}
}
