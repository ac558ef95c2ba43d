package io.kvorum.kubelet.streaming;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/** One outgoing stream of a session, framed onto the session's wire. Writes after its end are dropped. */
abstract class Outbound implements WriteStream<Buffer> {
    private final Wire wire;
    private boolean ended;
    private @Nullable Handler<Void> drainHandler;

    Outbound(Wire wire) {
        this.wire = wire;
    }

    /** Puts one chunk on the wire. */
    abstract void send(Buffer chunk);

    /** Says that nothing more will come. */
    abstract void sendEnd();

    /** Called by the session when the wire has room again. */
    final void drained() {
        Handler<Void> waiting = drainHandler;
        if (waiting != null) {
            waiting.handle(null);
        }
    }

    @Override
    public final Future<Void> write(Buffer chunk) {
        if (!ended && chunk.length() > 0) {
            send(chunk);
        }
        return Future.succeededFuture();
    }

    @Override
    public final Future<Void> end() {
        if (!ended) {
            ended = true;
            sendEnd();
        }
        return Future.succeededFuture();
    }

    @Override
    public final boolean writeQueueFull() {
        return wire.full();
    }

    @Override
    public final Outbound drainHandler(@Nullable Handler<Void> handler) {
        drainHandler = handler;
        return this;
    }

    @Override
    public final Outbound exceptionHandler(@Nullable Handler<Throwable> handler) {
        // A lost connection is told by the wire.
        return this;
    }

    @Override
    public final Outbound setWriteQueueMaxSize(int size) {
        // The queue is the wire's.
        return this;
    }
}
