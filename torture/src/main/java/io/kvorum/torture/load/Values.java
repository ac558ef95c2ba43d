package io.kvorum.torture.load;

import com.google.protobuf.ByteString;

/**
 * Values that tell writes apart, and are as long as wanted. A history holds the short part only; what comes back is
 * compared with what the short part says.
 */
final class Values {
    private static final char FILLER = '#';

    private Values() {}

    /** @param bytes about how long the value is to be on the wire */
    static String of(int client, long sequence, int bytes) {
        String id = "c" + client + "-" + sequence;
        return bytes <= id.length() ? id : id + "-" + bytes;
    }

    static ByteString wire(String value) {
        int length = length(value);
        return ByteString.copyFromUtf8(
                length <= value.length()
                        ? value
                        : value + String.valueOf(FILLER).repeat(length - value.length()));
    }

    /** The short part; everything, when the rest is not what it should be, so that the check finds it. */
    static String read(ByteString wire) {
        String value = wire.toStringUtf8();
        int filler = value.indexOf(FILLER);
        if (filler < 0) {
            return value;
        }
        String id = value.substring(0, filler);
        boolean sound =
                length(id) == value.length() && value.chars().skip(filler).allMatch(c -> c == FILLER);
        return sound ? id : value.length() + " bytes, damaged: " + value.substring(0, Math.min(200, value.length()));
    }

    /** The length that a short part asks for; its own when it asks for none. */
    private static int length(String id) {
        String[] parts = id.split("-", -1);
        try {
            return parts.length == 3 ? Integer.parseInt(parts[2]) : id.length();
        } catch (NumberFormatException e) {
            return id.length();
        }
    }
}
