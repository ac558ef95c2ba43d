package io.kvorum.controllers.namespace;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.client.Informer;
import io.kvorum.client.ListOptions;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ObjectList;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.discovery.Discovery;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The namespace controller: when a namespace is being deleted, deletes all objects of every resource in it, pods before the
 * others, waits until they are gone, and takes its finalizer off the namespace. Keys are namespaces.
 */
public final class NamespaceController extends ReconcileLoop<String> {
    private static final String FINALIZER = "kubernetes";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final DeleteOptions BACKGROUND =
            new DeleteOptionsBuilder().withPropagationPolicy("Background").build();

    private final ResourceClient<Namespace> namespaces;
    private final Lister<Namespace> namespaceLister;
    private final ControllerContext context;
    private final Discovery discovery;
    private final Duration retryPeriod;

    /** @param retryPeriod when to look again at a namespace that is not empty yet */
    public NamespaceController(ControllerContext context, int concurrency, Duration retryPeriod) {
        super(context, "namespace-controller", concurrency);
        this.context = context;
        this.retryPeriod = retryPeriod;
        namespaces = context.client().resources(Namespace.class);
        Informer<Namespace> informer = context.informers().of(Namespace.class);
        namespaceLister = informer.lister();
        discovery = new Discovery(context.client());
        informer.handler(new Informer.Handler<>() {
            @Override
            public void added(Namespace namespace) {
                if (namespace.getMetadata().getDeletionTimestamp() != null) {
                    controller.enqueue(namespace.getMetadata().getName());
                }
            }

            @Override
            public void updated(Namespace before, Namespace after) {
                if (before.getMetadata().getDeletionTimestamp() == null) {
                    added(after);
                }
            }

            @Override
            public void deleted(Namespace namespace) {}
        });
    }

