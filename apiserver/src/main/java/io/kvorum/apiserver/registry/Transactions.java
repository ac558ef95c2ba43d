package io.kvorum.apiserver.registry;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.StoreFailures;
import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Compare;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.Txn;
import io.kvorum.store.client.TxnResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Optimistic writes: create if absent, and change what was read if nobody else has changed it. A change starts from the
 * cache's version; before anything is refused because of what the cache says, the store is asked.
 */
final class Transactions {
    private static final int MOST_ATTEMPTS = 32;

    private final Store store;
    private final WatchCache cache;
    private final Converter converter;

    Transactions(Store store, WatchCache cache, Converter converter) {
        this.converter = converter;
        this.store = store;
        this.cache = cache;
    }

    /** The outcome of a change: the object afterwards, or as it was when it was removed. */
    record Outcome(ObjectVersion version, boolean removed) {}

    /**
     * Writes a new object.
     *
     * <p>Errors: AlreadyExists; what {@code wanted} refuses.
     *
     * @param wanted the object with what goes along, called once per attempt
     */
    Future<ObjectVersion> create(Served served, String path, String name, Supplier<Change.Put> wanted, boolean dryRun) {
        return create(served, path, name, wanted, dryRun, 1)
                .compose(version -> prepared(served, version).map(ready -> version));
    }

    private Future<Void> prepared(Served served, ObjectVersion version) {
        return served.conversion().immediate()
                ? Future.succeededFuture()
                : served.conversion().prepare(converter, List.of(version.tree()));
    }

    private Future<ObjectVersion> create(
            Served served, String path, String name, Supplier<Change.Put> wanted, boolean dryRun, int attempt) {
        Change.Put put;
        try {
            put = wanted.get();
        } catch (ApiException refused) {
            return Future.failedFuture(refused);
        }
        return served.conversion()
                .prepareStore(converter, put.object())
                .compose(ready -> create(served, path, name, wanted, dryRun, attempt, put));
    }

    private Future<ObjectVersion> create(
            Served served,
            String path,
            String name,
            Supplier<Change.Put> wanted,
            boolean dryRun,
            int attempt,
            Change.Put put) {
        ApiException exists =
                ApiException.alreadyExists(served.info().group(), served.info().resource(), name);
        Attachment attachment = put.attachment();
        byte[] stored = ObjectJson.stored(served.conversion().beforeStore(put.object()));
        if (dryRun) {
            return current(served, path)
                    .compose(found -> found == null
                            ? Future.succeededFuture(new ObjectVersion(path, 0, stored))
                            : Future.failedFuture(exists));
        }
        ByteSequence key = StoreKeys.key(served.stored(), path);
        List<Compare> compares = new ArrayList<>(attachment.compares());
        compares.add(Compare.absent(key));
        List<Op> ops = new ArrayList<>(attachment.ops());
        ops.add(new Op.Put(key, ByteSequence.wrap(stored), attachment.lease(), false));
        return commit(compares, ops, key).compose(result -> {
            if (result.succeeded()) {
                return Future.succeededFuture(new ObjectVersion(path, result.revision(), stored));
            }
            if (found(result) != null) {
                return Future.failedFuture(exists);
            }
            if (attempt == MOST_ATTEMPTS) {
                return Future.failedFuture(ApiException.unavailable("too many conflicting reservations"));
            }
            return cache.fresh().compose(seen -> create(served, path, name, wanted, dryRun, attempt + 1));
        });
    }

    /**
     * Changes an existing object, as often as it takes.
     *
     * <p>Errors: NotFound; what {@code change} fails with when it looks at the newest version; Conflict when others keep
     * changing the object.
     */
    Future<Outcome> update(Served served, String path, boolean dryRun, Function<ObjectVersion, Future<Change>> change) {
        if (served.conversion().immediate()) {
            return begin(served, path, dryRun, change);
        }
        Function<ObjectVersion, Future<Change>> converting = current -> prepared(served, current)
                .compose(ready -> applied(change, current))
                .compose(made -> made instanceof Change.Put put
                        ? served.conversion()
                                .prepareStore(converter, put.object())
                                .map(ready -> made)
                        : Future.succeededFuture(made));
        return begin(served, path, dryRun, converting)
                .compose(outcome -> prepared(served, outcome.version()).map(ready -> outcome));
    }

    private Future<Outcome> begin(
            Served served, String path, boolean dryRun, Function<ObjectVersion, Future<Change>> change) {
        ObjectVersion cached = cache.of(served.stored()).get(path);
        if (cached == null) {
            return current(served, path).compose(found -> attempt(served, path, dryRun, change, found, true, 1));
        }
        return attempt(served, path, dryRun, change, cached, false, 1);
    }

