package io.kvorum.openapi.protobuf;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the fields of one protobuf message (proto3 wire format; absent means default). */
final class ProtoWriter {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ProtoWriter string(int field, String value) {
        if (!value.isEmpty()) {
            element(field, value);
        }
        return this;
    }

    /** An item of a repeated string field: written even if empty. */
    ProtoWriter element(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** A 64-bit float; zero is not written. */
    ProtoWriter number(int field, double value) {
        if (value != 0) {
            varint(((long) field << 3) | FIXED64);
            long bits = Double.doubleToLongBits(value);
            for (int i = 0; i < Long.BYTES; i++) {
                out.write((int) (bits >>> (8 * i)));
            }
        }
        return this;
    }

    /** Zero is not written. */
    ProtoWriter integer(int field, long value) {
        if (value != 0) {
            varint(((long) field << 3) | VARINT);
            varint(value);
        }
        return this;
    }

    ProtoWriter bool(int field, boolean value) {
        if (value) {
            varint(((long) field << 3) | VARINT);
            out.write(1);
        }
        return this;
    }

    ProtoWriter message(int field, ProtoWriter message) {
        return bytes(field, message.toBytes());
    }

    private ProtoWriter bytes(int field, byte[] value) {
        varint(((long) field << 3) | LENGTH_DELIMITED);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
