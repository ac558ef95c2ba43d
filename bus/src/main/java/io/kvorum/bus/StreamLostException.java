package io.kvorum.bus;

/** The producer of a stream was out of reach for the silence limit, or forgot the stream; resume from the last frame's revision. */
public final class StreamLostException extends RuntimeException {
    public StreamLostException(String message) {
        super(message, null, false, false);
    }
}
