package io.kvorum.gateway.proxy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;

/** Moves a body from one side to the other no faster than that one takes it. */
final class Streams {
    private Streams() {}

    /**
     * Hands on every buffer and pauses the source while the sink is full. What happens at the end, and at a failure of
     * either, is the caller's.
     *
     * @param from paused
     */
    static void pump(ReadStream<Buffer> from, WriteStream<Buffer> to, Runnable ended) {
        from.handler(buffer -> {
            to.write(buffer);
            if (to.writeQueueFull()) {
                from.pause();
                to.drainHandler(drained -> from.resume());
            }
        });
        from.endHandler(end -> ended.run());
        from.resume();
    }
}
