package io.kvorum.controllers.garbage;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.client.Controller;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.PatchType;
import io.kvorum.client.Reconciler.Result;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Timers;
import io.kvorum.controllers.discovery.Discovery;
import io.kvorum.controllers.loop.ControlLoop;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ResourceWatch;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The garbage collector: deletes objects all of whose owners are gone, finishes foreground deletions when nothing blocks
 * them, and sets free the dependents of what is deleted with orphaning. The graph tells where to look; before anything is
 * deleted, the object and its owners are read from the API. Keys are uids.
 */
public final class GarbageCollector implements ControlLoop {
    private static final Logger LOG = LoggerFactory.getLogger(GarbageCollector.class);
    private static final String EVENTS = "events";

    private final ControllerContext context;
    private final Duration discoveryPeriod;
    private final Discovery discovery;
    private final EventRecorder events;
    private final Timers timers;
    private final OwnerGraph graph;
    private final Controller<String> discoverer;
    private final Controller<String> deleter;
    private final Controller<String> orphaner;
    private final Map<String, ResourceWatch> watches = new HashMap<>();
    private Map<String, ResourceInfo> kinds = Map.of();
    private boolean synced;
    private boolean stopped;

    /** @param discoveryPeriod how often new resources are looked for */
    public GarbageCollector(ControllerContext context, int concurrency, Duration discoveryPeriod) {
        this.context = context;
        this.discoveryPeriod = discoveryPeriod;
        discovery = new Discovery(context.client());
        events = context.events(name());
        timers = Timers.on(context.vertx());
        deleter = context.controller(name() + "-attempt-to-delete", concurrency, this::attemptToDelete);
        orphaner = context.controller(name() + "-attempt-to-orphan", concurrency, this::attemptToOrphan);
        discoverer = context.controller(name() + "-discovery", 1, key -> discover());
        graph = new OwnerGraph(deleter::enqueue, orphaner::enqueue);
        SharedCaches.feed(graph, context.informers());
    }

    @Override
    public String name() {
        return "garbage-collector-controller";
    }

    @Override
    public void start() {
        discoverer.start();
        discoverer.enqueue("");
    }

    @Override
    public Future<Void> stop() {
        stopped = true;
        watches.values().forEach(ResourceWatch::stop);
        return Future.join(discoverer.stop(), deleter.stop(), orphaner.stop()).mapEmpty();
    }

    // ---- what there is

    private Future<Result> discover() {
        return discovery.preferred().compose(found -> {
            if (stopped) {
                return Future.succeededFuture(Result.done());
            }
            Map<String, ResourceInfo> byKind = new HashMap<>(found.failures().isEmpty() ? Map.of() : kinds);
            Map<String, ResourceInfo> wanted = new HashMap<>();
            for (ResourceInfo each : found.resources()) {
                byKind.put(each.apiVersion() + "/" + each.kind(), each);
                if (each.verbs().containsAll(List.of("delete", "list", "watch"))
                        && !ignored(each)
                        && !SharedCaches.cover(each)) {
                    wanted.put(each.apiVersion() + "/" + each.resource(), each);
                }
            }
            kinds = byKind;
            watches.values().removeIf(watch -> !watch.running());
            if (found.failures().isEmpty()) {
                watches.entrySet().removeIf(each -> {
                    boolean vanished = !wanted.containsKey(each.getKey());
                    if (vanished) {
                        each.getValue().stop();
                    }
                    return vanished;
                });
            }
            List<Future<Void>> first = new ArrayList<>();
            wanted.forEach((key, resource) -> {
                if (!watches.containsKey(key)) {
                    ResourceWatch watch =
                            new ResourceWatch(context.client(), resource, new GraphFeed(resource, graph), timers);
                    watches.put(key, watch);
                    first.add(watch.start());
                }
            });
            return (first.isEmpty() ? Future.succeededFuture() : Future.join(first)).map(all -> {
                if (!synced && !stopped) {
                    // Deletion waits for the whole graph: of half of it, every owner not listed yet would need a look.
                    synced = true;
                    LOG.info("owner graph is built objects={} resources={}", graph.size(), watches.size());
                    deleter.start();
                    orphaner.start();
                }
                return Result.after(discoveryPeriod);
            });
        });
    }

