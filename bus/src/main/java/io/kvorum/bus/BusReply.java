package io.kvorum.bus;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link BusRequest}: a whole body, or a stream of frames whose boundaries are kept.
 *
 * @param status HTTP status code
 * @param headers case-insensitive names; never null
 * @param body the whole body; empty when {@code stream} is set
 * @param stream frames in order, each once; null when the body is whole. On the sending side any {@link ReadStream}
 *     (see {@link FrameQueue}); on the receiving side it fails with {@link StreamLostException} when the sender is out
 *     of reach, and ends when the sender ended it. The receiver cancels it by {@link BusStream#close}.
 */
public record BusReply(
        int status, MultiMap headers, Buffer body, @Nullable ReadStream<Buffer> stream) {
    public static BusReply whole(int status, MultiMap headers, Buffer body) {
        return new BusReply(status, headers, body, null);
    }

    public static BusReply stream(int status, MultiMap headers, ReadStream<Buffer> stream) {
        return new BusReply(status, headers, Buffer.buffer(), stream);
    }
}
