package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.apiserver.cache.CacheEvent;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.ResourceCache;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.cache.WatchType;
import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.bus.FrameQueue;
import io.prometheus.metrics.core.metrics.Counter;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens watches: initial state, events through the selectors, bookmarks, time-out, the end of slow readers. */
final class Watches {
    private static final int MOST_WAITING_FRAMES = 100_000;
    private static final long MOST_WAITING_BYTES = 64L << 20;
    private static final long BOOKMARK_SECONDS = 30;

    /** After so many revisions a bookmark comes earlier: a watch that resumes on a server just started needs a recent one. */
    private static final long BOOKMARK_REVISIONS = 500;

    private static final long BOOKMARK_LOOK_SECONDS = 5;

    private final Vertx vertx;
    private final WatchCache cache;
    private final Reads reads;
    private final Presenter presenter;
    private final RandomGenerator random;
    private final Converter converter;
    private final int leastSeconds;
    private final Counter events;
    private final Map<WatchGroup.Key, WatchGroup> groups = new HashMap<>();

    Watches(
            Vertx vertx,
            WatchCache cache,
            Reads reads,
            Presenter presenter,
            RandomGenerator random,
            Converter converter,
            int leastSeconds,
            Meters meters) {
        this.events = meters.counter(
                "apiserver_watch_events_total", "Events that were sent to watches.", "group", "version", "kind");
        this.leastSeconds = leastSeconds;
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
        return ready.compose(reached -> {
                    Open watch = new Open(served, view, selection, options);
                    return initial
                            ? watch.startWithState()
                            : options.revision() <= 0 ? watch.startNow() : watch.resume(options.revision());
                })
                .map(queue -> ApiResponse.stream(type, queue));
    }

    /** How long a watch lasts: what it asks for, else by chance, so that not all of them come back at once; 0: without end. */
    private long lifeMillis(ListOptions options) {
        return options.timeoutSeconds() > 0
                ? TimeUnit.SECONDS.toMillis(options.timeoutSeconds())
                : Math.round(TimeUnit.SECONDS.toMillis(leastSeconds) * (1 + random.nextDouble()));
    }

    /** One open watch; ends itself by its timer, by a full queue, or when its reader goes away. */
    private final class Open implements WatchGroup.Member {
        private final Served served;
        private final ResourceCache objects;
        private final Presenter.View view;
        private final Selection selection;
        private final WatchGroup group;
        private final FrameQueue queue = new FrameQueue(MOST_WAITING_FRAMES, MOST_WAITING_BYTES);
        private final boolean bookmarks;
        private final boolean marksInitialEvents;
        private final long timeoutTimer;
        private final long bookmarkTimer;
        private long from;
        private long seen;
        private long quietSeconds;
        private boolean stopped;

        /** What a webhook has to convert before it can be sent, in order; the first is at the webhook. */
        private final Deque<Waiting> waiting = new ArrayDeque<>();

        private boolean converting;

        private record Waiting(CacheEvent event, @Nullable WatchType type) {}

        Open(Served served, Presenter.View view, Selection selection, ListOptions options) {
            this.served = served;
            this.objects = cache.of(served.stored());
            this.view = view;
            this.selection = selection;
            this.group = groups.computeIfAbsent(
                    new WatchGroup.Key(served, selection, view.form()),
                    key -> new WatchGroup(
                            key,
                            objects,
                            view,
                            events.labelValues(
                                    served.info().group(),
                                    served.info().version(),
                                    served.info().kind())));
            this.bookmarks = options.bookmarks();
            this.marksInitialEvents = options.marksInitialEvents();
            long millis = lifeMillis(options);
            this.timeoutTimer = millis > 0 ? vertx.setTimer(millis, timer -> timedOut()) : -1;
            this.bookmarkTimer = bookmarks
                    ? vertx.setPeriodic(TimeUnit.SECONDS.toMillis(BOOKMARK_LOOK_SECONDS), timer -> bookmarkWhenDue())
                    : -1;
            queue.onClose(this::stop);
        }

        /** Shows what there is now and then what comes, which waits while a webhook converts what there is. */
        Future<FrameQueue> startWithState() {
            long revision = cache.revision();
            converting = true;
            follow(revision, () -> objects.watch(revision, group));
            return reads.selected(served, selection, selection.candidates(objects, ""))
                    .map(state -> {
                        if (!stopped) {
                            show(state, revision);
                        }
                        converting = false;
                        convert();
                        return queue;
                    })
                    .onFailure(cause -> stop());
        }

        /** Shows what changes from now on. */
        Future<FrameQueue> startNow() {
            long revision = cache.revision();
            follow(revision, () -> objects.watch(revision, group));
            return Future.succeededFuture(queue);
        }

        /** Shows what has changed since a revision. */
        Future<FrameQueue> resume(long revision) {
            follow(revision, () -> objects.resume(revision, group));
            return Future.succeededFuture(queue);
        }

