package io.kvorum.bus;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The binary form of everything on the bus: a version byte, a kind byte, then the fields in order; numbers big-endian,
 * texts and bodies preceded by their length in bytes.
 */
final class Wire {
    static final byte VERSION = 2;

    /** What a message asks for or says. */
    enum Kind {
        // To a server.
        REQUEST,
        PULL,
        CLOSE,
        // From a server.
        WHOLE,
        STREAM,
        LARGE,
        REFUSED,
        FRAMES,
        UNKNOWN_STREAM,
        // To a server, and its answer.
        CHECK,
        CHECKED;

        private static final Kind[] ALL = values();
    }

    /** How an answer to a pull ends. */
    enum Ending {
        OPEN,
        ENDED,
        FAILED;

        private static final Ending[] ALL = values();
    }

    /** A request as it arrives, with the node id of who says to have sent it, and the proof of that. */
    record Request(BusRequest request, String sender, Buffer proof) {}

    /** The head of an answer that announces a stream: pull stream {@code id} at {@code address}. */
    record StreamHead(int status, MultiMap headers, String address, long id) {}

    /**
     * A pull.
     *
     * @param sequence number of the first frame wanted; all before it have arrived
     * @param attempt rises with every pull of the stream, so that a late one is recognised
     * @param credit bytes wanted; zero asks only for a sign of life
     */
    record Pull(long id, long sequence, int attempt, int credit) {}

    /** A pull that its sender believes to be held by the producer. */
    record Held(long id, int attempt) {}

    /** The answer to a pull: frames numbered from {@code sequence}. */
    record Frames(long sequence, int attempt, List<Buffer> frames, Ending ending, String failure) {}

    private Wire() {}

    private static Buffer message(Kind kind, int size) {
        return Buffer.buffer(size + 16).appendByte(VERSION).appendByte((byte) kind.ordinal());
    }

    static Buffer request(BusRequest request, String sender, Buffer proof) {
        Buffer out = message(Kind.REQUEST, request.body().length() + 256)
                .appendLong(request.timeout().toMillis());
        text(out, sender);
        bytes(out, proof);
        text(out, request.method());
        text(out, request.uri());
        headers(out, request.headers());
        return bytes(out, request.body());
    }

    static Buffer pull(Pull pull) {
        return message(Kind.PULL, 24)
                .appendLong(pull.id)
                .appendLong(pull.sequence)
                .appendInt(pull.attempt)
                .appendInt(pull.credit);
    }

    static Buffer check(List<Held> pulls) {
        Buffer out = message(Kind.CHECK, 4 + 12 * pulls.size()).appendInt(pulls.size());
        pulls.forEach(pull -> out.appendLong(pull.id).appendInt(pull.attempt));
        return out;
    }

    /** @param missing streams whose pulls are not held */
    static Buffer checked(List<Long> missing) {
        Buffer out = message(Kind.CHECKED, 4 + 8 * missing.size()).appendInt(missing.size());
        missing.forEach(out::appendLong);
        return out;
    }

    static Buffer close(long id) {
        return message(Kind.CLOSE, 8).appendLong(id);
    }

    static Buffer whole(int status, MultiMap headers, Buffer body) {
        Buffer out = message(Kind.WHOLE, body.length() + 128).appendInt(status);
        headers(out, headers);
        return bytes(out, body);
    }

    static Buffer head(Kind kind, StreamHead head) {
        Buffer out = message(kind, 128).appendInt(head.status);
        headers(out, head.headers);
        text(out, head.address);
        return out.appendLong(head.id);
    }

    static Buffer refused(String reason) {
        return text(message(Kind.REFUSED, reason.length()), reason);
    }

    static Buffer unknownStream() {
        return message(Kind.UNKNOWN_STREAM, 0);
    }

    static Buffer frames(Frames answer) {
        int size = 32;
        for (Buffer frame : answer.frames) {
            size += frame.length() + 4;
        }
        Buffer out = message(Kind.FRAMES, size)
                .appendLong(answer.sequence)
                .appendInt(answer.attempt)
                .appendByte((byte) answer.ending.ordinal());
        text(out, answer.failure);
        out.appendInt(answer.frames.size());
        for (Buffer frame : answer.frames) {
            bytes(out, frame);
        }
        return out;
    }

    private static void headers(Buffer out, MultiMap headers) {
        // Not size(), which counts names: a name may have several values.
        List<Map.Entry<String, String>> entries = headers.entries();
        out.appendInt(entries.size());
        for (Map.Entry<String, String> header : entries) {
            text(out, header.getKey());
            text(out, header.getValue());
        }
    }

    private static Buffer text(Buffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return out.appendInt(bytes.length).appendBytes(bytes);
    }

    private static Buffer bytes(Buffer out, Buffer bytes) {
        return out.appendInt(bytes.length()).appendBuffer(bytes);
    }

    /** Reads one message from the start; the bodies it returns share the message's memory. */
    static final class Reader {
        private final Buffer in;
        private final Kind kind;
        private int at = 2;

        /** Fails with {@link IllegalArgumentException} when the version or the kind is not known here. */
        Reader(Buffer in) {
            this.in = in;
            if (in.length() < 2 || in.getByte(0) != VERSION) {
                throw new IllegalArgumentException("bus message of unknown version "
                        + (in.length() == 0 ? "(empty)" : Byte.toString(in.getByte(0))));
            }
            int ordinal = in.getByte(1);
            if (ordinal < 0 || ordinal >= Kind.ALL.length) {
                throw new IllegalArgumentException("bus message of unknown kind " + ordinal);
            }
            kind = Kind.ALL[ordinal];
        }

        Kind kind() {
            return kind;
        }

        Request request() {
            Duration timeout = Duration.ofMillis(number());
            String sender = text();
            Buffer proof = bytes();
            return new Request(new BusRequest(text(), text(), headers(), bytes(), timeout), sender, proof);
        }

        Pull pull() {
            return new Pull(number(), number(), integer(), integer());
        }

        List<Held> check() {
            int count = integer();
            List<Held> pulls = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                pulls.add(new Held(number(), integer()));
            }
            return pulls;
        }

        List<Long> checked() {
            int count = integer();
            List<Long> missing = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                missing.add(number());
            }
            return missing;
        }

        long streamId() {
            return number();
        }

        BusReply whole() {
            return BusReply.whole(integer(), headers(), bytes());
        }

        StreamHead head() {
            return new StreamHead(integer(), headers(), text(), number());
        }

        Frames frames() {
            long sequence = number();
            int attempt = integer();
            Ending ending = Ending.ALL[in.getByte(at++)];
            String failure = text();
            int count = integer();
            List<Buffer> frames = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                frames.add(bytes());
            }
            return new Frames(sequence, attempt, frames, ending, failure);
        }

        String text() {
            return bytes().toString(StandardCharsets.UTF_8);
        }

        private MultiMap headers() {
            MultiMap headers = MultiMap.caseInsensitiveMultiMap();
            int count = integer();
            for (int i = 0; i < count; i++) {
                headers.add(text(), text());
            }
            return headers;
        }

        private Buffer bytes() {
            int length = integer();
            Buffer bytes = in.slice(at, at + length);
            at += length;
            return bytes;
        }

        private int integer() {
            int value = in.getInt(at);
            at += 4;
            return value;
        }

        private long number() {
            long value = in.getLong(at);
            at += 8;
            return value;
        }
    }
}
