package io.kvorum.store.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;

/** Reads what a {@link BinaryWriter} wrote. Malformed input is a {@link MalformedException}, never a wrong value out of bounds. */
public final class BinaryReader {
    private static final int MAX_DEPTH = 64;

    private final byte[] bytes;
    private int position;
    private int depth;

    public BinaryReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The bytes are not what the codec writes. */
    public static final class MalformedException extends RuntimeException {
        public MalformedException(String message) {
            super(message);
        }
    }

    public int octet() {
        if (position >= bytes.length) {
            throw new MalformedException("unexpected end at byte " + position);
        }
        return bytes[position++] & 0xff;
    }

    public boolean bool() {
        int value = octet();
        if (value > 1) {
            throw new MalformedException("not a boolean: " + value + " at byte " + (position - 1));
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
        throw new MalformedException("number too long at byte " + position);
    }

    /** A number that counts things of at least one byte each, so it cannot exceed what is left. */
    public int count() {
        long value = number();
        if (value < 0 || value > bytes.length - position) {
            throw new MalformedException(
                    "count " + value + " exceeds the " + (bytes.length - position) + " bytes left");
        }
        return (int) value;
    }

    public byte[] bytes() {
        int length = count();
        byte[] value = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return value;
    }

    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** Reads a value that may hold others of its own kind. */
    public <T> T nested(Function<BinaryReader, T> value) {
        if (++depth > MAX_DEPTH) {
            throw new MalformedException("nested deeper than " + MAX_DEPTH + " at byte " + position);
        }
        T read = value.apply(this);
        depth--;
        return read;
    }

    public boolean atEnd() {
        return position == bytes.length;
    }

    /** Checks that everything was read. */
    public void end() {
        if (!atEnd()) {
            throw new MalformedException((bytes.length - position) + " bytes too many");
        }
    }
}