    @Override
    public Future<Result> reconcile(String name) {
        @Nullable Namespace namespace = namespaceLister.get(new ObjectKey("", name));
        if (namespace == null || namespace.getMetadata().getDeletionTimestamp() == null) {
            return Future.succeededFuture(Result.done());
        }
        if (namespace.getSpec() == null || !namespace.getSpec().getFinalizers().contains(FINALIZER)) {
            return Future.succeededFuture(Result.done());
        }
        return discovery
                .preferred()
                .compose(found -> empty(name, found))
                .compose(content -> report(namespace, content)
                        .compose(reported -> content.gone()
                                ? takeFinalizerOff(name).map(Result.done())
                                : Future.succeededFuture(Result.after(retryPeriod))))
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(Result.done())
                        : Future.failedFuture(cause));
    }

    /** Pods go first: what they rely on, policies and secrets for example, stays as long as one of them does. */
    private Future<NamespaceContent> empty(String namespace, Discovery.Found found) {
        NamespaceContent content =
                new NamespaceContent(new TreeMap<>(), new TreeMap<>(), found.failures(), new ArrayList<>());
        List<ResourceInfo> pods = new ArrayList<>();
        List<ResourceInfo> others = new ArrayList<>();
        for (ResourceInfo resource : found.resources()) {
            if (resource.namespaced()
                    && resource.verbs().contains("delete")
                    && resource.verbs().contains("list")) {
                (resource.groupResource().equals("pods") ? pods : others).add(resource);
            }
        }
        return emptyResources(namespace, pods, content)
                .compose(first ->
                        first.remaining().isEmpty() && first.deletionFailures().isEmpty()
                                ? emptyResources(namespace, others, first)
                                : Future.succeededFuture(first));
    }

    private Future<NamespaceContent> emptyResources(
            String namespace, List<ResourceInfo> resources, NamespaceContent content) {
        List<Future<?>> passes = new ArrayList<>();
        for (ResourceInfo resource : resources) {
            passes.add(emptyResource(namespace, resource, content).otherwise(cause -> {
                content.deletionFailures()
                        .add("unexpected error deleting " + resource.groupResource() + ": " + cause.getMessage());
                return null;
            }));
        }
        return passes.isEmpty()
                ? Future.succeededFuture(content)
                : Future.join(passes).map(content);
    }

    /** Deletes what is there, then counts what is left. An empty resource costs one list. */
    private Future<Void> emptyResource(String namespace, ResourceInfo resource, NamespaceContent content) {
        ResourceClient<GenericKubernetesResource> client = context.client().resources(resource);
        return client.list(namespace, ListOptions.ALL).compose(present -> {
            if (present.items().isEmpty()) {
                return Future.succeededFuture();
            }
            return deleteAll(namespace, resource, client, present)
                    .compose(deleted -> client.list(namespace, ListOptions.ALL))
                    .onSuccess(left -> count(resource, left, content))
                    .mapEmpty();
        });
    }

    private Future<?> deleteAll(
            String namespace,
            ResourceInfo resource,
            ResourceClient<GenericKubernetesResource> client,
            ObjectList<GenericKubernetesResource> present) {
        if (resource.verbs().contains("deletecollection")) {
            Buffer options = Buffer.buffer(
                    "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"propagationPolicy\":\"Background\"}");
            return context.client()
                    .raw("DELETE", Discovery.path(resource, namespace), "application/json", options, TIMEOUT);
        }
        List<Future<?>> deletions = new ArrayList<>();
        for (GenericKubernetesResource each : present.items()) {
            if (each.getMetadata().getDeletionTimestamp() == null) {
                deletions.add(client.delete(namespace, each.getMetadata().getName(), BACKGROUND)
                        .recover(cause -> cause instanceof ApiException no && no.notFound()
                                ? Future.succeededFuture()
                                : Future.failedFuture(cause)));
            }
        }
        return deletions.isEmpty() ? Future.succeededFuture() : Future.join(deletions);
    }

    private static void count(
            ResourceInfo resource, ObjectList<GenericKubernetesResource> left, NamespaceContent content) {
        if (left.items().isEmpty()) {
            return;
        }
        content.remaining()
                .put(resource.resource() + "." + resource.group(), left.items().size());
        Map<String, Integer> finalizers = content.finalizers();
        left.items()
                .forEach(each -> each.getMetadata()
                        .getFinalizers()
                        .forEach(finalizer -> finalizers.merge(finalizer, 1, Integer::sum)));
    }

    private Future<?> report(Namespace namespace, NamespaceContent content) {
        List<NamespaceCondition> before = namespace.getStatus() == null
                ? List.of()
                : namespace.getStatus().getConditions();
        if (content.gone() && before.isEmpty()) {
            // Emptied at the first try: nobody has time to read conditions.
            return Future.succeededFuture();
        }
        List<NamespaceCondition> next =
                content.conditions(before, context.clock().instant());
        if (next.equals(before)) {
            return Future.succeededFuture();
        }
        return namespaces
                .updateStatus(new NamespaceBuilder(namespace)
                        .editOrNewStatus()
                        .withConditions(next)
                        .endStatus()
                        .build())
                .<Void>mapEmpty()
                .recover(cause -> cause instanceof ApiException no && no.conflict()
                        // The next pass writes them; the deletion itself must not wait for it.
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    private Future<?> takeFinalizerOff(String name) {
        String path = "/api/v1/namespaces/" + name;
        return context.client()
                .raw("GET", path, null, null, TIMEOUT)
                .compose(Discovery::decode)
                .compose(fresh -> {
                    ArrayNode left = ((ObjectNode) fresh.path("spec")).arrayNode();
                    for (JsonNode each : fresh.path("spec").path("finalizers")) {
                        if (!each.asText().equals(FINALIZER)) {
                            left.add(each);
                        }
                    }
                    ((ObjectNode) fresh.path("spec")).set("finalizers", left);
                    return context.client()
                            .raw(
                                    "PUT",
                                    path + "/finalize",
                                    "application/json",
                                    Buffer.buffer(fresh.toString()),
                                    TIMEOUT);
                });
    }
}
