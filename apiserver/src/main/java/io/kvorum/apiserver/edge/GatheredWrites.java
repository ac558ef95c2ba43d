package io.kvorum.apiserver.edge;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Streams whose frames of one turn of the event loop go out as one write: one chunk, one TLS record, one system call. With
 * many watchers that is most of what an event costs. After sending to many the next sending waits for as long as that took, so
 * that sending leaves the loop time for all else, and the busier it is the more is gathered; with a few watchers that while
 * is far below a millisecond.
 *
 * <p>Streams that send the same frames in the same order, as watchers of one collection do, share what is gathered: a frame
 * costs each of them a look-up, and all of them one copy.
 *
 * <p>Not thread-safe: all calls come from one event loop.
 */
final class GatheredWrites {
    /** A stream with so much in one turn does not wait for its end, so that its back-pressure is seen. */
    private static final int MOST_BYTES = 256 << 10;

    private final Vertx vertx;
    private long notBefore = System.nanoTime();
    private List<Stream> waiting = new ArrayList<>();
    private final Run none = new Run(null, Buffer.buffer());

    GatheredWrites(Vertx vertx) {
        this.vertx = vertx;
    }

    WriteStream<Buffer> to(WriteStream<Buffer> out) {
        return new Stream(out);
    }

    /** Whether no frame is held. */
    boolean isEmpty() {
        return none.next.isEmpty();
    }

    private void schedule(Stream stream) {
        if (waiting.isEmpty()) {
            Context context = vertx.getOrCreateContext();
            long rest = notBefore - System.nanoTime();
            if (rest < TimeUnit.MILLISECONDS.toNanos(1)) {
                context.runOnContext(turn -> flush());
            } else {
                vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(rest), timer -> flush());
            }
        }
        waiting.add(stream);
    }

    private void flush() {
        long began = System.nanoTime();
        List<Stream> now = waiting;
        waiting = new ArrayList<>(now.size());
        now.forEach(Stream::flush);
        none.forget();
        long ended = System.nanoTime();
        notBefore = ended + (ended - began);
    }

    /** Frames in their order, as the end of a path that streams with the same frames go together. */
    private static final class Run {
        private final @Nullable Run before;
        private final Buffer last;
        private final int length;
        private final Map<Buffer, Run> next = new IdentityHashMap<>(2);
        private @Nullable Run latest;
        private @Nullable Buffer whole;

        Run(@Nullable Run before, Buffer last) {
            this.before = before;
            this.last = last;
            this.length = (before == null ? 0 : before.length) + last.length();
        }

        Run with(Buffer frame) {
            Run known = latest;
            // As it nearly always is: one frame is written to all streams before the next is.
            if (known != null && known.last == frame) {
                return known;
            }
            known = next.computeIfAbsent(frame, first -> new Run(this, first));
            latest = known;
            return known;
        }

        void forget() {
            next.clear();
            latest = null;
        }

        Buffer whole() {
            if (whole == null) {
                whole = length == last.length() ? last : joined();
            }
            return whole;
        }

        private Buffer joined() {
            byte[] all = new byte[length];
            for (Run run = this; run != null; run = run.before) {
                run.last.getBytes(all, run.length - run.last.length());
            }
            return Buffer.buffer(all);
        }
    }

    private final class Stream implements WriteStream<Buffer> {
        private final WriteStream<Buffer> out;
        private Run gathered = none;
        private boolean scheduled;

        /** Asked after every frame; only what is sent can make it full. */
        private boolean full;

        Stream(WriteStream<Buffer> out) {
            this.out = out;
        }

        @Override
        public Future<Void> write(Buffer frame) {
            gathered = gathered.with(frame);
            // Also for what is sent at once: the end of the turn is when what streams could share is let go of.
            if (!scheduled) {
                scheduled = true;
                schedule(this);
            }
            if (gathered.length >= MOST_BYTES) {
                return send();
            }
            return Future.succeededFuture();
        }

        private void flush() {
            scheduled = false;
            send();
        }

        private Future<Void> send() {
            Run all = gathered;
            gathered = none;
            if (all == none) {
                return Future.succeededFuture();
            }
            // A failure is told to the handler of exceptions, as for every write.
            Future<Void> sent = out.write(all.whole());
            full = out.writeQueueFull();
            return sent;
        }

        @Override
        public Future<Void> end() {
            send();
            return out.end();
        }

        @Override
        public boolean writeQueueFull() {
            full = full && out.writeQueueFull();
            return full;
        }

        @Override
        public WriteStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
            out.exceptionHandler(handler);
            return this;
        }

        @Override
        public WriteStream<Buffer> setWriteQueueMaxSize(int size) {
            out.setWriteQueueMaxSize(size);
            return this;
        }

        @Override
        public WriteStream<Buffer> drainHandler(@Nullable Handler<Void> handler) {
            out.drainHandler(handler);
            return this;
        }
    }
}
