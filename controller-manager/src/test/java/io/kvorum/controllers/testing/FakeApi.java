package io.kvorum.controllers.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kvorum.api.ApiException;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.patch.MergePatch;
import io.kvorum.api.patch.PatchSchema;
import io.kvorum.api.patch.StrategicMergePatch;
import io.kvorum.client.ApiClient;
import io.kvorum.client.KubernetesJson;
import io.kvorum.client.ListOptions;
import io.kvorum.client.ObjectList;
import io.kvorum.client.PatchType;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Watch;
import io.kvorum.client.WatchHandler;
import io.kvorum.openapi.OpenApiDocuments;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Kubernetes API in memory, as far as controllers use it: objects with uid, resourceVersion and generation, status
 * apart from spec, optimistic concurrency, finalizers, graceful deletion of pods, propagation policies, watches that lag
 * behind by a turn of the event loop. All on one Vert.x context; {@link #run} brings a test there.
 */
public final class FakeApi implements ApiClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final BuiltinCatalog CATALOG = BuiltinCatalog.load();

    private final Vertx vertx;
    private final Context context;
    private final Clock clock;
    private final Map<String, TreeMap<String, ObjectNode>> objects = new HashMap<>();
    private final List<Subscription<?>> subscriptions = new ArrayList<>();
    private final List<Condition> conditions = new ArrayList<>();
    private final List<Change> history = new ArrayList<>();
    private final List<String> writes = new ArrayList<>();
    private long revision = 100;
    private int names;

    private record Condition(Supplier<Boolean> holds, CompletableFuture<Void> met) {}

    private record Change(long revision, String resource, ObjectNode tree, String type) {}

    private record Subscription<T extends HasMetadata>(
            String resource, ListOptions options, ResourceInfo info, Class<T> type, WatchHandler<T> handler) {}

    public FakeApi(Vertx vertx, Clock clock) {
        this.vertx = vertx;
        this.clock = clock;
        this.context = vertx.getOrCreateContext();
    }

    /** Runs {@code action} on the context and returns its result. */
    public <R> R run(Supplier<R> action) {
        CompletableFuture<R> done = new CompletableFuture<>();
        context.runOnContext(v -> {
            try {
                done.complete(action.get());
            } catch (RuntimeException | AssertionError e) {
                done.completeExceptionally(e);
            }
        });
        return await(done);
    }

    /** Waits until {@code holds} is true; it is asked after every change. */
    public void until(Supplier<Boolean> holds) {
        CompletableFuture<Void> met = new CompletableFuture<>();
        context.runOnContext(v -> {
            conditions.add(new Condition(holds, met));
            check();
        });
        await(met);
    }

    private <R> R await(CompletableFuture<R> future) {
        try {
            return future.get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("not within 10 s; objects: " + objects + "; writes: " + writes, e);
        }
    }

    private void check() {
        conditions.removeIf(each -> each.holds.get() && each.met.complete(null));
    }

    /** Verb, resource and name of every write so far. */
    public List<String> writes() {
        return there(() -> List.copyOf(writes));
    }

    /** All objects of a type. */
    public <T extends HasMetadata> List<T> all(Class<T> type) {
        return there(() -> table(info(type)).values().stream()
                .map(tree -> decode(tree, type))
                .toList());
    }

    public <T extends HasMetadata> @Nullable T find(Class<T> type, String namespace, String name) {
        return there(() -> Optional.ofNullable(table(info(type)).get(namespace + "/" + name)))
                .map(tree -> decode(tree, type))
                .orElse(null);
    }

    /** For tests, which look from a thread of their own while controllers write on the context. */
    private <R> R there(Supplier<R> look) {
        return Context.isOnEventLoopThread() ? look.get() : run(look);
    }

    private static ResourceInfo info(Class<? extends HasMetadata> type) {
        return CATALOG.byKind(HasMetadata.getGroup(type), HasMetadata.getVersion(type), HasMetadata.getKind(type))
                .orElseThrow();
    }

    private TreeMap<String, ObjectNode> table(ResourceInfo info) {
        return objects.computeIfAbsent(info.groupResource(), key -> new TreeMap<>());
    }

    private static <T> T decode(ObjectNode tree, Class<T> type) {
        return KubernetesJson.read(Buffer.buffer(tree.toString()), type);
    }

    private static ObjectNode encode(Object object) {
        try {
            return (ObjectNode) JSON.readTree(KubernetesJson.write(object).getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public <T extends HasMetadata> ResourceClient<T> resources(Class<T> type) {
        return new FakeResource<>(info(type), type);
    }

    @Override
    public ResourceClient<GenericKubernetesResource> resources(ResourceInfo resource) {
        return new FakeResource<>(resource, GenericKubernetesResource.class);
    }

    @Override
    public Future<Buffer> raw(
            String method, String uri, @Nullable String contentType, @Nullable Buffer body, Duration timeout) {
        return later(() -> {
            if (method.equals("GET") && uri.equals("/apis")) {
                return discoveryGroups();
            }
            if (method.equals("GET") && (uri.equals("/api/v1") || uri.matches("/apis/[^/]+/[^/]+"))) {
                return discoveryResources(uri.replaceFirst("/apis?/", ""));
            }
            if (method.equals("GET") && uri.startsWith("/openapi/v3/")) {
                return Buffer.buffer(OpenApiDocuments.load()
                        .v3(uri.substring("/openapi/v3/".length()))
                        .orElseThrow(() -> ApiException.notFound("", "", uri))
                        .bytes());
            }
            String[] parts = uri.split("/");
            if (method.equals("GET") && uri.startsWith("/api/v1/namespaces/")) {
                return Buffer.buffer(
                        existing(CATALOG.byKind("", "v1", "Namespace").orElseThrow(), "", parts[4])
                                .toString());
            }
            if (method.equals("PUT") && uri.endsWith("/finalize")) {
                ResourceInfo namespaces = CATALOG.byKind("", "v1", "Namespace").orElseThrow();
                ObjectNode tree = existing(namespaces, "", parts[4]);
                ObjectNode next = tree.deepCopy();
                ((ObjectNode) next.get("spec"))
                        .set("finalizers", parse(body).path("spec").path("finalizers"));
                writes.add("finalize namespaces " + parts[4]);
                store(namespaces, next);
                return Buffer.buffer(next.toString());
            }
            if (method.equals("DELETE")) {
                boolean core = uri.startsWith("/api/");
                String group = core ? "" : parts[2];
                ResourceInfo resource = CATALOG.byResource(group, core ? parts[2] : parts[3], parts[parts.length - 1])
                        .orElseThrow();
                String namespace = parts[parts.length - 2];
                List<ObjectNode> present = new ArrayList<>(table(resource).values());
                present.stream()
                        .filter(each -> text(each, "namespace").equals(namespace))
                        .forEach(each -> remove(resource, each, new DeleteOptions()));
                return Buffer.buffer("{}");
            }
            throw ApiException.badRequest(method + " " + uri + " is not in this fake");
        });
    }

    private static Buffer discoveryGroups() {
        ObjectNode list = JSON.createObjectNode();
        ArrayNode groups = list.putArray("groups");
        CATALOG.all().stream()
                .filter(each -> !each.group().isEmpty())
                .map(ResourceInfo::apiVersion)
                .distinct()
                .forEach(version -> {
                    ObjectNode group = groups.addObject();
                    group.putArray("versions").addObject().put("groupVersion", version);
                    group.putObject("preferredVersion").put("groupVersion", version);
                });
        return Buffer.buffer(list.toString());
    }

    private static Buffer discoveryResources(String groupVersion) {
        ObjectNode list = JSON.createObjectNode();
        ArrayNode resources = list.putArray("resources");
        CATALOG.all().stream()
                .filter(each -> each.apiVersion().equals(groupVersion))
                .forEach(each -> {
                    ObjectNode entry = resources
                            .addObject()
                            .put("name", each.resource())
                            .put("kind", each.kind())
                            .put("namespaced", each.namespaced());
                    ArrayNode verbs = entry.putArray("verbs");
                    each.verbs().forEach(verbs::add);
                });
        return Buffer.buffer(list.toString());
    }

    private static JsonNode parse(@Nullable Buffer body) {
        try {
            return JSON.readTree(body == null ? new byte[0] : body.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every answer takes at least a turn of the event loop. */
    private <R> Future<R> later(Supplier<R> action) {
        Promise<R> promise = Promise.promise();
        context.runOnContext(v -> {
            try {
                promise.complete(action.get());
            } catch (ApiException e) {
                promise.fail(e);
            }
        });
        return promise.future();
    }

    private ObjectNode existing(ResourceInfo info, String namespace, String name) {
        @Nullable ObjectNode tree = table(info).get(namespace + "/" + name);
        if (tree == null) {
            throw ApiException.notFound(info.group(), info.resource(), name);
        }
        return tree;
    }

    private static String text(JsonNode tree, String field) {
        return tree.path("metadata").path(field).asText("");
    }

    private static String key(JsonNode tree) {
        return text(tree, "namespace") + "/" + text(tree, "name");
    }

    private void store(ResourceInfo info, ObjectNode next) {
        ObjectNode meta = (ObjectNode) next.get("metadata");
        @Nullable ObjectNode before = table(info).get(key(next));
        if (before != null) {
            ObjectNode same = next.deepCopy();
            ((ObjectNode) same.get("metadata")).put("resourceVersion", text(before, "resourceVersion"));
            if (same.equals(before)) {
                meta.put("resourceVersion", text(before, "resourceVersion"));
                return;
            }
            if (!before.path("spec").equals(next.path("spec"))) {
                meta.put(
                        "generation", before.path("metadata").path("generation").asLong() + 1);
            }
        }
        meta.put("resourceVersion", Long.toString(++revision));
        boolean finished = meta.has("deletionTimestamp")
                && meta.path("finalizers").isEmpty()
                && meta.path("deletionGracePeriodSeconds").asLong(0) == 0
                && next.path("spec").path("finalizers").isEmpty();
        if (finished) {
            table(info).remove(key(next));
            publish(info, next, "DELETED");
        } else {
            table(info).put(key(next), next);
            publish(info, next, before == null ? "ADDED" : "MODIFIED");
        }
    }

    private void publish(ResourceInfo info, ObjectNode tree, String type) {
        List<Subscription<?>> interested = subscriptions.stream()
                .filter(each -> each.resource.equals(info.groupResource()) && selected(each.options, tree))
                .toList();
        ObjectNode copy = tree.deepCopy();
        history.add(new Change(revision, info.groupResource(), copy, type));
        context.runOnContext(v -> {
            interested.stream().filter(subscriptions::contains).forEach(each -> deliver(each, copy, type));
            check();
        });
    }

    private static <T extends HasMetadata> void deliver(Subscription<T> subscription, ObjectNode tree, String type) {
        T object = decode(tree, subscription.type);
        switch (type) {
            case "ADDED" -> subscription.handler.added(object);
            case "MODIFIED" -> subscription.handler.modified(object);
            default -> subscription.handler.deleted(object);
        }
    }

    private static boolean selected(ListOptions options, JsonNode tree) {
        @Nullable String fields = options.fieldSelector();
        return fields == null || fields.equals("metadata.name=" + text(tree, "name"));
    }

    private void remove(ResourceInfo info, ObjectNode tree, DeleteOptions options) {
        if (options.getPreconditions() != null) {
            @Nullable String uid = options.getPreconditions().getUid();
            @Nullable String version = options.getPreconditions().getResourceVersion();
            if ((uid != null && !uid.equals(text(tree, "uid")))
                    || (version != null && !version.equals(text(tree, "resourceVersion")))) {
                throw ApiException.conflict(info.group(), info.resource(), text(tree, "name"), "Precondition failed");
            }
        }
        ObjectNode next = tree.deepCopy();
        ObjectNode meta = (ObjectNode) next.get("metadata");
        if (!meta.has("deletionTimestamp")) {
            meta.put("deletionTimestamp", clock.instant().toString());
            String propagation = String.valueOf(options.getPropagationPolicy());
            if (propagation.equals("Foreground") || propagation.equals("Orphan")) {
                meta.withArray("/finalizers").add(propagation.equals("Orphan") ? "orphan" : "foregroundDeletion");
            }
        }
        boolean graceful = info.kind().equals("Pod")
                && next.path("spec").hasNonNull("nodeName")
                && !Set.of("Succeeded", "Failed")
                        .contains(next.path("status").path("phase").asText());
        @Nullable Long grace = options.getGracePeriodSeconds();
        meta.put("deletionGracePeriodSeconds", !graceful ? 0 : grace == null ? 30 : grace);
        store(info, next);
    }

    /** What a kubelet does at the end of a pod's grace period. */
    public void finishDeletion(io.fabric8.kubernetes.api.model.Pod pod) {
        DeleteOptions now = new DeleteOptions();
        now.setGracePeriodSeconds(0L);
        ResourceInfo info = info(io.fabric8.kubernetes.api.model.Pod.class);
        remove(
                info,
                existing(
                        info,
                        pod.getMetadata().getNamespace(),
                        pod.getMetadata().getName()),
                now);
    }

    private final class FakeResource<T extends HasMetadata> implements ResourceClient<T> {
        private final ResourceInfo info;
        private final Class<T> type;

        FakeResource(ResourceInfo info, Class<T> type) {
            this.info = info;
            this.type = type;
        }

        @Override
        public Future<T> get(@Nullable String namespace, String name) {
            return later(() -> decode(existing(info, namespace == null ? "" : namespace, name), type));
        }

        @Override
        public Future<ObjectList<T>> list(@Nullable String namespace, ListOptions options) {
            return later(() -> new ObjectList<>(
                    table(info).values().stream()
                            .filter(each ->
                                    namespace == null || text(each, "namespace").equals(namespace))
                            .filter(each -> selected(options, each))
                            .map(each -> decode(each, type))
                            .toList(),
                    Long.toString(revision),
                    null));
        }

        @Override
        public Future<T> create(T object) {
            return later(() -> {
                ObjectNode tree = encode(object);
                ObjectNode meta = (ObjectNode) tree.get("metadata");
                if (!meta.has("name")) {
                    meta.put("name", meta.path("generateName").asText() + "x" + ++names);
                }
                writes.add("create " + info.resource() + " " + text(tree, "name"));
                if (table(info).containsKey(key(tree))) {
                    throw ApiException.alreadyExists(info.group(), info.resource(), text(tree, "name"));
                }
                if (!meta.has("uid")) {
                    meta.put("uid", info.resource() + "-uid-" + ++names);
                }
                meta.put("creationTimestamp", clock.instant().toString());
                meta.put("generation", 1);
                store(info, tree);
                return decode(tree, type);
            });
        }

        @Override
        public Future<T> update(T object) {
            return replace(object, false);
        }

        @Override
        public Future<T> updateStatus(T object) {
            return replace(object, true);
        }

        private Future<T> replace(T object, boolean status) {
            ObjectNode asked = encode(object);
            return later(() -> {
                writes.add((status ? "status " : "update ") + info.resource() + " " + text(asked, "name"));
                ObjectNode before = existing(info, text(asked, "namespace"), text(asked, "name"));
                if (!text(asked, "resourceVersion").equals(text(before, "resourceVersion"))) {
                    throw ApiException.conflict(
                            info.group(),
                            info.resource(),
                            text(asked, "name"),
                            "the object has been modified; please apply your changes to the latest version and try again");
                }
                ObjectNode next = (status ? before : asked).deepCopy();
                JsonNode kept = (status ? asked : before).path("status");
                if (kept.isMissingNode()) {
                    next.remove("status");
                } else {
                    next.set("status", kept.deepCopy());
                }
                store(info, next);
                return decode(next, type);
            });
        }

        @Override
        public Future<T> patch(
                @Nullable String namespace, String name, PatchType kind, String patch, @Nullable String subresource) {
            return later(() -> {
                writes.add("patch " + info.resource() + " " + name);
                ObjectNode before = existing(info, namespace == null ? "" : namespace, name);
                JsonNode change = parse(Buffer.buffer(patch));
                for (String field : List.of("uid", "resourceVersion")) {
                    String asked = text(change, field);
                    if (!asked.isEmpty() && !asked.equals(text(before, field))) {
                        throw ApiException.conflict(info.group(), info.resource(), name, field + " differs");
                    }
                }
                ObjectNode next = kind == PatchType.MERGE
                        ? MergePatch.apply(before.deepCopy(), change)
                        : StrategicMergePatch.apply(before.deepCopy(), change, new Lists("", ""));
                store(info, next);
                return decode(next, type);
            });
        }

        @Override
        public Future<Void> delete(@Nullable String namespace, String name, DeleteOptions options) {
            return later(() -> {
                writes.add("delete " + info.resource() + " " + name);
                remove(info, existing(info, namespace == null ? "" : namespace, name), options);
                return null;
            });
        }

        @Override
        public Future<Void> createSubresource(
                @Nullable String namespace, String name, String subresource, Object body) {
            return Future.failedFuture(ApiException.badRequest(subresource + " is not in this fake"));
        }

        @Override
        public Future<Watch> watch(@Nullable String namespace, ListOptions options, WatchHandler<T> handler) {
            return later(() -> {
                Subscription<T> subscription = new Subscription<>(info.groupResource(), options, info, type, handler);
                long from = Long.parseLong(String.valueOf(options.resourceVersion()));
                List<Change> missed = history.stream()
                        .filter(each -> each.revision > from && each.resource.equals(info.groupResource()))
                        .filter(each -> selected(options, each.tree))
                        .toList();
                context.runOnContext(v -> {
                    missed.forEach(each -> deliver(subscription, each.tree, each.type));
                    check();
                });
                subscriptions.add(subscription);
                return () -> subscriptions.remove(subscription);
            });
        }
    }

    /** The merge keys of the lists that controllers patch. */
    private record Lists(String name, String parent) implements PatchSchema {
        @Override
        public PatchSchema field(String field) {
            return new Lists(field, name);
        }

        @Override
        public Set<String> strategies() {
            return Set.of("ownerReferences", "finalizers", "conditions").contains(name) ? Set.of("merge") : Set.of();
        }

        @Override
        public String mergeKey() {
            return switch (name) {
                case "ownerReferences" -> "uid";
                case "conditions" -> "type";
                default -> "";
            };
        }
    }

    public Vertx vertx() {
        return vertx;
    }
}
