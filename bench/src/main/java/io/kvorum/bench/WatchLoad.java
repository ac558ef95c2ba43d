package io.kvorum.bench;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Many watchers of one collection while its objects change at a constant rate: how many events reach them all, and how long
 * after the change was sent. Changes are sent when they are due, whether those before are answered or not, and latencies
 * count from when they were due, so that a stall is not left out.
 */
final class WatchLoad {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final int OBJECTS = 50;
    private static final byte[] MARK = "\"sent\":\"".getBytes(StandardCharsets.US_ASCII);

    /** Of so many events a watcher looks into one; the others are counted. */
    private static final int SAMPLE = 10;

    private static final byte LINE_FEED = '\n';
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private final ApiLoad changes;
    private final ApiLoad streams;
    private final int watchers;
    private final int rate;
    private final Duration window;
    private final Histogram latency = new Histogram(TimeUnit.MINUTES.toMicros(2), 3);
    private final AtomicLong events = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** When the changes began, in nanoseconds of this machine's clock. */
    private volatile long started = Long.MAX_VALUE;

    /**
     * @param changes sends the changes
     * @param streams has a connection for every watcher
     * @param rate changes a second
     */
    WatchLoad(ApiLoad changes, ApiLoad streams, int watchers, int rate, Duration window) {
        this.changes = changes;
        this.streams = streams;
        this.watchers = watchers;
        this.rate = rate;
        this.window = window;
    }

    /** Makes the objects that are watched, once in a cluster. */
    static void create(ApiLoad api) throws Exception {
        for (int i = 0; i < OBJECTS; i++) {
            api.post(MAPS, body(i, 0));
        }
    }

    /** What there is to say, as one line. */
    String run() throws Exception {
        CountDownLatch open = new CountDownLatch(watchers);
        for (int i = 0; i < watchers; i++) {
            streams.stream(
                    MAPS + "?watch=1&timeoutSeconds=600&labelSelector=load%3Dwatch",
                    new Reader(open),
                    failed -> failure.compareAndSet(null, failed));
        }
        if (!open.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException(open.getCount() + " watches did not open: " + failure.get());
        }
        long expected = (long) watchers * OBJECTS;
        await(expected);
        events.set(0);
        started = System.nanoTime();
        int count = (int) (rate * window.toSeconds());
        List<CompletableFuture<Void>> answers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long due = started + (long) i * TimeUnit.SECONDS.toNanos(1) / rate;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                TimeUnit.NANOSECONDS.sleep(left);
            }
            answers.add(changes.put(MAPS + "/watched-" + i % OBJECTS, body(i % OBJECTS, due)));
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        double wrote = (System.nanoTime() - started) / 1e9;
        await((long) watchers * count);
        double took = (System.nanoTime() - started) / 1e9;
        synchronized (latency) {
            return String.format(
                    "%d watchers, %.0f changes/s: %.0f events/s; change to watcher p50 %.1f, p99 %.1f, max %.1f ms",
                    watchers,
                    count / wrote,
                    events.get() / took,
                    latency.getValueAtPercentile(50) / 1e3,
                    latency.getValueAtPercentile(99) / 1e3,
                    latency.getMaxValue() / 1e3);
        }
    }

    private void await(long count) throws InterruptedException {
        long deadline = System.nanoTime() + DRAIN.toNanos();
        while (events.get() < count) {
            Throwable cause = failure.get();
            if (cause != null) {
                throw new IllegalStateException("a watch ended: " + cause.getMessage(), cause);
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(events.get() + " of " + count + " events came");
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static String body(int object, long due) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"watched-" + object
                + "\",\"labels\":{\"load\":\"watch\"}},\"data\":{\"sent\":\"" + due + "\"}}";
    }

    /** Counts the lines of one watch. Called by the client's event loop. */
    private final class Reader implements Consumer<Buffer> {
        private final CountDownLatch open;
        private boolean first = true;
        private boolean atStart = true;
        private long seen;

        Reader(CountDownLatch open) {
            this.open = open;
        }

        @Override
        public void accept(Buffer chunk) {
            long now = System.nanoTime();
            if (first) {
                first = false;
                open.countDown();
            }
            // Without a copy: this client must not be what limits the server it shares a machine with.
            ByteBuf bytes = ((BufferInternal) chunk).getByteBuf();
            int from = bytes.readerIndex();
            int end = bytes.writerIndex();
            int lines = 0;
            for (int at = bytes.indexOf(from, end, LINE_FEED); at >= 0; at = bytes.indexOf(from, end, LINE_FEED)) {
                lines++;
                // A line that came in two parts is counted, but not looked into.
                if (seen++ % SAMPLE == 0 && atStart) {
                    byte[] line = new byte[at - from];
                    bytes.getBytes(from, line);
                    look(line, now);
                }
                atStart = true;
                from = at + 1;
            }
            atStart = from == end;
            events.addAndGet(lines);
        }

        private void look(byte[] line, long now) {
            int at = afterMark(line);
            if (at < 0) {
                return;
            }
            long due = 0;
            for (int i = at; i < line.length && line[i] != '"'; i++) {
                due = due * 10 + line[i] - '0';
            }
            // What a round before this one wrote last comes with the start of the watch.
            if (due >= started) {
                synchronized (latency) {
                    latency.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(now - due)));
                }
            }
        }

        private static int afterMark(byte[] bytes) {
            for (int i = 0; i + MARK.length < bytes.length; i++) {
                int m = 0;
                while (m < MARK.length && bytes[i + m] == MARK[m]) {
                    m++;
                }
                if (m == MARK.length) {
                    return i + m;
                }
            }
            return -1;
        }
    }
}
