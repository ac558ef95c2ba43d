package io.kvorum.client;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kvorum.api.ApiException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A resource in memory with resourceVersions and optimistic concurrency, whose failures and watches a test steers. */
class FakeResource<T extends HasMetadata> implements ResourceClient<T> {
    final Map<ObjectKey, T> objects = new LinkedHashMap<>();
    final List<ListOptions> lists = new ArrayList<>();
    final List<OpenWatch<T>> watches = new ArrayList<>();
    final UnaryOperator<T> copy;
    long version = 10;
    int pageSize = Integer.MAX_VALUE;

    @Nullable
    Throwable nextListFailure;

    @Nullable
    Throwable failure;
    /** Whether a write is carried out although it fails with {@link #failure}: a lost answer. */
    boolean answersAreLost;

    record OpenWatch<T>(ListOptions options, WatchHandler<T> handler, boolean[] closed) {}

    FakeResource(UnaryOperator<T> copy) {
        this.copy = copy;
    }

    OpenWatch<T> watch() {
        return watches.get(watches.size() - 1);
    }

    /** Stores {@code object} at a new version and returns it as the server would. */
    T put(T object) {
        T stored = copy.apply(object);
        stored.getMetadata().setResourceVersion(Long.toString(++version));
        objects.put(ObjectKey.of(stored), stored);
        return stored;
    }

    @Override
    public Future<T> get(@Nullable String namespace, String name) {
        if (failure != null) {
            return Future.failedFuture(failure);
        }
        @Nullable T found = objects.get(new ObjectKey(namespace == null ? "" : namespace, name));
        return found == null
                ? Future.failedFuture(ApiException.notFound("", "things", name))
                : Future.succeededFuture(copy.apply(found));
    }

    @Override
    public Future<ObjectList<T>> list(@Nullable String namespace, ListOptions options) {
        lists.add(options);
        @Nullable Throwable fails = nextListFailure;
        if (fails != null) {
            nextListFailure = null;
            return Future.failedFuture(fails);
        }
        int from = options.continueToken() == null ? 0 : Integer.parseInt(options.continueToken());
        int to = options.limit() == 0
                ? objects.size()
                : Math.min(objects.size(), from + Math.min(pageSize, options.limit()));
        List<T> page = List.copyOf(objects.values()).subList(from, to);
        return Future.succeededFuture(
                new ObjectList<>(page, Long.toString(version), to < objects.size() ? Integer.toString(to) : null));
    }

    @Override
    public Future<T> create(T object) {
        return write(() -> {
            if (objects.containsKey(ObjectKey.of(object))) {
                return Future.failedFuture(ApiException.alreadyExists(
                        "", "things", object.getMetadata().getName()));
            }
            return Future.succeededFuture(copy.apply(put(object)));
        });
    }

    @Override
    public Future<T> update(T object) {
        return write(() -> {
            @Nullable T now = objects.get(ObjectKey.of(object));
            if (now == null) {
                return Future.failedFuture(
                        ApiException.notFound("", "things", object.getMetadata().getName()));
            }
            if (!now.getMetadata()
                    .getResourceVersion()
                    .equals(object.getMetadata().getResourceVersion())) {
                return Future.failedFuture(
                        ApiException.conflict("", "things", object.getMetadata().getName(), "modified"));
            }
            return Future.succeededFuture(copy.apply(put(object)));
        });
    }

    private Future<T> write(Supplier<Future<T>> action) {
        if (failure == null) {
            return action.get();
        }
        Throwable lost = failure;
        return answersAreLost ? action.get().transform(done -> Future.failedFuture(lost)) : Future.failedFuture(lost);
    }

    @Override
    public Future<T> updateStatus(T object) {
        return update(object);
    }

    @Override
    public Future<T> patch(
            @Nullable String namespace, String name, PatchType type, String patch, @Nullable String subresource) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> delete(@Nullable String namespace, String name, DeleteOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> createSubresource(@Nullable String namespace, String name, String subresource, Object body) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Watch> watch(@Nullable String namespace, ListOptions options, WatchHandler<T> handler) {
        OpenWatch<T> watch = new OpenWatch<>(options, handler, new boolean[1]);
        watches.add(watch);
        return failure != null ? Future.failedFuture(failure) : Future.succeededFuture(() -> watch.closed()[0] = true);
    }
}