    /** Events name no owners, are many, and go by themselves. */
    private static boolean ignored(ResourceInfo resource) {
        return resource.resource().equals(EVENTS)
                && (resource.group().isEmpty() || resource.group().equals("events.k8s.io"));
    }

    private @Nullable ResourceInfo resource(String apiVersion, String kind) {
        @Nullable ResourceInfo exact = kinds.get(apiVersion + "/" + kind);
        if (exact != null) {
            return exact;
        }
        // A reference may name a version that is not the preferred one: the objects are the same.
        String group = apiVersion.indexOf('/') < 0 ? "" : apiVersion.substring(0, apiVersion.indexOf('/'));
        for (ResourceInfo each : kinds.values()) {
            if (each.group().equals(group) && each.kind().equals(kind)) {
                return each;
            }
        }
        return null;
    }

    // ---- deletion

    private Future<Result> attemptToDelete(String uid) {
        @Nullable GraphNode node = graph.get(uid);
        if (node == null) {
            return Future.succeededFuture(Result.done());
        }
        if (node.observed() && node.meta().deleting() && !node.deletingDependents()) {
            return Future.succeededFuture(Result.done());
        }
        GraphNode.Identity identity = node.identity();
        @Nullable ResourceInfo resource = resource(identity.apiVersion(), identity.kind());
        if (resource == null) {
            // Not served (yet): nothing can be said about such objects, so nothing is done. Discovery may find it
            // later.
            LOG.debug("kind is not served apiVersion={} kind={}", identity.apiVersion(), identity.kind());
            return Future.succeededFuture(node.dependents().isEmpty() ? Result.done() : Result.after(discoveryPeriod));
        }
        ResourceClient<GenericKubernetesResource> client = context.client().resources(resource);
        return read(client, resource, identity.namespace(), identity.name()).compose(live -> {
            if (live == null || !live.getMetadata().getUid().equals(uid)) {
                if (node.observed()) {
                    graph.gone(uid);
                    return Future.succeededFuture(Result.done());
                }
                return judgeDependentsOfMissing(node);
            }
            if (!node.observed()) {
                // It exists; its watch will say so soon. Deletions wait for that.
                return Future.succeededFuture(Result.done());
            }
            if (node.deletingDependents()) {
                return continueForeground(node, client, live);
            }
            return judge(node, client, live);
        });
    }

    /** The owner does not exist where the reference was followed; every dependent is judged by its own reference. */
    private Future<Result> judgeDependentsOfMissing(GraphNode owner) {
        owner.dependents().forEach(deleter::enqueue);
        return Future.succeededFuture(Result.done());
    }

