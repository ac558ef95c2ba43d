package io.kvorum.controllers.garbage;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.kvorum.api.ResourceInfo;
import io.kvorum.controllers.loop.ResourceWatch;
import java.util.HashMap;
import java.util.Map;

/** Tells the graph of the objects of one resource. */
final class GraphFeed implements ResourceWatch.Sink {
    private final ResourceInfo resource;
    private final OwnerGraph graph;
    private final Map<String, GraphNode.Meta> known = new HashMap<>();

    GraphFeed(ResourceInfo resource, OwnerGraph graph) {
        this.resource = resource;
        this.graph = graph;
    }

    @Override
    public void observed(GenericKubernetesResource object) {
        GraphNode.Meta meta = GraphNode.Meta.of(object);
        // Most changes of objects, every heartbeat of a Lease for one, say nothing new about ownership.
        if (!meta.equals(known.put(object.getMetadata().getUid(), meta))) {
            graph.observed(GraphNode.Identity.of(resource.apiVersion(), resource.kind(), object), meta);
        }
    }

    @Override
    public void gone(String uid) {
        known.remove(uid);
        graph.gone(uid);
    }
}
