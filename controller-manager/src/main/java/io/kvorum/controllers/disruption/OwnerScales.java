package io.kvorum.controllers.disruption;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.kvorum.api.ApiException;
import io.kvorum.client.ApiClient;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.OwnerReferences;
import io.kvorum.controllers.discovery.Discovery;
import io.kvorum.controllers.loop.ControllerContext;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many pods ought to exist, by the scale of the objects that control them: Deployments and ReplicaSets from the
 * cache, everything else that has the subresource {@code scale} by asking for it.
 */
final class OwnerScales {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final ApiClient client;
    private final Lister<Deployment> deployments;
    private final Lister<ReplicaSet> replicaSets;
    /** Path of the resource below its namespace by apiVersion and kind; null when it has no scale. */
    private final Map<String, @Nullable String> scalable = new HashMap<>();

    OwnerScales(ControllerContext context) {
        client = context.client();
        deployments = context.informers().of(Deployment.class).lister();
        replicaSets = context.informers().of(ReplicaSet.class).lister();
    }

    /**
     * The sum of the scales.
     *
     * @param unmanaged names of pods without a controller; they count for nothing
     */
    record Sum(int expected, List<String> unmanaged) {}

    /** Fails when a pod's controller has no scale. */
    Future<Sum> sum(List<Pod> pods) {
        Map<String, Pod> firstOfOwner = new LinkedHashMap<>();
        List<String> unmanaged = new ArrayList<>();
        for (Pod pod : pods) {
            OwnerReference owner = OwnerReferences.controllerOf(pod);
            if (owner == null) {
                unmanaged.add(pod.getMetadata().getName());
            } else {
                firstOfOwner.putIfAbsent(owner.getUid(), pod);
            }
        }
        List<Future<Scale>> scales =
                firstOfOwner.values().stream().map(this::scaleOf).toList();
        return Future.join(scales).map(all -> {
            Map<String, Integer> byUid = new HashMap<>();
            scales.forEach(each -> byUid.put(each.result().uid(), each.result().replicas()));
            int expected = byUid.values().stream().mapToInt(Integer::intValue).sum();
            return new Sum(expected, List.copyOf(unmanaged));
        });
    }

    /** @param uid of the object that was asked, so that the ReplicaSets of one Deployment count once */
    private record Scale(String uid, int replicas) {}

    private Future<Scale> scaleOf(Pod pod) {
        OwnerReference owner = OwnerReferences.controllerOf(pod);
        if (owner == null) {
            return Future.failedFuture(new IllegalStateException("asked for the scale of an unmanaged pod"));
        }
        String namespace = pod.getMetadata().getNamespace();
        if (owner.getKind().equals("ReplicaSet") && owner.getApiVersion().startsWith("apps/")) {
            ReplicaSet replicaSet = replicaSets.get(new ObjectKey(namespace, owner.getName()));
            if (replicaSet != null && replicaSet.getMetadata().getUid().equals(owner.getUid())) {
                return Future.succeededFuture(scaleOf(replicaSet));
            }
            return Future.failedFuture(none(pod));
        }
        return subresource(owner)
                .compose(resource ->
                        resource == null ? Future.failedFuture(none(pod)) : ask(namespace, resource, owner, pod));
    }

    private Scale scaleOf(ReplicaSet replicaSet) {
        OwnerReference above = OwnerReferences.controllerOf(replicaSet);
        if (above != null && above.getKind().equals("Deployment")) {
            Deployment deployment =
                    deployments.get(new ObjectKey(replicaSet.getMetadata().getNamespace(), above.getName()));
            if (deployment != null && deployment.getMetadata().getUid().equals(above.getUid())) {
                return new Scale(above.getUid(), orOne(deployment.getSpec().getReplicas()));
            }
        }
        return new Scale(
                replicaSet.getMetadata().getUid(), orOne(replicaSet.getSpec().getReplicas()));
    }

    private static int orOne(@Nullable Integer replicas) {
        return replicas == null ? 1 : replicas;
    }

    private static IllegalStateException none(Pod pod) {
        return new IllegalStateException(
                "found no controllers for pod \"" + pod.getMetadata().getName() + "\"");
    }

    private static String root(String apiVersion) {
        return (apiVersion.indexOf('/') < 0 ? "/api/" : "/apis/") + apiVersion;
    }

    /** The plural of the owner's resource when it has a scale, else null. */
    private Future<@Nullable String> subresource(OwnerReference owner) {
        String key = owner.getApiVersion() + " " + owner.getKind();
        if (scalable.containsKey(key)) {
            return Future.succeededFuture(scalable.get(key));
        }
        return client.raw("GET", root(owner.getApiVersion()), null, null, TIMEOUT)
                .compose(Discovery::decode)
                .map(list -> {
                    String found = plural(list, owner.getKind());
                    scalable.put(key, found);
                    return found;
                });
    }

    private static @Nullable String plural(JsonNode list, String kind) {
        List<String> names = new ArrayList<>();
        list.path("resources").forEach(each -> names.add(each.path("name").asText()));
        for (JsonNode each : list.path("resources")) {
            String name = each.path("name").asText();
            if (each.path("kind").asText().equals(kind) && name.indexOf('/') < 0) {
                return names.contains(name + "/scale") ? name : null;
            }
        }
        return null;
    }

    private Future<Scale> ask(String namespace, String resource, OwnerReference owner, Pod pod) {
        String path = root(owner.getApiVersion()) + "/namespaces/" + namespace + "/" + resource + "/" + owner.getName()
                + "/scale";
        return client.raw("GET", path, null, null, TIMEOUT)
                .compose(Discovery::decode)
                .compose(scale -> scale.path("metadata").path("uid").asText().equals(owner.getUid())
                        ? Future.succeededFuture(new Scale(
                                owner.getUid(),
                                scale.path("spec").path("replicas").asInt()))
                        : Future.failedFuture(none(pod)))
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.failedFuture(none(pod))
                        : Future.failedFuture(cause));
    }
}