    /** @return null when the object does not exist */
    private static Future<@Nullable GenericKubernetesResource> read(
            ResourceClient<GenericKubernetesResource> client, ResourceInfo resource, String namespace, String name) {
        return client.get(resource.namespaced() ? namespace : null, name)
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    private Future<Result> continueForeground(
            GraphNode node, ResourceClient<GenericKubernetesResource> client, GenericKubernetesResource live) {
        List<GraphNode> blockers = graph.blockersOf(node);
        if (blockers.isEmpty()) {
            return removeFinalizer(client, live, GraphNode.FOREGROUND);
        }
        for (GraphNode each : blockers) {
            if (!each.deletingDependents()) {
                deleter.enqueue(each.identity().uid());
            }
        }
        return Future.succeededFuture(Result.done());
    }

    private Future<Result> judge(
            GraphNode node, ResourceClient<GenericKubernetesResource> client, GenericKubernetesResource live) {
        List<OwnerReference> owners = live.getMetadata().getOwnerReferences();
        if (owners.isEmpty()) {
            return Future.succeededFuture(Result.done());
        }
        return verdict(node, live, owners).compose(verdict -> switch (verdict.action(
                node.dependents().size())) {
            case KEEP -> Future.succeededFuture(Result.done());
            case REMOVE_REFERENCES ->
                patchOwners(client, live, each -> verdict.solid().contains(each));
            case DELETE_FOREGROUND ->
                unblocked(node, client, live)
                        .compose(free -> delete(client, free, "Foreground"))
                        .recover(GarbageCollector::goneIsDone);
            case DELETE -> {
                List<String> finalizers = live.getMetadata().getFinalizers();
                yield delete(
                        client,
                        live,
                        finalizers.contains(GraphNode.ORPHAN)
                                ? "Orphan"
                                : finalizers.contains(GraphNode.FOREGROUND) ? "Foreground" : "Background");
            }
        });
    }

    /**
     * An object whose dependent waits for its own dependents may stand in a circle of owners, in which everybody would wait
     * for everybody: its owners do not wait for it any longer.
     */
    private Future<GenericKubernetesResource> unblocked(
            GraphNode node, ResourceClient<GenericKubernetesResource> client, GenericKubernetesResource live) {
        List<OwnerReference> owners = live.getMetadata().getOwnerReferences();
        if (owners.stream().noneMatch(each -> Boolean.TRUE.equals(each.getBlockOwnerDeletion()))
                || graph.dependentsOf(node).stream().noneMatch(GraphNode::deletingDependents)) {
            return Future.succeededFuture(live);
        }
        owners.forEach(each -> each.setBlockOwnerDeletion(false));
        return merge(client, live, "\"ownerReferences\":" + OwnerPatches.json(owners));
    }

    private Future<OwnerVerdict> verdict(GraphNode node, GenericKubernetesResource live, List<OwnerReference> owners) {
        OwnerVerdict verdict = new OwnerVerdict(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<Future<?>> reads = new ArrayList<>();
        for (OwnerReference each : owners) {
            @Nullable ResourceInfo resource = resource(each.getApiVersion(), each.getKind());
            String namespace = node.identity().namespace();
            if (resource == null) {
                return Future.failedFuture(ApiException.unavailable("no matches for kind \"" + each.getKind()
                        + "\" in version \"" + each.getApiVersion() + "\", an owner of " + node.identity()));
            }
            if (resource.namespaced() && namespace.isEmpty()) {
                // Cluster-scoped things cannot have owners in namespaces; when unsure, nothing is deleted.
                events.event(
                        live,
                        "Warning",
                        "OwnerRefInvalidNamespace",
                        "ownerRef " + each.getKind() + "/" + each.getName() + " (" + each.getUid()
                                + ") does not exist in namespace \"\"");
                verdict.solid().add(each);
                continue;
            }
            reads.add(read(context.client().resources(resource), resource, namespace, each.getName())
                    .onSuccess(owner -> {
                        if (owner == null || !owner.getMetadata().getUid().equals(each.getUid())) {
                            verdict.dangling().add(each);
                        } else if (owner.getMetadata().getDeletionTimestamp() != null
                                && owner.getMetadata().getFinalizers().contains(GraphNode.FOREGROUND)) {
                            verdict.waiting().add(each);
                        } else {
                            verdict.solid().add(each);
                        }
                    }));
        }
        return reads.isEmpty()
                ? Future.succeededFuture(verdict)
                : Future.join(reads).map(verdict);
    }

    private static Future<Result> delete(
            ResourceClient<GenericKubernetesResource> client, GenericKubernetesResource live, String propagation) {
        return client.delete(
                        live.getMetadata().getNamespace(),
                        live.getMetadata().getName(),
                        new DeleteOptionsBuilder()
                                .withPropagationPolicy(propagation)
                                .withNewPreconditions()
                                .withUid(live.getMetadata().getUid())
                                .withResourceVersion(live.getMetadata().getResourceVersion())
                                .endPreconditions()
                                .build())
                .map(Result.done())
                .recover(GarbageCollector::goneIsDone);
    }

    private static Future<Result> goneIsDone(Throwable cause) {
        return cause instanceof ApiException no && no.notFound()
                ? Future.succeededFuture(Result.done())
                : Future.failedFuture(cause);
    }

    // ---- orphaning

    private Future<Result> attemptToOrphan(String uid) {
        @Nullable GraphNode owner = graph.get(uid);
        if (owner == null || !owner.orphaningDependents()) {
            return Future.succeededFuture(Result.done());
        }
        List<Future<?>> releases = new ArrayList<>();
        for (GraphNode dependent : graph.dependentsOf(owner)) {
            releases.add(release(dependent, uid));
        }
        Future<?> released = releases.isEmpty() ? Future.succeededFuture() : Future.join(releases);
        GraphNode.Identity identity = owner.identity();
        @Nullable ResourceInfo resource = resource(identity.apiVersion(), identity.kind());
        if (resource == null) {
            return Future.succeededFuture(Result.after(discoveryPeriod));
        }
        ResourceClient<GenericKubernetesResource> client = context.client().resources(resource);
        return released.compose(all -> read(client, resource, identity.namespace(), identity.name()))
                .compose(live -> live == null || !live.getMetadata().getUid().equals(uid)
                        ? Future.succeededFuture(Result.done())
                        : removeFinalizer(client, live, GraphNode.ORPHAN));
    }

    private Future<Result> release(GraphNode dependent, String ownerUid) {
        GraphNode.Identity identity = dependent.identity();
        @Nullable ResourceInfo resource = resource(identity.apiVersion(), identity.kind());
        if (resource == null) {
            return Future.failedFuture(ApiException.unavailable("kind " + identity.kind() + " is not served"));
        }
        ResourceClient<GenericKubernetesResource> client = context.client().resources(resource);
        return read(client, resource, identity.namespace(), identity.name())
                .compose(live -> live == null || !live.getMetadata().getUid().equals(identity.uid())
                        ? Future.succeededFuture(Result.done())
                        : patchOwners(client, live, each -> !each.getUid().equals(ownerUid)));
    }

    // ---- patches

    /** Merge patches replace whole lists, so they carry the resourceVersion that the list was read at. */
    private static Future<Result> patchOwners(
            ResourceClient<GenericKubernetesResource> client,
            GenericKubernetesResource live,
            Predicate<OwnerReference> keep) {
        return patch(
                client,
                live,
                "\"ownerReferences\":"
                        + OwnerPatches.json(live.getMetadata().getOwnerReferences().stream()
                                .filter(keep)
                                .toList()));
    }

    private static Future<Result> removeFinalizer(
            ResourceClient<GenericKubernetesResource> client, GenericKubernetesResource live, String finalizer) {
        if (!live.getMetadata().getFinalizers().contains(finalizer)) {
            return Future.succeededFuture(Result.done());
        }
        List<String> left = live.getMetadata().getFinalizers().stream()
                .filter(each -> !each.equals(finalizer))
                .map(each -> "\"" + each + "\"")
                .toList();
        return patch(client, live, "\"finalizers\":[" + String.join(",", left) + "]");
    }

    private static Future<Result> patch(
            ResourceClient<GenericKubernetesResource> client, GenericKubernetesResource live, String field) {
        return merge(client, live, field).map(Result.done()).recover(GarbageCollector::goneIsDone);
    }

    private static Future<GenericKubernetesResource> merge(
            ResourceClient<GenericKubernetesResource> client, GenericKubernetesResource live, String field) {
        String patch = "{\"metadata\":{\"uid\":\"" + live.getMetadata().getUid() + "\",\"resourceVersion\":\""
                + live.getMetadata().getResourceVersion() + "\"," + field + "}}";
        return client.patch(
                live.getMetadata().getNamespace(), live.getMetadata().getName(), PatchType.MERGE, patch, null);
    }
}
