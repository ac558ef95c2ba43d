package io.kvorum.store.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;

/** Reads what a {@link BinaryWriter} wrote. Malformed input is a {@link MalformedException}, never a wrong value out of bounds. */
public final class BinaryReader {
    private static final int MAX_DEPTH = 64;

    private final byte[] bytes;
    private final int from;
    private final int to;
    private int position;
    private int depth;

    public BinaryReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    /** Reads a part of an array, which is not copied. */
    public BinaryReader(byte[] bytes, int from, int to) {
        Objects.checkFromToIndex(from, to, bytes.length);
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.position = from;
    }

    /** The bytes are not what the codec writes. */
    public static final class MalformedException extends RuntimeException {
        public MalformedException(String message) {
            super(message);
        }
    }

    public int octet() {
        if (position >= to) {
            throw new MalformedException("unexpected end at byte " + offset());
        }
        return bytes[position++] & 0xff;
    }

    public boolean bool() {
        int value = octet();
        if (value > 1) {
            throw new MalformedException("not a boolean: " + value + " at byte " + (offset() - 1));
        }
        return value == 1;
    }

    public long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int octet = octet();
            value |= (long) (octet & 0x7f) << shift;
            if ((octet & 0x80) == 0) {
                return value;
            }
        }
        throw new MalformedException("number too long at byte " + offset());
    }

    /** A number that counts things of at least one byte each, so it cannot exceed what is left. */
    public int count() {
        long value = number();
        if (value < 0 || value > to - position) {
            throw new MalformedException("count " + value + " exceeds the " + (to - position) + " bytes left");
        }
        return (int) value;
    }

    public byte[] bytes() {
        int length = count();
        byte[] value = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return value;
    }

    /** Passes over what {@link #bytes} would read; returns a reader of that, for as long as nobody writes to the array. */
    public BinaryReader slice() {
        int length = count();
        position += length;
        return new BinaryReader(bytes, position - length, position);
    }

    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** Reads a value that may hold others of its own kind. */
    public <T> T nested(Function<BinaryReader, T> value) {
        if (++depth > MAX_DEPTH) {
            throw new MalformedException("nested deeper than " + MAX_DEPTH + " at byte " + offset());
        }
        T read = value.apply(this);
        depth--;
        return read;
    }

    public boolean atEnd() {
        return position == to;
    }

    /** Everything not yet read, as a copy. */
    public byte[] rest() {
        byte[] rest = Arrays.copyOfRange(bytes, position, to);
        position = to;
        return rest;
    }

    private int offset() {
        return position - from;
    }

    /** Checks that everything was read. */
    public void end() {
        if (!atEnd()) {
            throw new MalformedException((to - position) + " bytes too many");
        }
    }
}
