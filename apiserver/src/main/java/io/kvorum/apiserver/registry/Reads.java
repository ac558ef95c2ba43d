package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.ResourceCache;
import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.StoreException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Gets and lists, from the cache where it can answer, from the store at a past revision where it cannot. */
final class Reads {
    private static final long REVISION_WAIT_MILLIS = 3000;
    private static final int STORE_PAGE = 500;

    private final WatchCache cache;
    private final Store store;
    private final Presenter presenter;

    Reads(WatchCache cache, Store store, Presenter presenter) {
        this.cache = cache;
        this.store = store;
        this.presenter = presenter;
    }

    Future<ApiResponse> get(Served served, RequestInfo info, ApiRequest request) {
        Presenter.View view = presenter.view(served, request);
        return version(
                        served,
                        info.namespace(),
                        info.name(),
                        ListOptions.revision(request.query().text("resourceVersion")))
                .map(version -> view.one(200, version));
    }

    /** The object as of {@code revision} or newer; consistent when that is {@link ListOptions#UNSET}. 404 when there is none. */
    Future<ObjectVersion> version(Served served, String namespace, String name, long revision) {
        return upTo(revision).map(reached -> {
            ObjectVersion version = cache.of(served.stored()).get(served.path(namespace, name));
            if (version == null) {
                throw ApiException.notFound(served.info().group(), served.info().resource(), name);
            }
            return version;
        });
    }

    Future<ApiResponse> list(Served served, RequestInfo info, ApiRequest request) {
        Presenter.View view = presenter.view(served, request);
        ListOptions options = ListOptions.of(request.query(), false);
        Selection selection = Selection.of(served.info(), info.namespace(), info.name(), request.query());
        return page(served, selection, options).map(page -> view.list(page.metadata(), page.items()));
    }

    /** One page of a list. {@code remaining} is negative when unknown. */
    record Page(long revision, List<ObjectVersion> items, String continueToken, long remaining) {
        ObjectNode metadata() {
            ObjectNode metadata = ObjectJson.object();
            metadata.put("resourceVersion", Long.toString(revision));
            if (!continueToken.isEmpty()) {
                metadata.put("continue", continueToken);
            }
            if (remaining > 0) {
                metadata.put("remainingItemCount", remaining);
            }
            return metadata;
        }
    }

    Future<Page> page(Served served, Selection selection, ListOptions options) {
        if (!options.continueToken().isEmpty()) {
            ContinueToken token = ContinueToken.decode(options.continueToken());
            return upTo(token.revision())
                    .compose(reached -> at(served, selection, options, token.revision(), token.after()));
        }
        if (options.match().equals("Exact")) {
            return upTo(options.revision()).compose(reached -> at(served, selection, options, options.revision(), ""));
        }
        return upTo(options.revision()).map(reached -> {
            ResourceCache objects = cache.of(served.stored());
            return fromCache(objects.list(selection.namespace()), selection, options.limit(), cache.revision());
        });
    }

    /** Completes when the cache is as new as {@code revision} asks: unset means consistent, 0 anything. */
    Future<Void> upTo(long revision) {
        if (revision == ListOptions.UNSET) {
            return cache.fresh().recover(Reads::storeFailure);
        }
        if (revision <= cache.revision() && cache.synced()) {
            return Future.succeededFuture();
        }
        return cache.reached(revision)
                .timeout(REVISION_WAIT_MILLIS, TimeUnit.MILLISECONDS)
                .recover(cause -> cause instanceof TimeoutException
                        ? Future.failedFuture(tooLarge(revision))
                        : Future.failedFuture(cause));
    }

    private Future<Page> at(Served served, Selection selection, ListOptions options, long revision, String after) {
        ResourceCache objects = cache.of(served.stored());
        if (objects.changedAt() <= revision) {
            Collection<ObjectVersion> rest = after.isEmpty()
                    ? objects.list(selection.namespace())
                    : objects.listAfter(selection.namespace(), after);
            return Future.succeededFuture(fromCache(rest, selection, options.limit(), revision));
        }
        KeyRange range = StoreKeys.range(served.stored(), selection.namespace());
        if (!after.isEmpty()) {
            range = new KeyRange(ByteSequence.utf8(StoreKeys.key(served.stored(), after) + "\0"), range.to());
        }
        return fromStore(served, selection, options.limit(), revision, range, new ArrayList<>())
                .recover(Reads::storeFailure);
    }

    private static Page fromCache(Collection<ObjectVersion> objects, Selection selection, int limit, long revision) {
        List<ObjectVersion> items = new ArrayList<>(limit > 0 ? Math.min(limit, objects.size()) : 16);
        Iterator<ObjectVersion> rest = objects.iterator();
        while (rest.hasNext()) {
            ObjectVersion version = rest.next();
            if (!selection.matches(version)) {
                continue;
            }
            if (limit > 0 && items.size() == limit) {
                String last = items.get(limit - 1).path();
                long remaining = selection.selective() ? -1 : objects.size() - limit;
                return new Page(revision, items, new ContinueToken(revision, last).encode(), remaining);
            }
            items.add(version);
        }
        return new Page(revision, items, "", -1);
    }

    private Future<Page> fromStore(
            Served served, Selection selection, int limit, long revision, KeyRange range, List<ObjectVersion> items) {
        return store.range(RangeRequest.of(range).atRevision(revision).limitedTo(STORE_PAGE))
                .compose(part -> {
                    int skip = StoreKeys.key(served.stored(), "").toString().length();
                    int seen = 0;
                    for (KeyValue kv : part.entries()) {
                        ObjectVersion version = new ObjectVersion(
                                kv.key().toString().substring(skip),
                                kv.modRevision(),
                                kv.value().array());
                        if (selection.matches(version)) {
                            if (limit > 0 && items.size() == limit) {
                                String last = items.get(limit - 1).path();
                                long remaining = selection.selective() ? -1 : part.count() - seen;
                                return Future.succeededFuture(new Page(
                                        revision, items, new ContinueToken(revision, last).encode(), remaining));
                            }
                            items.add(version);
                        }
                        seen++;
                    }
                    if (!part.more()) {
                        return Future.succeededFuture(new Page(revision, items, "", -1));
                    }
                    String lastKey =
                            part.entries().get(part.entries().size() - 1).key().toString();
                    KeyRange next = new KeyRange(ByteSequence.utf8(lastKey + "\0"), range.to());
                    return fromStore(served, selection, limit, revision, next, items);
                });
    }

    /** The API's words for a failure of the store. */
    static <T> Future<T> storeFailure(Throwable cause) {
        if (cause instanceof StoreException.Compacted) {
            return Future.failedFuture(
                    ApiException.expired(
                            "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter."));
        }
        return StoreFailures.translate(cause);
    }

    private ApiException tooLarge(long revision) {
        return new ApiException(
                504,
                "Timeout",
                "Timeout: Too large resource version: " + revision + ", current: " + cache.revision(),
                new ApiException.Details(
                        "",
                        "",
                        "",
                        "",
                        List.of(new ApiException.Cause("ResourceVersionTooLarge", "Too large resource version", "")),
                        1));
    }
}
