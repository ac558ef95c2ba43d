package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Binding;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kvorum.api.ResourceInfo;
import io.kvorum.client.ApiClient;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.client.ListOptions;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ObjectList;
import io.kvorum.client.PatchType;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Timers;
import io.kvorum.client.Watch;
import io.kvorum.client.WatchHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The cluster as the scheduler sees it: nodes and pods that a test puts there, bindings it asks for, time it waits. */
final class FakeCluster implements ApiClient, Informers, Timers {
    /** {@code pod->node}, in the order they were asked for. */
    final List<String> bindings = new ArrayList<>();

    final List<String> events = new ArrayList<>();
    final List<String> patches = new ArrayList<>();
    /** Set: bindings wait until the test decides. */
    @Nullable
    Map<String, Promise<Void>> heldBindings;

    /** {@code pod: uid} of what was to be deleted. */
    final List<String> deletions = new ArrayList<>();
    /** Set: deletions fail with this. */
    @Nullable
    Throwable deletionFailure;

    private final Map<Class<?>, Source<?>> sources = new HashMap<>();

    /** What an informer is made of, without any watch. */
    private static final class Source<T extends HasMetadata> implements Informer<T> {
        private final Map<ObjectKey, T> objects = new LinkedHashMap<>();
        private final List<Handler<T>> handlers = new ArrayList<>();

        void put(T object) {
            @Nullable T before = objects.put(ObjectKey.of(object), object);
            for (Handler<T> handler : handlers) {
                if (before == null) {
                    handler.added(object);
                } else {
                    handler.updated(before, object);
                }
            }
        }

        void remove(ObjectKey key) {
            @Nullable T gone = objects.remove(key);
            if (gone != null) {
                handlers.forEach(handler -> handler.deleted(gone));
            }
        }

        @Override
        public void handler(Handler<T> handler) {
            handlers.add(handler);
        }

        @Override
        public Lister<T> lister() {
            return new Lister<>() {
                @Override
                public @Nullable T get(ObjectKey key) {
                    return objects.get(key);
                }

                @Override
                public List<T> list() {
                    return List.copyOf(objects.values());
                }

                @Override
                public List<T> inNamespace(String namespace) {
                    return objects.values().stream()
                            .filter(object -> ObjectKey.of(object).namespace().equals(namespace))
                            .toList();
                }

                @Override
                public List<T> byIndex(String index, String value) {
                    throw new UnsupportedOperationException();
                }
            };
        }

        @Override
        public void index(String name, Function<T, List<String>> values) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Void> start() {
            return Future.succeededFuture();
        }

        @Override
        public boolean synced() {
            return true;
        }

        @Override
        public void stop() {}
    }

    @SuppressWarnings("unchecked") // made for the class it is kept under
    private <T extends HasMetadata> Source<T> source(Class<T> type) {
        return (Source<T>) sources.computeIfAbsent(type, t -> new Source<T>());
    }

    @SuppressWarnings("unchecked") // the source of the object's own class
    <T extends HasMetadata> void put(T object) {
        source((Class<T>) object.getClass()).put(object);
    }

    void remove(HasMetadata object) {
        source(object.getClass()).remove(ObjectKey.of(object));
    }

    /** The pod as the watch last showed it. */
    Pod pod(String name) {
        return Objects.requireNonNull(source(Pod.class).objects.get(new ObjectKey("ns", name)));
    }

    /** The watch shows what was bound. */
    void showBound(String pod, String node) {
        put(new PodBuilder(pod(pod)).editSpec().withNodeName(node).endSpec().build());
    }

    @Override
    public <T extends HasMetadata> Informer<T> of(Class<T> type) {
        return source(type);
    }

    @Override
    public <T extends HasMetadata> Informer<T> of(Class<T> type, ListOptions options) {
        return of(type);
    }

    @Override
    public Future<Void> startAll() {
        return Future.succeededFuture();
    }

    @Override
    public void stopAll() {}

    @Override
    public <T extends HasMetadata> ResourceClient<T> resources(Class<T> type) {
        return new Writes<>();
    }

    @Override
    public ResourceClient<GenericKubernetesResource> resources(ResourceInfo resource) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Buffer> raw(
            String method, String uri, @Nullable String contentType, @Nullable Buffer body, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    /** Takes down what is written. */
    private final class Writes<T extends HasMetadata> implements ResourceClient<T> {
        @Override
        public Future<T> create(T object) {
            if (object instanceof Event event) {
                events.add(event.getInvolvedObject().getName() + " " + event.getReason() + ": " + event.getMessage());
            }
            return Future.succeededFuture(object);
        }

        @Override
        public Future<T> patch(
                @Nullable String namespace, String name, PatchType type, String patch, @Nullable String subresource) {
            patches.add(name + "/" + subresource + " " + patch);
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> createSubresource(
                @Nullable String namespace, String name, String subresource, Object body) {
            bindings.add(name + "->" + ((Binding) body).getTarget().getName());
            return heldBindings == null
                    ? Future.succeededFuture()
                    : heldBindings.computeIfAbsent(name, n -> Promise.promise()).future();
        }

        @Override
        public Future<T> get(@Nullable String namespace, String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<ObjectList<T>> list(@Nullable String namespace, ListOptions options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<T> update(T object) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<T> updateStatus(T object) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Void> delete(@Nullable String namespace, String name, DeleteOptions options) {
            if (deletionFailure != null) {
                return Future.failedFuture(deletionFailure);
            }
            deletions.add(name + ": " + options.getPreconditions().getUid());
            return Future.succeededFuture();
        }

        @Override
        public Future<Watch> watch(@Nullable String namespace, ListOptions options, WatchHandler<T> handler) {
            throw new UnsupportedOperationException();
        }
    }

    private record Pending(long due, long order, Runnable action) {}

    private final PriorityQueue<Pending> pending =
            new PriorityQueue<>(Comparator.comparingLong(Pending::due).thenComparingLong(Pending::order));
    private long now;
    private long order;

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        Pending timer = new Pending(now + Math.max(1_000_000, delay.toNanos()), order++, action);
        pending.add(timer);
        return () -> pending.remove(timer);
    }

    void advance(Duration time) {
        long end = now + time.toNanos();
        @Nullable Pending next = pending.peek();
        while (next != null && next.due <= end) {
            pending.remove(next);
            now = next.due;
            next.action.run();
            next = pending.peek();
        }
        now = end;
    }
}
