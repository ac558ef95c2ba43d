package io.kvorum.store.watch;

import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * The watches of one member. Whoever applies commands hands over the changes of each revision; each watch has a cursor
 * and takes what lies beyond it, from the history in memory or, when it has fallen behind that, from the versions kept in
 * the key space. So a slow watch costs its cursor only and loses nothing. Not final, so that tests can plant bugs.
 */
public class WatchHub {
    private static final int BATCH = 256;
    private static final long RETRY_MILLIS = 20;
    private static final long PROGRESS_MILLIS = 1000;

    private final Vertx vertx;
    private final Context context;
    private final Supplier<Snapshot> newest;
    private final EventHistory history;
    private final AtomicBoolean dispatchDue = new AtomicBoolean();

    /** Watches that are open or about to be; counted before such a watch first looks into the history. */
    private final AtomicInteger open = new AtomicInteger();

    private final Set<Watch> watches = new LinkedHashSet<>();
    private final List<CaughtUp> awaited = new ArrayList<>();
    private final long progressTimer;
    private boolean retryDue;

    /**
     * @param newest the state after the last command applied; read on any thread
     * @param maxRevisions most revisions kept in memory
     * @param maxBytes about how many bytes of changes are kept in memory
     */
    public WatchHub(Vertx vertx, Supplier<Snapshot> newest, int maxRevisions, long maxBytes) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.newest = newest;
        this.history = new EventHistory(newest.get().revision(), maxRevisions, maxBytes);
        this.progressTimer = vertx.setPeriodic(PROGRESS_MILLIS, id -> context.runOnContext(v -> progress()));
    }

    /** Takes the changes of the next revision. Any thread, one at a time, in order. */
    public void applied(Changes changes) {
        history.add(changes);
        dispatchSoon();
    }

    /** The store jumped to another state, as after the installation of a leader's snapshot. */
    public void restored(long revision) {
        history.reset(revision);
        dispatchSoon();
    }

    /**
     * Opens a watch.
     *
     * @param start first revision wanted; 0: what comes after now
     * @param previous whether events carry the version before
     */
    public Watch open(KeyRange range, long start, boolean previous, WatchSink sink) {
        open.incrementAndGet();
        Watch watch = new Watch(range, start <= 0 ? newest() : start - 1, previous, sink);
        context.runOnContext(v -> {
            if (watch.closed) {
                open.decrementAndGet();
            } else {
                watches.add(watch);
                watch.pump();
            }
        });
        return watch;
    }

    /** The newest revision that readers of the state can have seen; watches hear of it now, or in a moment. */
    public long newest() {
        return Math.max(history.newest(), newest.get().revision());
    }

    /** The revision before which nothing can be read; what happened before may still be in memory. */
    public long compacted() {
        return newest.get().compactRevision();
    }

    /** Sinks have room again. Any thread. */
    public void resume(Collection<Watch> stalled) {
        List<Watch> all = List.copyOf(stalled);
        context.runOnContext(v -> {
            all.forEach(Watch::pump);
            tellCaughtUp();
        });
    }

    /**
     * Calls back, on the hub's context, as soon as all of these watches that are still open were given everything up to
     * the newest revision as of now, with a revision up to which that holds.
     */
    public void whenCaughtUp(Collection<Watch> some, LongConsumer then) {
        CaughtUp waiting = new CaughtUp(List.copyOf(some), newest(), then);
        context.runOnContext(v -> {
            awaited.add(waiting);
            tellCaughtUp();
        });
    }

    private record CaughtUp(List<Watch> watches, long revision, LongConsumer then) {
        boolean holds() {
            return watches.stream().allMatch(watch -> watch.closed || watch.cursor >= revision);
        }

        /** Up to where all have seen everything. */
        long seen(long newest) {
            return watches.stream()
                    .filter(watch -> !watch.closed)
                    .mapToLong(watch -> watch.cursor)
                    .reduce(newest, Math::min);
        }
    }

    private void tellCaughtUp() {
        if (awaited.isEmpty()) {
            return;
        }
        List<CaughtUp> done = awaited.stream().filter(CaughtUp::holds).toList();
        awaited.removeAll(done);
        long newestNow = newest();
        done.forEach(one -> one.then().accept(one.seen(newestNow)));
    }

    /** Stops timers and forgets all watches without telling them. */
    public void close() {
        vertx.cancelTimer(progressTimer);
        context.runOnContext(v -> {
            watches.clear();
            awaited.clear();
        });
    }

    /** Where nobody watches, no thread is woken: with three members that is so at two of them most of the time. */
    private void dispatchSoon() {
        if (open.get() > 0 && dispatchDue.compareAndSet(false, true)) {
            context.runOnContext(v -> {
                dispatchDue.set(false);
                pumpAll();
            });
        }
    }

    private void pumpAll() {
        for (Watch watch : List.copyOf(watches)) {
            watch.pump();
        }
        tellCaughtUp();
    }

    private void retrySoon() {
        if (!retryDue) {
            retryDue = true;
            vertx.setTimer(
                    RETRY_MILLIS,
                    id -> context.runOnContext(v -> {
                        retryDue = false;
                        pumpAll();
                    }));
        }
    }

    private void progress() {
        for (Watch watch : List.copyOf(watches)) {
            watch.progress();
        }
    }

    /** One watch. */
    public final class Watch {
        private final KeyRange range;
        private final boolean previous;
        private final WatchSink sink;

        /** Everything up to and including this revision was taken by the sink. */
        private long cursor;

        /** Changes rebuilt from the key space, complete up to {@link #backlogEnd}. */
        private final Deque<Changes> backlog = new ArrayDeque<>();

        private long backlogEnd;
        private boolean scanning;
        private volatile boolean closed;

        private Watch(KeyRange range, long cursor, boolean previous, WatchSink sink) {
            this.range = range;
            this.cursor = cursor;
            this.previous = previous;
            this.sink = sink;
        }

        /** Ends the watch; its sink is not called afterwards from the hub's context. Any thread. Idempotent. */
        public void close() {
            closed = true;
            context.runOnContext(v -> {
                if (watches.remove(this)) {
                    open.decrementAndGet();
                    tellCaughtUp();
                }
            });
        }

        private void pump() {
            while (!closed && !scanning && drainBacklog()) {
                List<Changes> next = history.after(cursor, BATCH);
                if (next == null) {
                    scan();
                    return;
                }
                if (next.isEmpty() || !take(next)) {
                    return;
                }
            }
        }

        /** Whether all of the backlog was taken. */
        private boolean drainBacklog() {
            while (!backlog.isEmpty()) {
                if (!offer(backlog.element())) {
                    return false;
                }
                cursor = backlog.remove().revision();
            }
            cursor = Math.max(cursor, backlogEnd);
            return true;
        }

        private boolean take(List<Changes> next) {
            for (Changes changes : next) {
                if (closed || !offer(changes)) {
                    return false;
                }
                cursor = changes.revision();
            }
            return true;
        }

        private boolean offer(Changes changes) {
            List<WatchEvent> wanted = new ArrayList<>(changes.events().size());
            for (WatchEvent event : changes.events()) {
                if (range.contains(event.kv().key())) {
                    wanted.add(
                            previous || event.previous() == null
                                    ? event
                                    : new WatchEvent(event.type(), event.kv(), null));
                }
            }
            if (wanted.isEmpty() || sink.events(new Changes(changes.revision(), wanted))) {
                return true;
            }
            if (!sink.resumes()) {
                retrySoon();
            }
            return false;
        }

        /** Rebuilds what the history no longer has; away from the event loop because it may visit every key. */
        private void scan() {
            Snapshot snapshot = newest.get();
            if (cursor + 1 < snapshot.compactRevision()) {
                close();
                sink.failed(new StoreException.Compacted(snapshot.compactRevision()));
                return;
            }
            scanning = true;
            long after = cursor;
            vertx.executeBlocking(() -> snapshot.changes(range, after, snapshot.revision()), false)
                    .onComplete(scanned -> context.runOnContext(v -> {
                        scanning = false;
                        if (scanned.failed()) {
                            close();
                            sink.failed(
                                    new StoreException.Unavailable("reading the history failed: " + scanned.cause()));
                            return;
                        }
                        backlog.addAll(scanned.result());
                        backlogEnd = snapshot.revision();
                        pump();
                        tellCaughtUp();
                    }));
        }

        private void progress() {
            if (!closed && !scanning && backlog.isEmpty() && cursor <= history.newest()) {
                sink.progress(cursor);
            }
        }
    }
}
