package io.kvorum.controllers.garbage;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kvorum.api.ResourceInfo;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Feeds the graph from the caches that other controllers keep anyway. They hold the resources that change most, so that
 * nothing is watched and decoded twice.
 */
final class SharedCaches {
    private static final List<Class<? extends HasMetadata>> TYPES = List.of(
            Pod.class,
            Node.class,
            Namespace.class,
            Service.class,
            ServiceAccount.class,
            Endpoints.class,
            EndpointSlice.class,
            ReplicaSet.class,
            Deployment.class,
            Job.class,
            Lease.class);

    private static final Set<String> RESOURCES =
            TYPES.stream().map(SharedCaches::groupResource).collect(Collectors.toUnmodifiableSet());

    private SharedCaches() {}

    static boolean cover(ResourceInfo resource) {
        return RESOURCES.contains(resource.groupResource());
    }

    private static String groupResource(Class<? extends HasMetadata> type) {
        String group = HasMetadata.getGroup(type);
        return group.isEmpty() ? HasMetadata.getPlural(type) : HasMetadata.getPlural(type) + "." + group;
    }

    /** Before the informers are started. */
    static void feed(OwnerGraph graph, Informers informers) {
        TYPES.forEach(type -> feed(graph, type, informers.of(type)));
    }

    private static <T extends HasMetadata> void feed(
            OwnerGraph graph, Class<? extends HasMetadata> type, Informer<T> informer) {
        String apiVersion = HasMetadata.getApiVersion(type);
        String kind = HasMetadata.getKind(type);
        informer.handler(new Informer.Handler<T>() {
            @Override
            public void added(T object) {
                graph.observed(GraphNode.Identity.of(apiVersion, kind, object), GraphNode.Meta.of(object));
            }

            @Override
            public void updated(T before, T after) {
                boolean replaced = !before.getMetadata()
                        .getUid()
                        .equals(after.getMetadata().getUid());
                if (replaced) {
                    graph.gone(before.getMetadata().getUid());
                }
                if (replaced || !GraphNode.Meta.of(before).equals(GraphNode.Meta.of(after))) {
                    added(after);
                }
            }

            @Override
            public void deleted(T object) {
                graph.gone(object.getMetadata().getUid());
            }
        });
    }
}
