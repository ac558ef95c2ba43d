package io.kvorum.api.proto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the fields of messages into an array that grows. */
final class WireWriter {
    private static final int INITIAL_CAPACITY = 256;

    private byte[] bytes;
    private int length;

    WireWriter() {
        this(INITIAL_CAPACITY);
    }

    /** @param capacity what is expected to be written; it grows beyond */
    WireWriter(int capacity) {
        bytes = new byte[capacity];
    }

    private void put(int value) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, length * 2);
        }
        bytes[length++] = (byte) value;
    }

    void raw(byte[] data, int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
        System.arraycopy(data, 0, bytes, length, count);
        length += count;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            put((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        put((int) rest);
    }

    private void tag(int field, int wireType) {
        varint((long) field << 3 | wireType);
    }

    void number(int field, long value) {
        tag(field, WireReader.VARINT);
        varint(value);
    }

    void fixed64(int field, long value) {
        tag(field, WireReader.FIXED_64);
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            put((int) (value >>> shift));
        }
    }

    void bytes(int field, byte[] value) {
        announce(field, value.length);
        raw(value, value.length);
    }

    /** What stands before a field of bytes that somebody else writes. */
    void announce(int field, long bytes) {
        tag(field, WireReader.LENGTH);
        varint(bytes);
    }

    void string(int field, String value) {
        bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    void message(int field, WireWriter message) {
        announce(field, message.length);
        raw(message.bytes, message.length);
    }

    boolean isEmpty() {
        return length == 0;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }
}
