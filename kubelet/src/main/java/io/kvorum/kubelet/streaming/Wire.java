package io.kvorum.kubelet.streaming;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketBase;
import io.vertx.core.net.NetSocket;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection that carries bytes both ways. Belongs to one context. Closed by either side, by {@link #close}, or when
 * nothing came or went for the idle time-out; {@link #onClose} handlers run once each, whoever closed it.
 */
final class Wire {
    private static final long MOST_CHECK_MILLIS = 60_000;

    private final Context context;
    private final ReadStream<Buffer> in;
    private final WriteStream<Buffer> out;
    private final Runnable closing;
    private final List<Runnable> closeHandlers = new ArrayList<>();
    private final List<Runnable> drainHandlers = new ArrayList<>();
    private final Vertx vertx;
    private final long idleTimer;
    private @Nullable Handler<Buffer> handler;
    private long lastUsed = System.nanoTime();
    private boolean closed;

    private Wire(Vertx vertx, Duration idle, ReadStream<Buffer> in, WriteStream<Buffer> out, Runnable closing) {
        this.vertx = vertx;
        this.context = Objects.requireNonNull(Vertx.currentContext());
        this.in = in;
        this.out = out;
        this.closing = closing;
        in.handler(bytes -> {
            used();
            if (handler != null && !closed) {
                handler.handle(bytes);
            }
        });
        in.exceptionHandler(cause -> close());
        out.exceptionHandler(cause -> close());
        out.drainHandler(v -> List.copyOf(drainHandlers).forEach(Runnable::run));
        long check = Math.max(1, Math.min(MOST_CHECK_MILLIS, idle.toMillis() / 4));
        this.idleTimer = vertx.setPeriodic(check, t -> {
            if (System.nanoTime() - lastUsed > idle.toNanos()) {
                close();
            }
        });
    }

    /** Takes a connection over; it must be called on the connection's context, before its first bytes are lost. */
    static Wire of(Vertx vertx, Duration idle, NetSocket socket) {
        Wire wire = new Wire(vertx, idle, socket, socket, socket::close);
        socket.closeHandler(v -> wire.gone());
        return wire;
    }

    /** The binary messages of a WebSocket as one stream of bytes. */
    static Wire of(Vertx vertx, Duration idle, ServerWebSocket socket) {
        Wire wire = new Wire(vertx, idle, socket, socket, () -> close(socket));
        socket.closeHandler(v -> wire.gone());
        return wire;
    }

    private static void close(WebSocketBase socket) {
        if (!socket.isClosed()) {
            socket.close();
        }
    }

    void handler(Handler<Buffer> handler) {
        this.handler = handler;
    }

    /** Adds a handler; when the wire is closed already it runs at once. */
    void onClose(Runnable handler) {
        if (closed) {
            handler.run();
        } else {
            closeHandlers.add(handler);
        }
    }

    /** Adds a handler that runs whenever a full queue has room again. */
    void onDrain(Runnable handler) {
        drainHandlers.add(handler);
    }

    /** Notes that something passed by other ways than {@link #write}. */
    void used() {
        lastUsed = System.nanoTime();
    }

    void write(Buffer bytes) {
        used();
        if (!closed) {
            out.write(bytes);
        }
    }

    /** Whether whoever writes should wait for {@link #onDrain}. */
    boolean full() {
        return !closed && out.writeQueueFull();
    }

    void pause() {
        in.pause();
    }

    void resume() {
        in.resume();
    }

    Context context() {
        return context;
    }

    boolean closed() {
        return closed;
    }

    /** Sends what is written and closes. */
    void close() {
        if (!closed) {
            closing.run();
            gone();
        }
    }

    /** Leaves the closing to the other side; closes when that has not happened in time. */
    void closeAfter(Duration limit) {
        long timer = vertx.setTimer(limit.toMillis(), t -> close());
        onClose(() -> vertx.cancelTimer(timer));
    }

    private void gone() {
        if (closed) {
            return;
        }
        closed = true;
        vertx.cancelTimer(idleTimer);
        // Whoever waits for room must not wait for ever.
        List.copyOf(drainHandlers).forEach(Runnable::run);
        List.copyOf(closeHandlers).forEach(Runnable::run);
        closeHandlers.clear();
    }
}
