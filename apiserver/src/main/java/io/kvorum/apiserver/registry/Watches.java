package io.kvorum.apiserver.registry;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.cache.CacheEvent;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.ResourceCache;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.cache.WatchType;
import io.kvorum.apiserver.cache.Watcher;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.bus.FrameQueue;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Opens watches: initial state, events through the selectors, bookmarks, time-out, the end of slow readers. */
final class Watches {
    private static final int MOST_WAITING_FRAMES = 100_000;
    private static final long MOST_WAITING_BYTES = 64L << 20;
    private static final long BOOKMARK_SECONDS = 30;

    /** After so many revisions a bookmark comes earlier: a watch that resumes on a server just started needs a recent one. */
    private static final long BOOKMARK_REVISIONS = 500;

    private static final long BOOKMARK_LOOK_SECONDS = 5;
    private static final int MOST_PREPARATIONS = 8;
    private static final long MIN_TIMEOUT_SECONDS = 1800;

    private final Vertx vertx;
    private final WatchCache cache;
    private final Reads reads;
    private final Presenter presenter;
    private final RandomGenerator random;
    private final Converter converter;

    Watches(
            Vertx vertx,
            WatchCache cache,
            Reads reads,
            Presenter presenter,
            RandomGenerator random,
            Converter converter) {
        this.converter = converter;
        this.vertx = vertx;
        this.cache = cache;
        this.reads = reads;
        this.presenter = presenter;
        this.random = random;
    }

    Future<ApiResponse> watch(Served served, RequestInfo info, ApiRequest request) {
        Presenter.View view = presenter.view(served, request);
        String type = view.streamType();
        ListOptions options = ListOptions.of(request.query(), true);
        Selection selection = Selection.of(served.info(), info.namespace(), info.name(), request.query());
        boolean initial = options.beginsWithState();
        // A watch from a revision follows from there, however far this cache has come; one that
        // begins with the state must have a state as new as it was asked for.
        Future<Void> ready = options.revision() <= 0 || initial ? reads.upTo(options.revision()) : cache.reached(0);
        return ready.compose(
                        reached -> initial ? prepared(served, selection, MOST_PREPARATIONS) : Future.succeededFuture())
                .map(reached -> ApiResponse.stream(type, open(served, view, options, selection, initial)));
    }

    /** Has the state converted, again when it has changed meanwhile. */
    private Future<Void> prepared(Served served, Selection selection, int attempts) {
        ResourceCache objects = cache.of(served.stored());
        long before = objects.changedAt();
        return reads.prepared(served, objects.list(selection.namespace()))
                .compose(ready -> objects.changedAt() == before || attempts == 1
                        ? Future.succeededFuture()
                        : prepared(served, selection, attempts - 1));
    }

    private FrameQueue open(
            Served served, Presenter.View view, ListOptions options, Selection selection, boolean initial) {
        ResourceCache objects = cache.of(served.stored());
        FrameQueue queue = new FrameQueue(MOST_WAITING_FRAMES, MOST_WAITING_BYTES);
        Open watch = new Open(served.conversion(), objects, view, selection, queue, options);
        if (initial) {
            // The history is complete up to here, so nothing lies between the state and the first event.
            for (ObjectVersion version : objects.list(selection.namespace())) {
                if (selection.matches(version) && !queue.offer(view.initial(version))) {
                    watch.stop();
                    throw ApiException.internal("the initial state does not fit in the buffer of a watch");
                }
            }
            if (options.marksInitialEvents()) {
                queue.offer(view.bookmark(cache.revision(), true));
            }
            watch.start(cache.revision());
        } else {
            watch.start(options.revision() <= 0 ? cache.revision() : options.revision());
        }
        return queue;
    }

    /** One open watch; ends itself by its timer, by a full queue, or when its reader goes away. */
    private final class Open implements Watcher {
        private final Conversion conversion;
        private Future<Void> sent = Future.succeededFuture();
        private final ResourceCache objects;
        private final Presenter.View view;
        private final Selection selection;
        private final FrameQueue queue;
        private final boolean bookmarks;
        private final long timeoutTimer;
        private final long bookmarkTimer;
        private long seen;
        private long quietSeconds;

        Open(
                Conversion conversion,
                ResourceCache objects,
                Presenter.View view,
                Selection selection,
                FrameQueue queue,
                ListOptions options) {
            this.conversion = conversion;
            this.objects = objects;
            this.view = view;
            this.selection = selection;
            this.queue = queue;
            this.bookmarks = options.bookmarks();
            long seconds = options.timeoutSeconds() > 0
                    ? options.timeoutSeconds()
                    : MIN_TIMEOUT_SECONDS + random.nextLong(MIN_TIMEOUT_SECONDS);
            this.timeoutTimer = vertx.setTimer(TimeUnit.SECONDS.toMillis(seconds), timer -> timedOut());
            this.bookmarkTimer = bookmarks
                    ? vertx.setPeriodic(TimeUnit.SECONDS.toMillis(BOOKMARK_LOOK_SECONDS), timer -> bookmarkWhenDue())
                    : -1;
        }

        void start(long revision) {
            seen = revision;
            queue.onClose(this::stop);
            List<CacheEvent> known;
            try {
                known = objects.watch(revision, this);
            } catch (ApiException expired) {
                error(expired);
                return;
            }
            for (CacheEvent event : known) {
                changed(event);
            }
        }

        @Override
        public void changed(CacheEvent event) {
            if (event.revision() <= seen) {
                return;
            }
            seen = event.revision();
            boolean before = selection.matches(event.before());
            boolean after = selection.matches(event.after());
            if (!before && !after) {
                return;
            }
            WatchType type = !before ? WatchType.ADDED : after ? WatchType.MODIFIED : WatchType.DELETED;
            if (conversion.immediate()) {
                send(event, type);
                return;
            }
            // One after the other, in whatever time the webhook takes.
            sent = sent.compose(last -> conversion.prepare(converter, List.of(ObjectJson.parse(event.object(type)))))
                    .map(ready -> {
                        send(event, type);
                        return null;
                    });
            sent.onFailure(cause ->
                    error(cause instanceof ApiException refused ? refused : ApiException.internal(cause.toString())));
        }

        private void send(CacheEvent event, WatchType type) {
            if (!queue.offer(view.event(event, type))) {
                // Too slow: the reader resumes from the last revision it got, or lists again.
                stop();
                queue.end();
            }
        }

        @Override
        public void lost() {
            error(ApiException.expired("too old resource version: " + seen + " (" + cache.revision() + ")"));
        }

        @Override
        public void ended() {
            stop();
            queue.end();
        }

        private void bookmarkWhenDue() {
            quietSeconds += BOOKMARK_LOOK_SECONDS;
            if (quietSeconds >= BOOKMARK_SECONDS || cache.revision() - seen >= BOOKMARK_REVISIONS) {
                quietSeconds = 0;
                bookmark();
            }
        }

        private void bookmark() {
            if (cache.revision() >= seen && cache.synced()) {
                seen = cache.revision();
                queue.offer(view.bookmark(seen, false));
            }
        }

        private void timedOut() {
            if (bookmarks) {
                bookmark();
            }
            stop();
            queue.end();
        }

        private void error(ApiException cause) {
            stop();
            queue.offer(view.error(cause));
            queue.end();
        }

        private void stop() {
            objects.unwatch(this);
            vertx.cancelTimer(timeoutTimer);
            if (bookmarks) {
                vertx.cancelTimer(bookmarkTimer);
            }
        }
    }
}
