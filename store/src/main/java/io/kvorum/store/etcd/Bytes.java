package io.kvorum.store.etcd;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes of messages as bytes of the store and back, without a copy: neither side writes to them. */
final class Bytes {
    private static final ByteSequence ZERO = ByteSequence.wrap(new byte[1]);

    private Bytes() {}

    static ByteString of(ByteSequence bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.array());
    }

    static ByteSequence of(ByteString bytes) {
        if (bytes.isEmpty()) {
            return ByteSequence.EMPTY;
        }
        Taken taken = new Taken(bytes.size());
        try {
            UnsafeByteOperations.unsafeWriteTo(bytes, taken);
        } catch (IOException e) {
            throw new IllegalStateException("nothing is written anywhere", e);
        }
        return ByteSequence.wrap(taken.bytes);
    }

    /**
     * The keys that {@code key} and {@code range_end} mean: no end, one key; the end {@code \0}, all keys from the first
     * one on.
     */
    static KeyRange range(ByteString key, ByteString end) {
        ByteSequence from = of(key);
        if (end.isEmpty()) {
            return KeyRange.single(from);
        }
        ByteSequence to = of(end);
        return new KeyRange(from, to.equals(ZERO) ? ByteSequence.EMPTY : to);
    }

    /** As {@link #range}, but an empty key stands for the first one, as watches have it. */
    static KeyRange watched(ByteString key, ByteString end) {
        KeyRange range = range(key, end);
        return range.from().isEmpty() ? new KeyRange(ZERO, range.to()) : range;
    }

    /** Takes the array that backs a string of bytes, or gathers the pieces of one that has several. */
    private static final class Taken extends ByteOutput {
        private static final byte[] NOTHING = new byte[0];

        private final int expected;
        private byte[] bytes = NOTHING;
        private int filled;

        Taken(int expected) {
            this.expected = expected;
        }

        @Override
        public void writeLazy(byte[] value, int offset, int length) {
            if (offset == 0 && length == value.length && length == expected) {
                bytes = value;
                filled = length;
            } else {
                write(value, offset, length);
            }
        }

        @Override
        public void write(byte value) {
            room()[filled++] = value;
        }

        @Override
        public void write(byte[] value, int offset, int length) {
            System.arraycopy(value, offset, room(), filled, length);
            filled += length;
        }

        @Override
        public void write(ByteBuffer value) {
            int length = value.remaining();
            value.get(room(), filled, length);
            filled += length;
        }

        @Override
        public void writeLazy(ByteBuffer value) {
            write(value);
        }

        private byte[] room() {
            if (bytes.length < expected) {
                bytes = Arrays.copyOf(bytes, expected);
            }
            return bytes;
        }
    }
}