    private Future<Outcome> attempt(
            Served served,
            String path,
            boolean dryRun,
            Function<ObjectVersion, Future<Change>> change,
            @Nullable ObjectVersion origin,
            boolean newest,
            int attempt) {
        String name = path.substring(path.indexOf('/') + 1);
        if (origin == null) {
            return Future.failedFuture(
                    ApiException.notFound(served.info().group(), served.info().resource(), name));
        }
        if (attempt > MOST_ATTEMPTS) {
            return Future.failedFuture(conflict(served, name));
        }
        return applied(change, origin).transform(applied -> {
            if (applied.failed() || applied.result() instanceof Change.Keep) {
                if (newest) {
                    return applied.failed()
                            ? Future.failedFuture(applied.cause())
                            : Future.succeededFuture(new Outcome(origin, false));
                }
                return current(served, path).compose(found -> {
                    if (found != null && found.revision() == origin.revision()) {
                        return applied.failed()
                                ? Future.failedFuture(applied.cause())
                                : Future.succeededFuture(new Outcome(origin, false));
                    }
                    return attempt(served, path, dryRun, change, found, true, attempt + 1);
                });
            }
            return write(served, path, dryRun, origin, applied.result())
                    .compose(written -> written.outcome() != null
                            ? Future.succeededFuture(written.outcome())
                            : cache.fresh()
                                    .compose(seen ->
                                            attempt(served, path, dryRun, change, written.found(), true, attempt + 1)));
        });
    }

    /** Either the outcome, or what is there instead of what was expected. */
    private record Written(
            @Nullable Outcome outcome, @Nullable ObjectVersion found) {}

    private Future<Written> write(Served served, String path, boolean dryRun, ObjectVersion origin, Change change) {
        ByteSequence key = StoreKeys.key(served.stored(), path);
        List<Compare> compares = new ArrayList<>();
        compares.add(Compare.modRevision(key, Compare.Relation.EQUAL, origin.revision()));
        if (change instanceof Change.Remove remove) {
            if (dryRun) {
                return Future.succeededFuture(new Written(new Outcome(origin, true), null));
            }
            compares.addAll(remove.attachment().compares());
            List<Op> ops = new ArrayList<>(remove.attachment().ops());
            ops.add(new Op.Delete(KeyRange.single(key), false));
            return commit(compares, ops, key).map(result -> written(result, path, () -> new Outcome(origin, true)));
        }
        Change.Put put = (Change.Put) change;
        byte[] stored = ObjectJson.stored(served.conversion().beforeStore(put.object()));
        if (dryRun) {
            ObjectVersion version = new ObjectVersion(path, origin.revision(), stored);
            return Future.succeededFuture(new Written(new Outcome(version, false), null));
        }
        compares.addAll(put.attachment().compares());
        List<Op> ops = new ArrayList<>(put.attachment().ops());
        ops.add(new Op.Put(key, ByteSequence.wrap(stored), put.attachment().lease(), false));
        return commit(compares, ops, key)
                .map(result -> written(
                        result, path, () -> new Outcome(new ObjectVersion(path, result.revision(), stored), false)));
    }

    private static Written written(TxnResult result, String path, Supplier<Outcome> outcome) {
        if (result.succeeded()) {
            return new Written(outcome.get(), null);
        }
        KeyValue found = found(result);
        return new Written(
                null,
                found == null
                        ? null
                        : new ObjectVersion(
                                path, found.modRevision(), found.value().array()));
    }

    private static Future<Change> applied(Function<ObjectVersion, Future<Change>> change, ObjectVersion origin) {
        try {
            return change.apply(origin);
        } catch (ApiException refused) {
            return Future.failedFuture(refused);
        }
    }

    /** The store's present version, null when there is none. */
    Future<@Nullable ObjectVersion> current(Served served, String path) {
        return store.range(RangeRequest.of(KeyRange.single(StoreKeys.key(served.stored(), path))))
                .recover(StoreFailures::translate)
                .map(result -> {
                    if (result.entries().isEmpty()) {
                        return null;
                    }
                    KeyValue kv = result.entries().get(0);
                    return new ObjectVersion(path, kv.modRevision(), kv.value().array());
                });
    }

    private Future<TxnResult> commit(List<Compare> compares, List<Op> ops, ByteSequence key) {
        List<Op> otherwise = List.of(new Op.Get(RangeRequest.of(KeyRange.single(key))));
        return store.commit(new Txn(compares, ops, otherwise)).recover(StoreFailures::translate);
    }

    private static @Nullable KeyValue found(TxnResult result) {
        RangeResult range = (RangeResult) result.results().get(0);
        return range.entries().isEmpty() ? null : range.entries().get(0);
    }

    static ApiException conflict(Served served, String name) {
        return ApiException.conflict(
                served.info().group(),
                served.info().resource(),
                name,
                "the object has been modified; please apply your changes to the latest version and try again");
    }
}
