package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/**
 * A pod is told where its node is: what the node's labels say of zone and region becomes labels of its Binding, which the
 * pod gets when it is bound, or of a pod that names its node itself (KEP-4742). Labels that are there already stay.
 */
public final class PodTopologyLabels implements Admission {
    private static final List<String> KEYS = List.of("topology.kubernetes.io/zone", "topology.kubernetes.io/region");

    private final WatchCache cache;

    public PodTopologyLabels(WatchCache cache) {
        this.cache = cache;
    }

    @Override
    public boolean seesActions() {
        return true;
    }

    @Override
    public Future<Void> mutate(Attempt attempt) {
        ObjectNode object = attempt.object();
        boolean ofPods = attempt.operation() == Operation.CREATE
                && attempt.info().group().isEmpty()
                && attempt.info().resource().equals("pods");
        if (object == null || !ofPods) {
            return Future.succeededFuture();
        }
        switch (attempt.subresource()) {
            case "" -> label(object, Tree.text(object, "spec", "nodeName"));
            case "binding" -> {
                if (Tree.text(object, "target", "kind").equals("Node")) {
                    label(object, Tree.text(object, "target", "name"));
                }
            }
            default -> {}
        }
        return Future.succeededFuture();
    }

    private void label(ObjectNode object, String nodeName) {
        ObjectVersion node = nodeName.isEmpty() ? null : cache.of("core/nodes").get(nodeName);
        if (node == null) {
            return;
        }
        Map<String, String> known = Tree.map(node.selectable(), "metadata", "labels");
        for (String key : KEYS) {
            String value = known.get(key);
            if (value != null) {
                Tree.setDefault(Tree.ensureObject(Tree.ensureObject(object, "metadata"), "labels"), key, value);
            }
        }
    }
}
