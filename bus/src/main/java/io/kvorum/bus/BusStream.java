package io.kvorum.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/** A stream of frames that its receiver can give up. */
public interface BusStream extends ReadStream<Buffer> {
    /** Tells the producer to stop and drops what has not been delivered; no handler is called afterwards. Idempotent. */
    void close();
}
