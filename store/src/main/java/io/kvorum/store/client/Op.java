package io.kvorum.store.client;

/** One operation inside a transaction. */
public sealed interface Op {
    /**
     * Writes a key.
     *
     * @param value ignored when {@code keepValue}
     * @param lease 0 for none; ignored when {@code keepLease}
     * @param previous asks for the version before
     * @param keepValue the value stays as it is; refused when the key does not exist
     * @param keepLease the lease stays as it is; refused when the key does not exist
     */
    record Put(ByteSequence key, ByteSequence value, long lease, boolean previous, boolean keepValue, boolean keepLease)
            implements Op {
        public Put(ByteSequence key, ByteSequence value, long lease, boolean previous) {
            this(key, value, lease, previous, false, false);
        }
    }

    /** Deletes keys; {@code previous} asks for what was deleted. */
    record Delete(KeyRange range, boolean previous) implements Op {}

    /** Reads keys at the transaction's own revision. */
    record Get(RangeRequest request) implements Op {}

    /** A transaction inside the transaction. Its compares see the state before the outermost one, as etcd's do. */
    record Nested(Txn txn) implements Op {}
}
