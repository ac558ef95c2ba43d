package io.kvorum.apiserver.request;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One answer.
 *
 * @param headers case-insensitive names, mutable: the pipeline adds its own
 * @param body of known length; empty when {@code stream} is set
 * @param stream a body without end, such as a watch; a {@link io.kvorum.bus.BusStream} is closed when the reader goes
 *     away
 * @param upgrade where the request is led on to instead of being answered; the status is 101 then
 */
public record ApiResponse(
        int status,
        MultiMap headers,
        ResponseBody body,
        @Nullable ReadStream<Buffer> stream,
        @Nullable Upgrade upgrade) {
    public static final String JSON = "application/json";

    public ApiResponse(int status, MultiMap headers, ResponseBody body, @Nullable ReadStream<Buffer> stream) {
        this(status, headers, body, stream, null);
    }

    public static ApiResponse upgrade(Upgrade to) {
        return new ApiResponse(101, MultiMap.caseInsensitiveMultiMap(), ResponseBody.EMPTY, null, to);
    }

    public static ApiResponse json(int status, byte[] body) {
        return of(status, JSON, ResponseBody.of(body));
    }

    public static ApiResponse text(int status, String body) {
        return of(status, "text/plain; charset=utf-8", ResponseBody.of(body.getBytes(StandardCharsets.UTF_8)));
    }

    public static ApiResponse of(int status, String contentType, ResponseBody body) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        headers.set("Content-Type", contentType);
        return new ApiResponse(status, headers, body, null);
    }

    public static ApiResponse stream(String contentType, ReadStream<Buffer> stream) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        headers.set("Content-Type", contentType);
        return new ApiResponse(200, headers, ResponseBody.EMPTY, stream);
    }

    /** Whether there is more to come when it has been given: a stream, or a connection to be led on. */
    public boolean goesOn() {
        return stream != null || upgrade != null;
    }

    /**
     * The same answer, which tells, once, when it is over: all has been read or passed on, or it was abandoned.
     *
     * @param action of an answer that {@link #goesOn}
     */
    public ApiResponse onEnd(Runnable action) {
        if (upgrade != null) {
            upgrade.ended().future().onComplete(over -> action.run());
            return this;
        }
        ReadStream<Buffer> source = Objects.requireNonNull(stream, "an answer that is given at once has no end");
        return new ApiResponse(status, headers, body, new EndingStream(source, action));
    }

    /** Lets go of what the answer would have come from: nobody reads it. Idempotent. */
    public void abandon() {
        EndingStream.release(stream);
        if (upgrade != null) {
            upgrade.ended().tryComplete();
        }
    }
}
