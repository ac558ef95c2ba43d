package io.kvorum.client;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kvorum.api.ApiException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The informer. It goes round: <em>list</em> (page by page; a diff against the cache becomes events), <em>watch</em>
 * from the list's resourceVersion, and when the watch ends, watch again from the last version seen. 410 Expired leads
 * back to list. Whatever fails is tried again after a backoff that only a list or a watch that delivered resets.
 *
 * <p>Each turn has a number; a callback of an older turn is late and does nothing.
 */
final class ListWatchInformer<T extends HasMetadata> implements Informer<T> {
    private static final Logger LOG = LoggerFactory.getLogger(ListWatchInformer.class);
    private static final int PAGE = 500;
    private static final Duration RETRY_BASE = Duration.ofMillis(200);
    private static final Duration RETRY_CAP = Duration.ofSeconds(1);
    private static final Duration NOT_SERVED_RETRY = Duration.ofSeconds(10);
    /** A watch that lived this long was healthy: open the next one without delay. */
    private static final Duration HEALTHY_WATCH = Duration.ofSeconds(1);

    private final String what;
    private final ResourceClient<T> resource;
    private final ListOptions options;
    private final Timers timers;
    private final Clock clock;
    private final Backoff backoff;
    private final IndexedCache<T> cache = new IndexedCache<>();
    private final List<Handler<T>> handlers = new ArrayList<>();
    private final Promise<Void> firstSync = Promise.promise();
    private boolean started;
    private boolean stopped;
    private boolean synced;
    private boolean served = true;
    private int turn;
    private String version = "";
    private Instant began = Instant.EPOCH;
    private @Nullable Watch watch;
    private Timers.@Nullable Timer retry;

    ListWatchInformer(
            String what,
            ResourceClient<T> resource,
            ListOptions options,
            Timers timers,
            Clock clock,
            RandomGenerator random) {
        this.what = what;
        this.resource = resource;
        this.options = options;
        this.timers = timers;
        this.clock = clock;
        this.backoff = new Backoff(RETRY_BASE, 2, RETRY_CAP, random);
    }

    @Override
    public Lister<T> lister() {
        return cache;
    }

    @Override
    public void handler(Handler<T> handler) {
        handlers.add(handler);
        for (T object : cache.list()) {
            call(() -> handler.added(object));
        }
    }

    @Override
    public void index(String name, Function<T, List<String>> values) {
        if (started && !cache.hasIndex(name)) {
            throw new IllegalStateException("index " + name + " of " + what + " was added after start");
        }
        cache.addIndex(name, values);
    }

    @Override
    public Future<Void> start() {
        if (!started) {
            started = true;
            list();
        }
        return firstSync.future();
    }

    @Override
    public boolean synced() {
        return synced;
    }

    @Override
    public void stop() {
        stopped = true;
        turn++;
        closeWatch();
        if (retry != null) {
            retry.cancel();
        }
        firstSync.tryFail(new IllegalStateException("the informer of " + what + " was stopped"));
    }

    private void list() {
        began = clock.instant();
        page(++turn, PAGE, null, new ArrayList<>());
    }

    private void page(int current, int limit, @Nullable String token, List<T> sofar) {
        ListOptions page = new ListOptions(options.labelSelector(), options.fieldSelector(), null, limit, token);
        resource.list(null, page).onComplete(done -> {
            if (current != turn) {
                return;
            }
            if (done.failed()) {
                listFailed(current, token, done.cause());
                return;
            }
            ObjectList<T> got = done.result();
            sofar.addAll(got.items());
            if (got.continueToken() != null) {
                page(current, limit, got.continueToken(), sofar);
            } else {
                listed(got.resourceVersion(), sofar);
            }
        });
    }

    private void listFailed(int current, @Nullable String token, Throwable cause) {
        if (token != null && expired(cause)) {
            // The pages' snapshot was compacted while they were read; unpaged, the list cannot be overtaken.
            page(current, 0, null, new ArrayList<>());
            return;
        }
        if (cause instanceof ApiException refused && refused.notFound()) {
            notServed();
            return;
        }
        LOG.warn("list failed informer={} cause={}", what, cause.getMessage());
        again(this::list);
    }

    /**
     * What the server does not serve has no objects, so that nobody is to wait for them; {@link #synced} stays as it was.
     * What is known already is kept: it may be the wrong server that was asked.
     */
    private void notServed() {
        if (served) {
            served = false;
            LOG.warn("not served informer={}; asked for again every {} s", what, NOT_SERVED_RETRY.toSeconds());
        }
        again(NOT_SERVED_RETRY, this::list);
        firstSync.tryComplete();
    }

