package io.kvorum.api.proto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads protobuf's wire format from a part of an array, one field after the other. */
final class WireReader {
    static final int VARINT = 0;
    static final int FIXED_64 = 1;
    static final int LENGTH = 2;
    static final int GROUP = 3;
    static final int END_OF_GROUP = 4;
    static final int FIXED_32 = 5;

    private static final int MOST_GROUPS = 100;

    private final byte[] bytes;
    private final int end;
    private int at;
    private int field;
    private int wireType;

    WireReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** Moves to the next field; false at the end. Its value must then be read or skipped. */
    boolean next() throws MalformedMessageException {
        if (at == end) {
            return false;
        }
        long tag = varint();
        wireType = (int) (tag & 7);
        field = (int) (tag >>> 3);
        if (tag < 0 || tag >>> 3 > Integer.MAX_VALUE || field == 0) {
            throw new MalformedMessageException("proto: illegal tag " + Long.toUnsignedString(tag));
        }
        return true;
    }

    int field() {
        return field;
    }

    int wireType() {
        return wireType;
    }

    boolean atEnd() {
        return at == end;
    }

    long varint() throws MalformedMessageException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= end) {
                throw unexpectedEnd();
            }
            byte b = bytes[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new MalformedMessageException("proto: integer overflow");
    }

    long fixed64() throws MalformedMessageException {
        if (end - at < 8) {
            throw unexpectedEnd();
        }
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xff;
        }
        at += 8;
        return value;
    }

    /** The length-delimited value as a reader of its own, which shares the bytes. */
    WireReader nested() throws MalformedMessageException {
        int from = length();
        return new WireReader(bytes, from, at);
    }

    byte[] bytes() throws MalformedMessageException {
        int from = length();
        return Arrays.copyOfRange(bytes, from, at);
    }

    String string() throws MalformedMessageException {
        int from = length();
        return new String(bytes, from, at - from, StandardCharsets.UTF_8);
    }

    /** Reads a length, moves behind the value and returns where it begins. */
    private int length() throws MalformedMessageException {
        long length = varint();
        if (length < 0) {
            throw new MalformedMessageException("proto: negative length found during unmarshaling");
        }
        if (length > end - at) {
            throw unexpectedEnd();
        }
        int from = at;
        at += (int) length;
        return from;
    }

    /** Passes over the value of the field moved to. */
    void skip() throws MalformedMessageException {
        int groups = 0;
        int type = wireType;
        while (true) {
            switch (type) {
                case VARINT -> varint();
                case FIXED_64 -> advance(8);
                case LENGTH -> length();
                case GROUP -> groups++;
                case END_OF_GROUP -> groups--;
                case FIXED_32 -> advance(4);
                default -> throw new MalformedMessageException("proto: illegal wireType " + type);
            }
            if (groups < 0 || groups > MOST_GROUPS) {
                throw new MalformedMessageException("proto: unexpected end of group");
            }
            if (groups == 0) {
                return;
            }
            type = (int) (varint() & 7);
        }
    }

    private void advance(int count) throws MalformedMessageException {
        if (end - at < count) {
            throw unexpectedEnd();
        }
        at += count;
    }

    private static MalformedMessageException unexpectedEnd() {
        return new MalformedMessageException("unexpected EOF");
    }
}
