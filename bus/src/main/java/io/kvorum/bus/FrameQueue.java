package io.kvorum.bus;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of frames that its reader takes as a stream: what a server fills to answer a request with a stream.
 *
 * <p>Not thread-safe: all calls come from one context. A frame that the reader has asked for is handed on within {@link
 * #offer}; others wait. Frames offered before {@link #end} or {@link #fail} are delivered first.
 */
public final class FrameQueue implements BusStream, AutoCloseable {
    private final int maxFrames;
    private final long maxBytes;
    private final ArrayDeque<Buffer> waiting = new ArrayDeque<>();
    private final List<Runnable> onClose = new ArrayList<>(1);
    private long waitingBytes;
    private long demand = Long.MAX_VALUE;
    private boolean ending;
    private boolean finished;
    private boolean draining;
    private boolean ended;
    private Runnable onTaken = () -> {};
    private @Nullable Throwable failure;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Throwable> exceptionHandler;
    private @Nullable Handler<Void> endHandler;

    /**
     * @param maxFrames frames that may wait; more are refused
     * @param maxBytes bytes that may wait; one frame is always taken
     */
    public FrameQueue(int maxFrames, long maxBytes) {
        if (maxFrames < 1 || maxBytes < 1) {
            throw new IllegalArgumentException(
                    "bounds must be positive: " + maxFrames + " frames, " + maxBytes + " bytes");
        }
        this.maxFrames = maxFrames;
        this.maxBytes = maxBytes;
    }

    /**
     * Adds a frame.
     *
     * @return false when it was not taken: the queue is full (the reader is too slow), ended or closed
     */
    public boolean offer(Buffer frame) {
        if (ending || finished) {
            return false;
        }
        if (!waiting.isEmpty() && (waiting.size() >= maxFrames || waitingBytes + frame.length() > maxBytes)) {
            return false;
        }
        waiting.add(frame);
        waitingBytes += frame.length();
        drain();
        return true;
    }

    /** Ends the stream after the frames that wait. Idempotent. */
    public void end() {
        ending = true;
        drain();
    }

    /** Fails the stream after the frames that wait; the first end or failure counts. */
    public void fail(Throwable cause) {
        if (!ending) {
            failure = cause;
            end();
        }
    }

    /** Registers what to run, once, when the reader gives the stream up before its end; at once when it already has. */
    public void onClose(Runnable action) {
        if (finished && !ending) {
            action.run();
        } else {
            onClose.add(action);
        }
    }

    /** True once the reader gave up or the end was delivered. */
    public boolean isClosed() {
        return finished;
    }

    @Override
    public void close() {
        if (finished) {
            return;
        }
        finished = true;
        waiting.clear();
        waitingBytes = 0;
        List<Runnable> actions = List.copyOf(onClose);
        onClose.clear();
        actions.forEach(Runnable::run);
    }

    private void drain() {
        if (draining || handler == null) {
            return;
        }
        draining = true;
        int before = waiting.size();
        try {
            // The handler may pause, close or offer again; every turn looks at the state anew.
            while (!finished && demand > 0 && handler != null) {
                Buffer frame = waiting.poll();
                if (frame == null) {
                    break;
                }
                waitingBytes -= frame.length();
                if (demand != Long.MAX_VALUE) {
                    demand--;
                }
                handler.handle(frame);
            }
        } finally {
            draining = false;
        }
        if (!finished && ending && waiting.isEmpty()) {
            finished = true;
            ended = true;
            onClose.clear();
            tellEnd();
        } else if (!finished && waiting.size() < before) {
            onTaken.run();
        }
    }

    /** Calls the handler of the end once; it may be set after the end was reached. */
    private void tellEnd() {
        Throwable cause = failure;
        if (cause != null) {
            if (exceptionHandler != null) {
                ended = false;
                exceptionHandler.handle(cause);
            }
        } else if (endHandler != null) {
            ended = false;
            endHandler.handle(null);
        }
    }

    long waitingBytes() {
        return waitingBytes;
    }

    /** Registers what runs after the reader has taken frames that had waited. */
    void onTaken(Runnable action) {
        onTaken = action;
    }

    @Override
    public FrameQueue handler(@Nullable Handler<Buffer> handler) {
        this.handler = handler;
        drain();
        return this;
    }

    @Override
    public FrameQueue exceptionHandler(@Nullable Handler<Throwable> handler) {
        exceptionHandler = handler;
        if (ended) {
            tellEnd();
        }
        return this;
    }

    @Override
    public FrameQueue endHandler(@Nullable Handler<Void> handler) {
        endHandler = handler;
        if (ended) {
            tellEnd();
        }
        return this;
    }

    @Override
    public FrameQueue pause() {
        demand = 0;
        return this;
    }

    @Override
    public FrameQueue resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public FrameQueue fetch(long amount) {
        if (amount < 0) {
            throw new IllegalArgumentException("negative amount: " + amount);
        }
        demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
        drain();
        return this;
    }
}