    private void listed(String listVersion, List<T> objects) {
        backoff.reset();
        served = true;
        version = listVersion;
        replace(objects);
        if (!synced) {
            synced = true;
            LOG.debug(
                    "synced informer={} objects={} resourceVersion={} millis={}",
                    what,
                    cache.size(),
                    version,
                    Duration.between(began, clock.instant()).toMillis());
            firstSync.tryComplete();
        }
        if (!stopped) {
            watch();
        }
    }

    private void replace(List<T> objects) {
        Set<ObjectKey> gone = new HashSet<>(cache.keys());
        for (T object : objects) {
            gone.remove(ObjectKey.of(object));
            changed(object);
        }
        gone.forEach(this::removed);
    }

    private void watch() {
        int current = ++turn;
        long opened = timers.nanos();
        resource.watch(null, options.from(version), new TurnHandler(current, opened))
                .onComplete(done -> {
                    if (current != turn) {
                        if (done.succeeded()) {
                            done.result().close();
                        }
                    } else if (done.succeeded()) {
                        watch = done.result();
                    } else {
                        // It never opened, so it cannot have been healthy.
                        watchEnded(timers.nanos(), done.cause());
                    }
                });
    }

    private void watchEnded(long opened, @Nullable Throwable cause) {
        turn++;
        watch = null;
        if (expired(cause)) {
            LOG.info("watch expired informer={} resourceVersion={}", what, version);
            list();
            return;
        }
        if (timers.nanos() - opened >= HEALTHY_WATCH.toNanos()) {
            backoff.reset();
            if (cause == null) {
                watch();
                return;
            }
        }
        LOG.info(
                "watch ended informer={} resourceVersion={} cause={}",
                what,
                version,
                cause == null ? "the server ended it" : cause.getMessage());
        again(this::watch);
    }

    private void again(Runnable step) {
        again(backoff.next(), step);
    }

    private void again(Duration delay, Runnable step) {
        int current = ++turn;
        retry = timers.after(delay, () -> {
            if (current == turn) {
                step.run();
            }
        });
    }

    private static boolean expired(@Nullable Throwable cause) {
        return cause instanceof ApiException e && e.code() == 410;
    }

    private void closeWatch() {
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    private void changed(T object) {
        @Nullable T before = cache.put(object);
        if (before == null) {
            each(handler -> handler.added(object));
        } else if (!sameVersion(before, object)) {
            each(handler -> recreated(handler, before, object));
        }
    }

    /** Another object under the same name was seen without the deletion of the first: tell both halves. */
    private static <T extends HasMetadata> void recreated(Handler<T> handler, T before, T after) {
        @Nullable String uid = before.getMetadata().getUid();
        if (uid != null && !uid.equals(after.getMetadata().getUid())) {
            handler.deleted(before);
            handler.added(after);
        } else {
            handler.updated(before, after);
        }
    }

    private void removed(ObjectKey key) {
        @Nullable T before = cache.remove(key);
        if (before != null) {
            each(handler -> handler.deleted(before));
        }
    }

    private static boolean sameVersion(HasMetadata a, HasMetadata b) {
        @Nullable String version = a.getMetadata().getResourceVersion();
        return version != null && version.equals(b.getMetadata().getResourceVersion());
    }

    private void each(Consumer<Handler<T>> action) {
        // By index: a handler may add a handler, which has then seen the object from the cache already.
        int count = handlers.size();
        for (int i = 0; i < count; i++) {
            Handler<T> handler = handlers.get(i);
            call(() -> action.accept(handler));
        }
    }

    /** One handler's defect must not keep the news from the others, nor end the watch; it is told with its stack. */
    private void call(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.error("handler failed informer={}", what, e);
        }
    }

    /** The watch of one turn. */
    private final class TurnHandler implements WatchHandler<T> {
        private final int current;
        private final long opened;

        TurnHandler(int current, long opened) {
            this.current = current;
            this.opened = opened;
        }

        private boolean late() {
            return current != turn;
        }

        @Override
        public void added(T object) {
            if (!late()) {
                version = object.getMetadata().getResourceVersion();
                changed(object);
            }
        }

        @Override
        public void modified(T object) {
            added(object);
        }

        @Override
        public void deleted(T object) {
            if (!late()) {
                version = object.getMetadata().getResourceVersion();
                // The deletion carries the last state, newer than the cached one.
                cache.put(object);
                removed(ObjectKey.of(object));
            }
        }

        @Override
        public void bookmark(String resourceVersion) {
            if (!late() && !resourceVersion.isEmpty()) {
                version = resourceVersion;
            }
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            if (!late()) {
                watchEnded(opened, cause);
            }
        }
    }
}
