package io.kvorum.apiserver.cache;

import io.kvorum.api.ApiException;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.client.StoreWatch;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.client.WatchHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything the store holds, kept current by one watch over all keys, so that every revision is seen.
 *
 * <p>Shape: one {@link ResourceCache} per stored resource. {@link #fresh} is the consistent read: it completes when the
 * cache holds every write acknowledged before the call. When the watch fails the whole is read again, and all watchers
 * are cut.
 */
public final class WatchCache {
    private static final Logger LOG = LoggerFactory.getLogger(WatchCache.class);
    private static final int PAGE = 2000;
    private static final long RETRY_FIRST_MILLIS = 50;
    private static final long RETRY_MOST_MILLIS = 2000;
    private static final int MOST_ROUNDS = 2;

    /**
     * Revisions before the newest that are read as changes, not as state: a client that followed another API server until
     * a moment ago can go on here, although this one has only just begun.
     */
    private static final long HISTORY = 2000;

    private final Vertx vertx;
    private final Store store;
    /** Whoever reads the metrics counts what is in them from another thread. */
    private final Map<String, ResourceCache> resources = new ConcurrentHashMap<>();

    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>(Comparator.comparingLong(Waiter::revision));
    private @Nullable Promise<Void> nextRound;
    private int rounds;
    private @Nullable StoreWatch watch;
    private long revision;
    private long loadedAt;
    private long newestAtLoad;
    private final Promise<Void> firstSync = Promise.promise();
    private boolean synced;
    private boolean closed;
    private long retryMillis = RETRY_FIRST_MILLIS;

    public WatchCache(Vertx vertx, Store store) {
        this.vertx = vertx;
        this.store = store;
    }

    /** Reads everything and starts following; retries until it succeeds. */
    public Future<Void> start() {
        load();
        return firstSync.future();
    }

    public void close() {
        closed = true;
        if (watch != null) {
            watch.close();
        }
    }

    public boolean synced() {
        return synced;
    }

    /** Every change up to this revision is in. */
    public long revision() {
        return revision;
    }

    /** @param resource see {@link StoreKeys#resource} */
    public ResourceCache of(String resource) {
        return resources.computeIfAbsent(resource, any -> new ResourceCache(loadedAt));
    }

    public Map<String, ResourceCache> all() {
        return resources;
    }

    /**
     * Completes when every write acknowledged before this call is in the cache; fails in the API's words when the store does
     * not answer. Calls at the same time share one question to the store.
     */
    public Future<Void> fresh() {
        Promise<Void> round = nextRound;
        if (round == null) {
            round = Promise.promise();
            nextRound = round;
            if (rounds < MOST_ROUNDS) {
                startRound();
            }
        }
        return round.future();
    }

    /**
     * One object, looked up again in a {@linkplain #fresh fresh} cache when it seems to be missing: it may just have been made.
     *
     * @param path the namespace, if any, and the name
     * @return null: there is none
     */
    public Future<@Nullable ObjectVersion> find(String resource, String path) {
        ObjectVersion known = of(resource).get(path);
        return known != null
                ? Future.succeededFuture(known)
                : fresh().map(fresh -> of(resource).get(path));
    }

    /** Completes when the cache has reached {@code wanted}; the caller sets the time limit. */
    public Future<Void> reached(long wanted) {
        if (revision >= wanted && synced) {
            return Future.succeededFuture();
        }
        Waiter waiter = new Waiter(wanted, Promise.promise());
        waiters.add(waiter);
        return waiter.reached().future();
    }

    private void startRound() {
        Promise<Void> round = nextRound;
        if (round == null) {
            return;
        }
        nextRound = null;
        rounds++;
        store.revision()
                .onComplete(answer -> {
                    rounds--;
                    startRound();
                })
                .compose(this::reached)
                .recover(StoreFailures::translate)
                .onComplete(round);
    }

    private void load() {
        if (closed) {
            firstSync.tryFail("closed");
            return;
        }
        store.revision()
                .compose(now -> loadSince(Math.max(1, now - HISTORY)).map(loaded -> {
                    adopt(Math.max(now, loaded.revision()), loaded);
                    return loaded.revision();
                }))
                .compose(loadedAt -> store.watch(KeyRange.all(), loadedAt + 1, false, new Follow()))
                .onSuccess(following -> {
                    watch = following;
                    retryMillis = RETRY_FIRST_MILLIS;
                    catchUp();
                })
                .onFailure(cause -> {
                    LOG.warn(
                            "cannot read the store; trying again retryMillis={} cause={}",
                            retryMillis,
                            cause.toString());
                    vertx.setTimer(retryMillis, timer -> load());
                    retryMillis = Math.min(RETRY_MOST_MILLIS, retryMillis * 2);
                });
    }

    /** The state at {@code at}, or at the oldest revision after it that is not compacted away. */
    private Future<Loaded> loadSince(long at) {
        return loadPage(KeyRange.prefix(ByteSequence.utf8(StoreKeys.ROOT)), at, new HashMap<>())
                .recover(
                        cause -> cause instanceof StoreException.Compacted compacted && compacted.compactRevision() > at
                                ? loadSince(compacted.compactRevision())
                                : Future.failedFuture(cause));
    }

    /** Once the changes since the state that was read are in, this cache is as new as the store was when it was asked. */
    private void catchUp() {
        if (!synced && revision >= newestAtLoad) {
            synced = true;
            release();
            firstSync.tryComplete();
        }
    }

    private record Loaded(long revision, Map<String, Map<String, ObjectVersion>> resources) {}

    private Future<Loaded> loadPage(KeyRange range, long atRevision, Map<String, Map<String, ObjectVersion>> into) {
        return store.range(RangeRequest.of(range).atRevision(atRevision).limitedTo(PAGE))
                .compose(page -> {
                    long at = atRevision == 0 ? page.revision() : atRevision;
                    for (KeyValue kv : page.entries()) {
                        Place place = Place.of(kv.key().toString());
                        ObjectVersion version = place == null ? null : version(place, kv);
                        if (place != null && version != null) {
                            into.computeIfAbsent(place.resource(), any -> new HashMap<>())
                                    .put(place.path(), version);
                        }
                    }
                    return page.more()
                            ? loadPage(rest(range, page), at, into)
                            : Future.succeededFuture(new Loaded(at, into));
                });
    }

    private static KeyRange rest(KeyRange range, RangeResult page) {
        byte[] last = page.entries().get(page.entries().size() - 1).key().array();
        byte[] next = Arrays.copyOf(last, last.length + 1);
        return new KeyRange(ByteSequence.wrap(next), range.to());
    }

    private void adopt(long newest, Loaded loaded) {
        long at = loaded.revision();
        newestAtLoad = newest;
        revision = at;
        loadedAt = at;
        resources.values().forEach(resource -> resource.reset(at));
        loaded.resources().forEach((name, objects) -> {
            ResourceCache resource = of(name);
            objects.values().forEach(resource::load);
        });
    }

    private void release() {
        while (!waiters.isEmpty() && waiters.peek().revision() <= revision) {
            waiters.remove().reached().tryComplete();
        }
    }

    /** Null for what is no object: somebody else's key must not stop the cache. */
    private static @Nullable ObjectVersion version(Place place, KeyValue kv) {
        try {
            return new ObjectVersion(place.path(), kv.modRevision(), kv.value().array());
        } catch (UncheckedIOException | IllegalStateException e) {
            LOG.error("a key of the store holds no object and is passed over key={} cause={}", kv.key(), e.toString());
            return null;
        }
    }

    private record Waiter(long revision, Promise<Void> reached) {}

    /** A store key taken apart; null for keys outside the registry. */
    private record Place(String resource, String path) {
        static @Nullable Place of(String key) {
            if (!key.startsWith(StoreKeys.ROOT)) {
                return null;
            }
            int group = key.indexOf('/', StoreKeys.ROOT.length());
            int resource = group < 0 ? -1 : key.indexOf('/', group + 1);
            if (resource < 0 || resource == key.length() - 1) {
                return null;
            }
            return new Place(key.substring(StoreKeys.ROOT.length(), resource), key.substring(resource + 1));
        }
    }

    /** Follows the store; a handler of an earlier watch that speaks late is not heard. */
    private final class Follow implements WatchHandler {
        private boolean over;

        @Override
        public void events(long at, List<WatchEvent> events) {
            if (over) {
                return;
            }
            for (WatchEvent event : events) {
                Place place = Place.of(event.kv().key().toString());
                if (place == null) {
                    continue;
                }
                ResourceCache resource = of(place.resource());
                if (event.type() == WatchEvent.Type.PUT) {
                    ObjectVersion version = version(place, event.kv());
                    if (version != null) {
                        resource.put(version);
                    }
                } else {
                    resource.delete(place.path(), at);
                }
            }
            progress(at);
        }

        @Override
        public void progress(long at) {
            if (!over && at > revision) {
                revision = at;
                if (synced) {
                    release();
                } else {
                    catchUp();
                }
            }
        }

        @Override
        public void failed(StoreException cause) {
            if (over || closed) {
                return;
            }
            over = true;
            synced = false;
            LOG.warn("the store watch ended; reading everything again cause={}", cause.toString());
            load();
        }
    }

    /** What a read fails with while the cache is not ready. */
    public static ApiException notReady() {
        return ApiException.unavailable("the server is currently unable to handle the request");
    }
}
