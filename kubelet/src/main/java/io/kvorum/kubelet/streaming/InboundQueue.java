package io.kvorum.kubelet.streaming;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived for one stream and has not been taken yet. Tells its owner when it holds more than it should and when
 * it has been emptied again. Belongs to one context.
 */
final class InboundQueue implements ReadStream<Buffer> {
    /** Bytes above which the sender is to be held up. */
    static final int HIGH_WATER = 256 << 10;

    private final Handler<Boolean> overfull;
    private final Queue<Buffer> chunks = new ArrayDeque<>();
    private long bytes;
    private long demand = Long.MAX_VALUE;
    private boolean ended;
    private boolean told;
    private boolean full;
    private boolean discarding;
    private boolean emitting;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;

    /** @param overfull told {@code true} when the sender is to be held up and {@code false} when it may go on */
    InboundQueue(Handler<Boolean> overfull) {
        this.overfull = overfull;
    }

    void add(Buffer chunk) {
        if (ended || discarding || chunk.length() == 0) {
            return;
        }
        chunks.add(chunk);
        bytes += chunk.length();
        emit();
        mark();
    }

    /** Nothing more will come; told to the reader after what is queued. */
    void end() {
        ended = true;
        emit();
    }

    /** Nobody will read any more: what comes is thrown away. */
    void discard() {
        discarding = true;
        chunks.clear();
        bytes = 0;
        mark();
    }

    private void emit() {
        if (emitting) {
            return;
        }
        emitting = true;
        try {
            while (handler != null && demand > 0 && !chunks.isEmpty()) {
                Buffer next = chunks.remove();
                bytes -= next.length();
                if (demand != Long.MAX_VALUE) {
                    demand--;
                }
                handler.handle(next);
            }
        } finally {
            emitting = false;
        }
        if (ended && !told && chunks.isEmpty() && demand > 0 && endHandler != null) {
            told = true;
            endHandler.handle(null);
        }
        mark();
    }

    private void mark() {
        if (!full && bytes > HIGH_WATER) {
            full = true;
            overfull.handle(true);
        } else if (full && bytes <= HIGH_WATER / 2) {
            full = false;
            overfull.handle(false);
        }
    }

    @Override
    public InboundQueue handler(@Nullable Handler<Buffer> handler) {
        this.handler = handler;
        emit();
        return this;
    }

    @Override
    public InboundQueue endHandler(@Nullable Handler<Void> handler) {
        this.endHandler = handler;
        emit();
        return this;
    }

    @Override
    public InboundQueue exceptionHandler(@Nullable Handler<Throwable> handler) {
        // It never fails: a lost connection is told by the wire.
        return this;
    }

    @Override
    public InboundQueue pause() {
        demand = 0;
        return this;
    }

    @Override
    public InboundQueue resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public InboundQueue fetch(long amount) {
        demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
        emit();
        return this;
    }
}
