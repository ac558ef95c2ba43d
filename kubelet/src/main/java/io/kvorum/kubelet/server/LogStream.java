package io.kvorum.kubelet.server;

import io.kvorum.bus.BusStream;
import io.kvorum.kubelet.logs.ContainerLog;
import io.kvorum.kubelet.logs.LogReader;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** A container's log as a stream, read on demand from the files. Belongs to the context it was created on. */
public final class LogStream implements BusStream {
    private final Context context;
    private final WorkerExecutor workers;
    private final ContainerLog log;
    private final LogReader reader;
    private final boolean follow;
    private final Runnable onGrowth;
    private long demand = Long.MAX_VALUE;
    private boolean reading;
    private boolean again;
    private boolean closed;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Throwable> exceptionHandler;
    private @Nullable Handler<Void> endHandler;

    public LogStream(Vertx vertx, WorkerExecutor workers, ContainerLog log, LogReader reader, boolean follow) {
        this.context = vertx.getOrCreateContext();
        this.workers = workers;
        this.log = log;
        this.reader = reader;
        this.follow = follow;
        this.onGrowth = () -> context.runOnContext(v -> read());
        if (follow) {
            log.addListener(onGrowth);
        }
    }

    private void read() {
        if (closed || handler == null || demand <= 0) {
            return;
        }
        if (reading) {
            again = true;
            return;
        }
        reading = true;
        again = false;
        // Asked first: what was written before the end was seen is read after it.
        boolean last = !follow || log.ended();
        workers.executeBlocking(reader::next, false).onComplete(done -> {
            reading = false;
            if (closed) {
                return;
            }
            if (done.failed()) {
                close();
                if (exceptionHandler != null) {
                    exceptionHandler.handle(done.cause());
                }
                return;
            }
            byte[] bytes = done.result();
            if (bytes.length > 0) {
                if (demand != Long.MAX_VALUE) {
                    demand--;
                }
                if (handler != null) {
                    handler.handle(Buffer.buffer(bytes));
                }
                read();
            } else if (last || reader.exhausted()) {
                close();
                if (endHandler != null) {
                    endHandler.handle(null);
                }
            } else if (again || log.ended()) {
                read();
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        log.removeListener(onGrowth);
    }

    @Override
    public LogStream handler(@Nullable Handler<Buffer> handler) {
        this.handler = handler;
        read();
        return this;
    }

    @Override
    public LogStream exceptionHandler(@Nullable Handler<Throwable> handler) {
        exceptionHandler = handler;
        return this;
    }

    @Override
    public LogStream endHandler(@Nullable Handler<Void> handler) {
        endHandler = handler;
        return this;
    }

    @Override
    public LogStream pause() {
        demand = 0;
        return this;
    }

    @Override
    public LogStream resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public LogStream fetch(long amount) {
        demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
        read();
        return this;
    }
}
