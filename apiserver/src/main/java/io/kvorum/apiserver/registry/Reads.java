package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.ResourceCache;
import io.kvorum.apiserver.cache.StoreFailures;
import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.StoreException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Gets and lists, from the cache where it can answer, from the store at a past revision where it cannot. */
final class Reads {
    private static final long REVISION_WAIT_MILLIS = 3000;
    private static final int STORE_PAGE = 500;

    private final WatchCache cache;
    private final Store store;
    private final Presenter presenter;
    private final Converter converter;

    Reads(WatchCache cache, Store store, Presenter presenter, Converter converter) {
        this.converter = converter;
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
        return upTo(revision)
                .map(reached -> present(served, namespace, name))
                .compose(version -> prepared(served, List.of(version)).map(ready -> version));
    }

    /** Has a webhook convert what will be shown, where one does that. */
    Future<Void> prepared(Served served, Collection<ObjectVersion> versions) {
        return served.conversion().immediate()
                ? Future.succeededFuture()
                : served.conversion()
                        .prepare(
                                converter,
                                versions.stream().map(ObjectVersion::tree).toList());
    }

    /** Whether the selectors are about more than is stored: what a webhook makes of the objects, or their defaults. */
    static boolean selectsConverted(Served served, Selection selection) {
        return served.conversion().immediate()
                ? served.info().custom() != null && selection.picksFields()
                : selection.picksFields() || selection.picksLabels();
    }

    /** Those of some versions that are selected, in their order; right after, they can be shown. */
    Future<List<ObjectVersion>> selected(Served served, Selection selection, Collection<ObjectVersion> versions) {
        if (!selectsConverted(served, selection)) {
            List<ObjectVersion> chosen =
                    versions.stream().filter(selection::matches).toList();
            return prepared(served, chosen).map(ready -> chosen);
        }
        List<ObjectVersion> covered =
                versions.stream().filter(selection::covers).toList();
        return prepared(served, covered)
                .map(ready -> covered.stream()
                        .filter(version -> selection.chooses(served.conversion().toWire(version.tree())))
                        .toList());
    }

    private ObjectVersion present(Served served, String namespace, String name) {
        ObjectVersion version = cache.of(served.stored()).get(served.path(namespace, name));
        if (version == null) {
            throw ApiException.notFound(served.info().group(), served.info().resource(), name);
        }
        return version;
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
        return found(served, selection, options)
                .compose(page -> prepared(served, page.items()).map(ready -> page));
    }

    private Future<Page> found(Served served, Selection selection, ListOptions options) {
        if (!options.continueToken().isEmpty()) {
            ContinueToken token = ContinueToken.decode(options.continueToken());
            if (token.revision() == ContinueToken.NEWEST) {
                return upTo(ListOptions.UNSET)
                        .compose(reached -> fromCache(served, selection, options.limit(), cache.revision(), token));
            }
            return upTo(token.revision())
                    .compose(reached -> at(served, selection, options, token))
                    .recover(cause -> compacted(cause, token.after()));
        }
        if (options.exact()) {
            return upTo(options.revision())
                    .compose(reached -> at(served, selection, options, new ContinueToken(options.revision(), "", 0)))
                    .recover(cause -> compacted(cause, ""));
        }
        return upTo(options.revision())
                .compose(reached -> fromCache(
                        served,
                        selection,
                        options.firstPage(),
                        cache.revision(),
                        new ContinueToken(cache.revision(), "", 0)));
    }

