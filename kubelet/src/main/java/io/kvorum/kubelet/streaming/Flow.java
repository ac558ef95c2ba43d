package io.kvorum.kubelet.streaming;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;

/** Joins a stream that is read to one that is written; the reading stops while the other is full. */
final class Flow {
    private Flow() {}

    /** Starts; {@code ended} runs when {@code from} has ended. */
    static void join(ReadStream<Buffer> from, WriteStream<Buffer> to, Runnable ended) {
        to.drainHandler(v -> from.resume());
        from.endHandler(v -> ended.run());
        from.handler(chunk -> {
            to.write(chunk);
            if (to.writeQueueFull()) {
                from.pause();
            }
        });
        from.resume();
    }
}
