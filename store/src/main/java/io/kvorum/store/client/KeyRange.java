package io.kvorum.store.client;

import org.jspecify.annotations.Nullable;

/**
 * Keys from {@code from} inclusive to {@code to} exclusive.
 *
 * @param to null: the single key {@code from}; {@link ByteSequence#EMPTY}: no upper bound
 */
public record KeyRange(ByteSequence from, @Nullable ByteSequence to) {
    public static KeyRange single(ByteSequence key) {
        return new KeyRange(key, null);
    }

    public static KeyRange prefix(ByteSequence prefix) {
        return new KeyRange(prefix, prefix.prefixEnd());
    }

    public static KeyRange all() {
        return new KeyRange(ByteSequence.EMPTY, ByteSequence.EMPTY);
    }

    public boolean contains(ByteSequence key) {
        if (to == null) {
            return key.equals(from);
        }
        return key.compareTo(from) >= 0 && (to.isEmpty() || key.compareTo(to) < 0);
    }
}
