package io.kvorum.apiserver.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One generated request.
 *
 * @param number the place in its run; with the run's seed it makes the same bytes again
 * @param bytes what goes over the connection
 * @param framed whether it is whole by HTTP/1.1, so that exactly one answer is due; nothing more is sent on the
 *     connection if not
 * @param open whether its answer may go on for ever, so that only the head is waited for
 */
record FuzzRequest(long number, byte[] bytes, boolean framed, boolean open) {
    private static final int MOST_SHOWN = 600;

    boolean head() {
        return bytes.length > 5 && bytes[0] == 'H' && bytes[1] == 'E' && bytes[2] == 'A' && bytes[3] == 'D';
    }

    /** The same with its method HEAD replaced. */
    FuzzRequest asGet() {
        byte[] get = Arrays.copyOfRange(bytes, 1, bytes.length);
        System.arraycopy("GET".getBytes(StandardCharsets.US_ASCII), 0, get, 0, 3);
        return new FuzzRequest(number, get, framed, open);
    }

    /** Its beginning, readable. */
    String shown() {
        String text = new String(bytes, 0, Math.min(bytes.length, MOST_SHOWN), StandardCharsets.ISO_8859_1);
        return text.replace("\r\n", "\\n").replaceAll("[^\\x20-\\x7e]", "?");
    }
}
