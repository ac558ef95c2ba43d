package io.kvorum.store.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An immutable sequence of bytes, ordered by unsigned value, as etcd orders keys. */
public final class ByteSequence implements Comparable<ByteSequence> {
    public static final ByteSequence EMPTY = new ByteSequence(new byte[0]);

    private final byte[] bytes;

    private ByteSequence(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Wraps without copying: the caller must not write to {@code bytes} afterwards. */
    public static ByteSequence wrap(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new ByteSequence(bytes);
    }

    public static ByteSequence utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes themselves, not a copy: read only. */
    public byte[] array() {
        return bytes;
    }

    public int length() {
        return bytes.length;
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    public boolean startsWith(ByteSequence prefix) {
        return bytes.length >= prefix.bytes.length
                && Arrays.mismatch(bytes, 0, prefix.bytes.length, prefix.bytes, 0, prefix.bytes.length) < 0;
    }

    /** The smallest sequence greater than every sequence that starts with this one; {@link #EMPTY} when there is none. */
    public ByteSequence prefixEnd() {
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes[i] != (byte) 0xff) {
                byte[] end = Arrays.copyOf(bytes, i + 1);
                end[i]++;
                return wrap(end);
            }
        }
        return EMPTY;
    }

    @Override
    public int compareTo(ByteSequence other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof ByteSequence other && Arrays.equals(bytes, other.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The bytes as UTF-8 text. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
