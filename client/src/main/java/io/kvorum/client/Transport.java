package io.kvorum.client;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Carries single requests to an API server: over the bus or over HTTPS. */
interface Transport {
    /**
     * Sends one request, once. Fails with {@link Unavailable} when no answer came in time.
     *
     * @param uri path and query
     * @param body null for none; then {@code contentType} is null too
     * @param frames where a streamed answer goes, null when the answer is to be whole
     */
    Future<Answer> send(
            String method,
            String uri,
            @Nullable String contentType,
            @Nullable Buffer body,
            Duration timeout,
            @Nullable Frames frames);

    /** An answer of any status; {@code body} is empty when the answer is streamed. */
    record Answer(
            int status,
            Buffer body,
            @Nullable String retryAfter,
            @Nullable Stream stream) {}

    /** A streamed answer that is being delivered. */
    interface Stream {
        /** Gives the stream up; nothing is delivered afterwards. Idempotent. */
        void close();
    }

    /** Receives a streamed answer, one JSON text a frame. */
    interface Frames {
        void frame(Buffer json);

        /** The stream is over; null when the server ended it. */
        void end(@Nullable Throwable cause);
    }

    /** No answer. When {@code indeterminate}, the request may have been carried out all the same. */
    final class Unavailable extends RuntimeException {
        private final boolean indeterminate;

        Unavailable(String message, boolean indeterminate) {
            super(message, null, false, false);
            this.indeterminate = indeterminate;
        }

        boolean indeterminate() {
            return indeterminate;
        }
    }
}