    /** Completes when the cache is as new as {@code revision} asks: unset means consistent, 0 anything. */
    Future<Void> upTo(long revision) {
        if (revision == ListOptions.UNSET) {
            return cache.fresh();
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

    /** @param from where the page begins */
    private Future<Page> at(Served served, Selection selection, ListOptions options, ContinueToken from) {
        long revision = from.revision();
        if (!holds(served, revision)) {
            return fromStore(served, selection, options.limit(), from);
        }
        return kept(served, revision).compose(there -> {
            // The objects may have changed while the store was asked.
            return holds(served, revision)
                    ? fromCache(served, selection, options.limit(), revision, from)
                    : fromStore(served, selection, options.limit(), from);
        });
    }

    /** Whether what the cache has now is what there was at {@code revision}. */
    private boolean holds(Served served, long revision) {
        return cache.synced()
                && cache.revision() >= revision
                && cache.of(served.stored()).changedAt() <= revision;
    }

    /** Fails when the store has forgotten a revision; lists of it end then, though the cache could still tell. */
    private Future<Void> kept(Served served, long revision) {
        if (revision >= cache.revision()) {
            return Future.succeededFuture();
        }
        // Any key will do: the store counts what is in a range.
        KeyRange range = KeyRange.single(StoreKeys.key(served.stored(), ""));
        return store.range(RangeRequest.of(range).atRevision(revision).limitedTo(1))
                .mapEmpty();
    }

    private Future<Page> fromCache(Served served, Selection selection, int limit, long revision, ContinueToken from) {
        ResourceCache objects = cache.of(served.stored());
        Collection<ObjectVersion> rest = selection.candidates(objects, from.after());
        return selectsConverted(served, selection)
                ? selected(served, selection, rest)
                        .map(chosen -> page(objects, selection, limit, revision, from, chosen, any -> true))
                : Future.succeededFuture(page(objects, selection, limit, revision, from, rest, selection::matches));
    }

    /** @param rest what there is from where the page begins */
    private static Page page(
            ResourceCache objects,
            Selection selection,
            int limit,
            long revision,
            ContinueToken from,
            Collection<ObjectVersion> rest,
            Predicate<ObjectVersion> selected) {
        List<ObjectVersion> items = new ArrayList<>();
        for (ObjectVersion version : rest) {
            if (!selected.test(version)) {
                continue;
            }
            if (limit > 0 && items.size() == limit) {
                String last = items.get(limit - 1).path();
                if (selection.selective()) {
                    String next = new ContinueToken(revision, last, ContinueToken.UNKNOWN).encode();
                    return new Page(revision, items, next, -1);
                }
                boolean counted = from.seen() != ContinueToken.UNKNOWN;
                long all = counted ? objects.size(selection.namespace()) - from.seen() : rest.size();
                long seen = counted ? from.seen() + limit : ContinueToken.UNKNOWN;
                return new Page(revision, items, new ContinueToken(revision, last, seen).encode(), all - limit);
            }
            items.add(version);
        }
        return new Page(revision, items, "", -1);
    }

    private Future<Page> fromStore(Served served, Selection selection, int limit, ContinueToken from) {
        long revision = from.revision();
        String after = from.after();
        KeyRange range = StoreKeys.range(served.stored(), selection.namespace());
        if (!after.isEmpty()) {
            ByteSequence next = ByteSequence.utf8(StoreKeys.key(served.stored(), after) + "\0");
            // The token of another list may lie before this one or behind it.
            if (next.compareTo(range.from()) > 0) {
                if (!range.contains(next)) {
                    return Future.succeededFuture(new Page(revision, List.of(), "", -1));
                }
                range = new KeyRange(next, range.to());
            }
        }
        return fromStore(served, selection, limit, revision, range, new ArrayList<>());
    }

    private Future<Page> fromStore(
            Served served, Selection selection, int limit, long revision, KeyRange range, List<ObjectVersion> items) {
        return store.range(RangeRequest.of(range).atRevision(revision).limitedTo(STORE_PAGE))
                .compose(part -> {
                    int skip = StoreKeys.key(served.stored(), "").toString().length();
                    List<ObjectVersion> versions = part.entries().stream()
                            .map(kv -> new ObjectVersion(
                                    kv.key().toString().substring(skip),
                                    kv.modRevision(),
                                    kv.value().array()))
                            .toList();
                    Future<List<ObjectVersion>> selected = selectsConverted(served, selection)
                            ? selected(served, selection, versions)
                            : Future.succeededFuture(
                                    versions.stream().filter(selection::matches).toList());
                    return selected.compose(chosen -> {
                        for (ObjectVersion version : chosen) {
                            if (limit > 0 && items.size() == limit) {
                                String last = items.get(limit - 1).path();
                                long remaining = selection.selective() ? -1 : part.count() - versions.indexOf(version);
                                return Future.succeededFuture(new Page(
                                        revision,
                                        items,
                                        new ContinueToken(revision, last, ContinueToken.UNKNOWN).encode(),
                                        remaining));
                            }
                            items.add(version);
                        }
                        if (!part.more()) {
                            return Future.succeededFuture(new Page(revision, items, "", -1));
                        }
                        String lastKey = part.entries()
                                .get(part.entries().size() - 1)
                                .key()
                                .toString();
                        KeyRange next = new KeyRange(ByteSequence.utf8(lastKey + "\0"), range.to());
                        return fromStore(served, selection, limit, revision, next, items);
                    });
                });
    }

    /** @param after where a list in pages stopped; it may go on from there, though not as it was. Empty for other lists */
    private static <T> Future<T> compacted(Throwable cause, String after) {
        if (!(cause instanceof StoreException.Compacted)) {
            return StoreFailures.translate(cause);
        }
        if (after.isEmpty()) {
            return Future.failedFuture(ApiException.expired("The resourceVersion for the provided list is too old."));
        }
        return Future.failedFuture(new ApiException(
                410,
                "Expired",
                "The provided continue parameter is too old to display a consistent list result. You can start a new"
                        + " list without the continue parameter, or use the continue token in this response to retrieve"
                        + " the remainder of the results. Continuing with the provided token results in an inconsistent"
                        + " list - objects that were created, modified, or deleted between the time the first chunk was"
                        + " returned and now may show up in the list.",
                null,
                new ContinueToken(ContinueToken.NEWEST, after, ContinueToken.UNKNOWN).encode()));
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
