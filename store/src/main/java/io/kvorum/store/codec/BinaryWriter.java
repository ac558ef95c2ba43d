package io.kvorum.store.codec;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Appends values to a growing byte array: unsigned numbers as base-128 varints, byte strings with their length in front. */
public final class BinaryWriter {
    private final ByteArrayOutputStream out;

    public BinaryWriter(int expectedBytes) {
        out = new ByteArrayOutputStream(expectedBytes);
    }

    public BinaryWriter octet(int value) {
        out.write(value);
        return this;
    }

    public BinaryWriter bool(boolean value) {
        return octet(value ? 1 : 0);
    }

    /** Writes {@code value} as unsigned: small numbers are short, negative ones take ten bytes. */
    public BinaryWriter number(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    public BinaryWriter bytes(byte[] value) {
        number(value.length);
        out.writeBytes(value);
        return this;
    }

    public BinaryWriter text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Begins anew; the memory stays. */
    public BinaryWriter reset() {
        out.reset();
        return this;
    }

    public int size() {
        return out.size();
    }

    public byte[] toByteArray() {
        return out.toByteArray();
    }
}