        private void show(List<ObjectVersion> state, long revision) {
            for (ObjectVersion version : state) {
                if (!queue.offer(view.initial(version))) {
                    throw ApiException.internal("the initial state does not fit in the buffer of a watch");
                }
            }
            if (marksInitialEvents) {
                queue.offer(view.bookmark(revision, true));
            }
        }

        /** @param start has the cache tell the group, and gives the events there are already */
        private void follow(long revision, Supplier<List<CacheEvent>> start) {
            seen = revision;
            try {
                group.join(this, start);
            } catch (ApiException expired) {
                error(expired);
            }
            // Not before: a watch that resumes is shown what happened at its revision again.
            from = revision;
        }

        @Override
        public void show(long revision, Buffer frame) {
            if (isDue(revision)) {
                send(frame);
            }
        }

        @Override
        public void convert(CacheEvent event, @Nullable WatchType type) {
            if (!isDue(event.revision())) {
                return;
            }
            if (waiting.size() >= MOST_WAITING_FRAMES) {
                ended();
            } else {
                waiting.add(new Waiting(event, type));
                convert();
            }
        }

        /** A watch may begin at a revision that is yet to come. */
        private boolean isDue(long revision) {
            return !stopped && revision > from;
        }

        /** Sends what waits, one after the other, in whatever time the webhook takes. */
        private void convert() {
            while (!converting && !stopped && !waiting.isEmpty()) {
                Future<Optional<Buffer>> frame = frame(waiting.element());
                if (frame.succeeded()) {
                    sendFirst(frame.result());
                } else {
                    converting = true;
                    frame.onComplete(this::converted);
                }
            }
        }

        /** What shows a change, once the webhook has converted it; nothing when it is not selected. */
        private Future<Optional<Buffer>> frame(Waiting next) {
            CacheEvent event = next.event();
            return type(next).compose(told -> {
                if (told.isEmpty()) {
                    return Future.succeededFuture(Optional.empty());
                }
                WatchType type = told.get();
                ObjectNode object = ObjectJson.parse(event.object(type));
                return served.conversion()
                        .prepare(converter, List.of(object))
                        .map(ready -> Optional.of(view.event(event, type)));
            });
        }

        private Future<Optional<WatchType>> type(Waiting next) {
            if (next.type() != null) {
                return Future.succeededFuture(Optional.of(next.type()));
            }
            ObjectVersion before = next.event().before();
            ObjectVersion after = next.event().after();
            List<ObjectVersion> both =
                    Stream.of(before, after).filter(Objects::nonNull).toList();
            return reads.selected(served, selection, both)
                    .map(selected -> WatchGroup.type(
                            before != null && selected.contains(before), after != null && selected.contains(after)));
        }

        private void converted(AsyncResult<Optional<Buffer>> done) {
            converting = false;
            if (stopped) {
                return;
            }
            if (done.failed()) {
                // A watch that cannot show a change must not go on without it.
                Throwable cause = done.cause();
                error(cause instanceof ApiException refused ? refused : ApiException.internal(cause.toString()));
                return;
            }
            sendFirst(done.result());
            convert();
        }

        private void sendFirst(Optional<Buffer> frame) {
            waiting.remove();
            frame.ifPresent(this::send);
        }

        private void send(Buffer frame) {
            if (!queue.offer(frame)) {
                // Too slow: the reader resumes from the last revision it got, or lists again.
                ended();
            }
        }

        private long seen() {
            return Math.max(seen, group.seen());
        }

        @Override
        public void lost() {
            error(ApiException.expired("too old resource version: " + seen() + " (" + cache.revision() + ")"));
        }

        @Override
        public void ended() {
            stop();
            queue.end();
        }

        private void bookmarkWhenDue() {
            quietSeconds += BOOKMARK_LOOK_SECONDS;
            if (quietSeconds >= BOOKMARK_SECONDS || cache.revision() - seen() >= BOOKMARK_REVISIONS) {
                bookmark();
            }
        }

        /** Says how far the reader has come; not while anything up to there is yet to be sent. */
        private void bookmark() {
            if (!converting && waiting.isEmpty() && cache.synced() && cache.revision() >= seen()) {
                quietSeconds = 0;
                seen = cache.revision();
                queue.offer(view.bookmark(seen, false));
            }
        }

        private void timedOut() {
            if (bookmarks) {
                bookmark();
            }
            ended();
        }

        private void error(ApiException cause) {
            stop();
            queue.offer(view.error(cause));
            queue.end();
        }

        private void stop() {
            stopped = true;
            waiting.clear();
            if (group.leave(this)) {
                groups.remove(group.key(), group);
            }
            vertx.cancelTimer(timeoutTimer);
            if (bookmarks) {
                vertx.cancelTimer(bookmarkTimer);
            }
        }
    }
}
