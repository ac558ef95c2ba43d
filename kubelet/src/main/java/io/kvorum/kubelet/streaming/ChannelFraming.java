package io.kvorum.kubelet.streaming;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Messages of the channel protocols: the channel's number, then what is on it. A message may come in several frames,
 * of which only the first has the number. Holds the state of one direction of one connection.
 */
final class ChannelFraming {
    /** The channel of v5 whose message names a channel that is closed. */
    static final int CLOSE = 255;

    /** A piece of what came on a channel. */
    record Piece(int channel, Buffer bytes) {}

    private final boolean base64;
    private int channel = -1;
    private boolean starting = true;
    /** Base64 characters that do not make up three bytes yet. */
    private String rest = "";

    ChannelFraming(boolean base64) {
        this.base64 = base64;
    }

    /**
     * Takes the next frame of a message in.
     *
     * @param last whether the message ends with it
     * @return what it carries; null when that is nothing, such as an empty message. Errors: {@link
     *     IllegalArgumentException}
     */
    @Nullable
    Piece feed(Buffer frame, boolean last) {
        int from = 0;
        if (starting) {
            if (frame.length() == 0) {
                starting = last;
                return null;
            }
            int first = frame.getUnsignedByte(0);
            channel = base64 ? first - '0' : first;
            if (base64 && (channel < 0 || channel > 9)) {
                throw new IllegalArgumentException("a message begins with " + first + " instead of a digit");
            }
            from = 1;
        }
        starting = last;
        Buffer bytes = base64 ? decoded(frame, from, last) : frame.slice(from, frame.length());
        return bytes.length() == 0 ? null : new Piece(channel, bytes);
    }

    private Buffer decoded(Buffer frame, int from, boolean last) {
        String text = rest + frame.getString(from, frame.length(), "ISO-8859-1");
        int whole = last ? text.length() : text.length() / 4 * 4;
        rest = text.substring(whole);
        return Buffer.buffer(Base64.getDecoder().decode(text.substring(0, whole)));
    }

    /** The message that carries {@code bytes} on {@code channel}. */
    static Buffer message(boolean base64, int channel, Buffer bytes) {
        if (base64) {
            return Buffer.buffer(1 + bytes.length() * 4 / 3 + 4)
                    .appendByte((byte) ('0' + channel))
                    .appendBytes(
                            Base64.getEncoder().encodeToString(bytes.getBytes()).getBytes(StandardCharsets.US_ASCII));
        }
        return Buffer.buffer(1 + bytes.length()).appendByte((byte) channel).appendBuffer(bytes);
    }
}
