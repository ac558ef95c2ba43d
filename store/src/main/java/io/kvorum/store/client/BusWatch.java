package io.kvorum.store.client;

import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusStream;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.protocol.StoreProtocol;
import io.kvorum.store.protocol.WatchFrame;
import io.kvorum.store.protocol.WatchRequest;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch that outlives the members it runs at: on a lost stream, on silence, or when its member has fallen behind it
 * resumes at another from the revision after the last one received. Confined to the context it was opened on.
 */
final class BusWatch implements StoreWatch, LagMonitor.Watched {
    private static final Logger LOG = LoggerFactory.getLogger(BusWatch.class);

    /** Members give progress every second; nothing at all for this long means that something is wrong. */
    private static final long SILENCE_MILLIS = 4000;

    private static final long MIN_PAUSE_MILLIS = 20;
    private static final long MAX_PAUSE_MILLIS = 500;

    private final Vertx vertx;
    private final Context context;
    private final StoreRoute route;
    private final LagMonitor lag;
    private final KeyRange range;
    private final boolean previous;
    private final WatchHandler handler;

    private long next;
    private int failures;

    /** Number of the connection in use; what an older one still says is ignored. */
    private int connection;

    private @Nullable String member;
    private @Nullable ReadStream<Buffer> stream;
    private long silenceTimer = -1;
    private boolean closed;

    private BusWatch(
            Vertx vertx,
            StoreRoute route,
            LagMonitor lag,
            KeyRange range,
            long start,
            boolean previous,
            WatchHandler handler) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.route = route;
        this.lag = lag;
        this.range = range;
        this.next = start;
        this.previous = previous;
        this.handler = handler;
    }

    static BusWatch open(
            Vertx vertx,
            StoreRoute route,
            LagMonitor lag,
            KeyRange range,
            long start,
            boolean previous,
            WatchHandler handler) {
        BusWatch watch = new BusWatch(vertx, route, lag, range, start, previous, handler);
        watch.context.runOnContext(v -> {
            lag.add(watch);
            watch.connect(null);
        });
        return watch;
    }

    @Override
    public void close() {
        if (Vertx.currentContext() == context) {
            end();
        } else {
            context.runOnContext(v -> end());
        }
    }

    private void end() {
        closed = true;
        lag.remove(this);
        disconnect();
    }

    private void disconnect() {
        connection++;
        vertx.cancelTimer(silenceTimer);
        if (stream instanceof BusStream lost) {
            lost.close();
        }
        stream = null;
    }

    private void connect(@Nullable String to) {
        if (closed) {
            return;
        }
        int number = ++connection;
        Buffer body = Buffer.buffer(new WatchRequest(range, next, previous).encode());
        route.sendOnce(to, StoreProtocol.WATCH, body)
                .onComplete(opened -> context.runOnContext(v -> opened(number, opened)));
    }

    private void opened(int number, AsyncResult<BusReply> opened) {
        ReadStream<Buffer> frames = opened.succeeded() ? opened.result().stream() : null;
        if (closed || number != connection) {
            if (frames instanceof BusStream late) {
                late.close();
            }
            return;
        }
        if (frames == null) {
            resume(opened.succeeded() ? "status " + opened.result().status() : String.valueOf(opened.cause()));
            return;
        }
        member = opened.result().headers().get(StoreProtocol.MEMBER);
        stream = frames;
        watchSilence(number);
        frames.exceptionHandler(e -> onContext(number, () -> resume(String.valueOf(e.getMessage()))));
        frames.endHandler(v -> onContext(number, () -> resume("the member ended the stream")));
        frames.handler(frame -> onContext(number, () -> received(number, frame)));
    }

    private void onContext(int number, Runnable task) {
        if (Vertx.currentContext() == context) {
            run(number, task);
        } else {
            context.runOnContext(v -> run(number, task));
        }
    }

    private void run(int number, Runnable task) {
        if (!closed && number == connection) {
            task.run();
        }
    }

    private void received(int number, Buffer bytes) {
        failures = 0;
        watchSilence(number);
        WatchFrame frame;
        try {
            frame = WatchFrame.decode(bytes.getBytes());
        } catch (MalformedException e) {
            resume("a frame is malformed: " + e.getMessage());
            return;
        }
        if (frame instanceof WatchFrame.Events events) {
            if (events.revision() >= next) {
                next = events.revision() + 1;
                handler.events(events.revision(), events.events());
            }
        } else if (frame instanceof WatchFrame.Progress progress) {
            // A member that is behind gives progress below what was received from another before.
            if (progress.revision() >= next - 1) {
                next = progress.revision() + 1;
                handler.progress(progress.revision());
            }
        } else if (frame instanceof WatchFrame.Compacted compacted) {
            end();
            handler.failed(new StoreException.Compacted(compacted.compactRevision()));
        } else if (frame instanceof WatchFrame.Failed failed) {
            resume(failed.message());
        }
    }

    private void watchSilence(int number) {
        vertx.cancelTimer(silenceTimer);
        silenceTimer =
                vertx.setTimer(SILENCE_MILLIS, id -> run(number, () -> resume("nothing heard for some seconds")));
    }

    @Override
    public void mustHave(long revision) {
        int number = connection;
        context.runOnContext(v -> run(number, () -> {
            if (stream != null && next <= revision) {
                resume("the member has fallen behind: revision " + (next - 1) + ", the store had " + revision);
            }
        }));
    }

    /** Goes on at another member. */
    private void resume(String why) {
        String left = member;
        LOG.debug("watch leaves member={} next={} reason={}", left, next, why);
        disconnect();
        long pause = Math.min(MAX_PAUSE_MILLIS, MIN_PAUSE_MILLIS << Math.min(failures++, 6));
        int number = connection;
        vertx.setTimer(
                ThreadLocalRandom.current().nextLong(pause) + 1, id -> run(number, () -> connect(route.anyBut(left))));
    }
}
