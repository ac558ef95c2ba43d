package io.kvorum.apiserver.request;

import io.kvorum.bus.BusStream;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** Another stream that tells, once, when it is over: read to its end, broken off, or given up. Belongs to one context. */
final class EndingStream implements BusStream {
    private final ReadStream<Buffer> source;
    private final Runnable onEnd;
    private boolean over;

    /** @param source nobody has set handlers of it yet */
    EndingStream(ReadStream<Buffer> source, Runnable onEnd) {
        this.source = source;
        this.onEnd = onEnd;
    }

    private void over() {
        if (!over) {
            over = true;
            onEnd.run();
        }
    }

    @Override
    public void close() {
        release(source);
        over();
    }

    /** Gives up what a stream holds, if it holds anything. */
    static void release(@Nullable ReadStream<Buffer> stream) {
        if (stream instanceof BusStream given) {
            given.close();
        } else if (stream instanceof ClosableStream held) {
            held.close();
        }
    }

    @Override
    public EndingStream endHandler(@Nullable Handler<Void> handler) {
        source.endHandler(
                handler == null
                        ? null
                        : end -> {
                            over();
                            handler.handle(end);
                        });
        return this;
    }

    @Override
    public EndingStream exceptionHandler(@Nullable Handler<Throwable> handler) {
        source.exceptionHandler(
                handler == null
                        ? null
                        : cause -> {
                            over();
                            handler.handle(cause);
                        });
        return this;
    }

    @Override
    public EndingStream handler(@Nullable Handler<Buffer> handler) {
        source.handler(handler);
        return this;
    }

    @Override
    public EndingStream pause() {
        source.pause();
        return this;
    }

    @Override
    public EndingStream resume() {
        source.resume();
        return this;
    }

    @Override
    public EndingStream fetch(long amount) {
        source.fetch(amount);
        return this;
    }
}
