package io.kvorum.kubelet.streaming;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocking pipes as streams. Each read or write that is under way takes a thread; how many there are is bounded by the
 * number of sessions that the server lets in.
 */
final class Pipes {
    private static final Logger LOG = LoggerFactory.getLogger(Pipes.class);
    private static final int CHUNK = 64 << 10;
    /** Bytes that wait to be written to a pipe before its writer is held up. */
    private static final int MAX_WAITING = 256 << 10;

    private final ExecutorService threads;

    Pipes() {
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "kubelet-stream-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    void close() {
        threads.shutdownNow();
    }

    /** Runs what blocks; the future completes on {@code context}. */
    <T extends @Nullable Object> Future<T> call(Context context, Callable<T> work) {
        Promise<T> promise = Promise.promise();
        try {
            threads.execute(() -> {
                try {
                    T result = work.call();
                    context.runOnContext(v -> promise.complete(result));
                } catch (Exception e) {
                    context.runOnContext(v -> promise.fail(e));
                }
            });
        } catch (RejectedExecutionException e) {
            promise.fail(e);
        }
        return promise.future();
    }

    Future<Void> run(Context context, Action work) {
        return call(context, () -> {
            work.run();
            return null;
        });
    }

    /** Something that blocks and may fail. */
    interface Action {
        void run() throws IOException;
    }

    ReadStream<Buffer> source(InputStream in) {
        return new Source(currentContext(), in);
    }

    WriteStream<Buffer> sink(OutputStream out) {
        return new Sink(currentContext(), out);
    }

    private static Context currentContext() {
        Context context = Vertx.currentContext();
        if (context == null) {
            throw new IllegalStateException("a pipe is opened outside of a context");
        }
        return context;
    }

    /** Reads a pipe when there is demand. */
    private final class Source implements ReadStream<Buffer> {
        private final Context context;
        private final InputStream in;
        private final byte[] chunk = new byte[CHUNK];
        private long demand = Long.MAX_VALUE;
        private boolean reading;
        private boolean ended;
        private @Nullable Buffer kept;
        private @Nullable Handler<Buffer> handler;
        private @Nullable Handler<Void> endHandler;

        Source(Context context, InputStream in) {
            this.context = context;
            this.in = in;
        }

        private void pump() {
            if (handler == null || demand <= 0 || ended) {
                return;
            }
            Buffer next = kept;
            if (next != null) {
                kept = null;
                emit(next);
            }
            if (reading || demand <= 0) {
                return;
            }
            reading = true;
            call(context, () -> in.read(chunk)).onComplete(done -> {
                reading = false;
                // A pipe whose other end is gone has ended, however that shows.
                int count = done.succeeded() ? done.result() : -1;
                if (count < 0) {
                    ended = true;
                    if (endHandler != null) {
                        endHandler.handle(null);
                    }
                    return;
                }
                Buffer bytes = Buffer.buffer(count).appendBytes(chunk, 0, count);
                if (demand > 0 && handler != null) {
                    emit(bytes);
                } else {
                    kept = bytes;
                }
                pump();
            });
        }

        private void emit(Buffer bytes) {
            if (demand != Long.MAX_VALUE) {
                demand--;
            }
            if (handler != null) {
                handler.handle(bytes);
            }
        }

        @Override
        public Source handler(@Nullable Handler<Buffer> handler) {
            this.handler = handler;
            pump();
            return this;
        }

        @Override
        public Source endHandler(@Nullable Handler<Void> handler) {
            this.endHandler = handler;
            if (ended && handler != null) {
                handler.handle(null);
            }
            return this;
        }

        @Override
        public Source exceptionHandler(@Nullable Handler<Throwable> handler) {
            return this;
        }

        @Override
        public Source pause() {
            demand = 0;
            return this;
        }

        @Override
        public Source resume() {
            return fetch(Long.MAX_VALUE);
        }

        @Override
        public Source fetch(long amount) {
            demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
            pump();
            return this;
        }
    }

    /** Writes to a pipe, one chunk after the other; once its reader is gone everything is thrown away. */
    private final class Sink implements WriteStream<Buffer> {
        private final Context context;
        private final OutputStream out;
        private final Queue<Buffer> waiting = new ArrayDeque<>();
        private long bytes;
        private boolean writing;
        private boolean ended;
        private boolean broken;
        private @Nullable Handler<Void> drainHandler;
        private final Promise<Void> end = Promise.promise();

        Sink(Context context, OutputStream out) {
            this.context = context;
            this.out = out;
        }

        private void pump() {
            if (writing) {
                return;
            }
            Buffer next = waiting.poll();
            if (next == null) {
                if (ended && !end.future().isComplete()) {
                    writing = true;
                    Pipes.this.run(context, out::close).onComplete(done -> end.tryComplete());
                }
                return;
            }
            writing = true;
            byte[] chunk = next.getBytes();
            Pipes.this
                    .run(context, () -> {
                        out.write(chunk);
                        out.flush();
                    })
                    .onComplete(done -> {
                        writing = false;
                        bytes -= chunk.length;
                        if (done.failed() && !broken) {
                            LOG.debug(
                                    "nobody reads a standard input any more cause={}",
                                    done.cause().toString());
                            broken = true;
                            waiting.clear();
                            bytes = 0;
                        }
                        Handler<Void> told = drainHandler;
                        if (told != null && bytes <= MAX_WAITING / 2) {
                            told.handle(null);
                        }
                        pump();
                    });
        }

        @Override
        public Future<Void> write(Buffer chunk) {
            if (!broken && !ended) {
                waiting.add(chunk);
                bytes += chunk.length();
                pump();
            }
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> end() {
            ended = true;
            pump();
            return end.future();
        }

        @Override
        public boolean writeQueueFull() {
            return bytes > MAX_WAITING;
        }

        @Override
        public Sink drainHandler(@Nullable Handler<Void> handler) {
            drainHandler = handler;
            return this;
        }

        @Override
        public Sink exceptionHandler(@Nullable Handler<Throwable> handler) {
            return this;
        }

        @Override
        public Sink setWriteQueueMaxSize(int size) {
            return this;
        }
    }
}
