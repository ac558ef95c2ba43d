package io.kvorum.client;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kvorum.api.ApiException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** One resource of a {@link TransportApiClient}: paths, queries, and JSON to model classes and back. */
final class TransportResourceClient<T extends HasMetadata> implements ResourceClient<T> {
    private static final String JSON = "application/json";
    /** A watch is asked to end after 5 to 10 minutes, as client-go does, so that watches spread over API servers anew. */
    private static final int MIN_WATCH_SECONDS = 300;

    /** How long after its agreed end a watch is taken for dead: a server that vanished cannot tell. */
    private static final Duration WATCH_GRACE = Duration.ofSeconds(30);

    private final TransportApiClient client;
    private final Class<T> type;
    private final String root;
    private final String resource;
    private final boolean namespaced;

    TransportResourceClient(
            TransportApiClient client,
            Class<T> type,
            String group,
            String version,
            String resource,
            boolean namespaced) {
        this.client = client;
        this.type = type;
        this.root = group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
        this.resource = resource;
        this.namespaced = namespaced;
    }

    @Override
    public Future<T> get(@Nullable String namespace, String name) {
        return client.get(path(namespace, name, null)).map(this::decode);
    }

    @Override
    public Future<ObjectList<T>> list(@Nullable String namespace, ListOptions options) {
        return client.get(collection(namespace) + query(options).toString())
                .map(body -> KubernetesJson.readList(body, type));
    }

    @Override
    public Future<T> create(T object) {
        return client.write("POST", collection(namespaceOf(object)), JSON, KubernetesJson.write(object))
                .map(this::decode);
    }

    @Override
    public Future<T> update(T object) {
        return put(object, null);
    }

    @Override
    public Future<T> updateStatus(T object) {
        return put(object, "status");
    }

    private Future<T> put(T object, @Nullable String subresource) {
        String path = path(namespaceOf(object), object.getMetadata().getName(), subresource);
        return client.write("PUT", path, JSON, KubernetesJson.write(object)).map(this::decode);
    }

    @Override
    public Future<T> patch(
            @Nullable String namespace, String name, PatchType patchType, String patch, @Nullable String subresource) {
        return client.write("PATCH", path(namespace, name, subresource), patchType.mediaType(), Buffer.buffer(patch))
                .map(this::decode);
    }

    @Override
    public Future<Void> delete(@Nullable String namespace, String name, DeleteOptions options) {
        return client.write("DELETE", path(namespace, name, null), JSON, KubernetesJson.write(options))
                .mapEmpty();
    }

    @Override
    public Future<Void> createSubresource(@Nullable String namespace, String name, String subresource, Object body) {
        return client.write("POST", path(namespace, name, subresource), JSON, KubernetesJson.write(body))
                .mapEmpty();
    }

    @Override
    public Future<Watch> watch(@Nullable String namespace, ListOptions options, WatchHandler<T> handler) {
        int seconds = MIN_WATCH_SECONDS + client.random().nextInt(MIN_WATCH_SECONDS);
        StringJoiner query =
                query(options).add("watch=true").add("allowWatchBookmarks=true").add("timeoutSeconds=" + seconds);
        RunningWatch<T> watch = new RunningWatch<>(type, handler);
        return client.stream(collection(namespace) + query, watch)
                .onSuccess(stream -> watch.opened(
                        stream, client.timers(), Duration.ofSeconds(seconds).plus(WATCH_GRACE)))
                .map(stream -> watch);
    }

    private T decode(Buffer body) {
        return KubernetesJson.read(body, type);
    }

    private String collection(@Nullable String namespace) {
        return namespaced && namespace != null && !namespace.isEmpty()
                ? root + "/namespaces/" + namespace + "/" + resource
                : root + "/" + resource;
    }

    private String path(@Nullable String namespace, String name, @Nullable String subresource) {
        if (namespaced && (namespace == null || namespace.isEmpty())) {
            throw new IllegalArgumentException(resource + " \"" + name + "\" needs a namespace");
        }
        // Names of RBAC objects hold colons, which a path may carry as they are.
        String path = collection(namespace) + "/"
                + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("%3A", ":");
        return subresource == null ? path : path + "/" + subresource;
    }

    private @Nullable String namespaceOf(T object) {
        @Nullable String namespace = object.getMetadata().getNamespace();
        if (namespaced && (namespace == null || namespace.isEmpty())) {
            throw new IllegalArgumentException(
                    resource + " \"" + object.getMetadata().getName() + "\" needs a namespace");
        }
        return namespace;
    }

    private static StringJoiner query(ListOptions options) {
        StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
        add(query, "labelSelector", options.labelSelector());
        add(query, "fieldSelector", options.fieldSelector());
        add(query, "resourceVersion", options.resourceVersion());
        if (options.limit() > 0) {
            add(query, "limit", Integer.toString(options.limit()));
        }
        add(query, "continue", options.continueToken());
        return query;
    }

    private static void add(StringJoiner query, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            query.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }

    /** A watch that is open: decodes its frames and calls its handler. */
    private static final class RunningWatch<T extends HasMetadata> implements Watch, Transport.Frames {
        private final Class<T> type;
        private final WatchHandler<T> handler;
        private boolean over;
        private Transport.@Nullable Stream stream;
        private Timers.@Nullable Timer limit;

        RunningWatch(Class<T> type, WatchHandler<T> handler) {
            this.type = type;
            this.handler = handler;
        }

        void opened(Transport.Stream opened, Timers timers, Duration atMost) {
            if (over) {
                opened.close();
                return;
            }
            stream = opened;
            limit = timers.after(
                    atMost, () -> end(ApiException.timeout("the watch went on beyond the end it was asked to have")));
        }

        @Override
        public void frame(Buffer json) {
            if (over) {
                return;
            }
            KubernetesJson.Event<T> event;
            try {
                event = KubernetesJson.readEvent(json, type);
            } catch (ApiException e) {
                end(e);
                return;
            }
            deliver(event);
        }

        private void deliver(KubernetesJson.Event<T> event) {
            @Nullable T object = event.object();
            if (object != null) {
                switch (event.type()) {
                    case "ADDED" -> handler.added(object);
                    case "MODIFIED" -> handler.modified(object);
                    default -> handler.deleted(object);
                }
            } else if (event.other() != null && event.type().equals("BOOKMARK")) {
                handler.bookmark(
                        event.other().path("metadata").path("resourceVersion").asString(""));
            } else if (event.other() != null && event.type().equals("ERROR")) {
                end(Statuses.exception(event.other(), 500));
            } else {
                end(ApiException.internal("a watch event of type \"" + event.type() + "\" without an object"));
            }
        }

        @Override
        public void end(@Nullable Throwable cause) {
            if (!over) {
                close();
                handler.closed(cause);
            }
        }

        @Override
        public void close() {
            over = true;
            if (limit != null) {
                limit.cancel();
            }
            if (stream != null) {
                stream.close();
            }
        }
    }
}
