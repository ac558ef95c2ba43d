package io.kvorum.controllers.pods;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.OwnerReferences;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds cached pods by their controller and by their node, without looking at all of them. */
public final class PodIndexes {
    private static final String CONTROLLER = "controllerUid";
    private static final String ORPHANS = "orphansOfNamespace";
    private static final String NODE = "nodeName";

    private PodIndexes() {}

    /** Adds the indexes; once for an informer, before its start. */
    public static void addTo(Informer<Pod> pods) {
        pods.index(CONTROLLER, pod -> {
            @Nullable OwnerReference controller = OwnerReferences.controllerOf(pod);
            return controller == null ? List.of() : List.of(controller.getUid());
        });
        pods.index(
                ORPHANS,
                pod -> OwnerReferences.controllerOf(pod) == null
                        ? List.of(pod.getMetadata().getNamespace())
                        : List.of());
        pods.index(NODE, pod -> {
            @Nullable String node = pod.getSpec().getNodeName();
            return node == null || node.isEmpty() ? List.of() : List.of(node);
        });
    }

    /** The pods an owner has or may adopt: those it controls, and those of its namespace without a controller. */
    public static List<Pod> candidates(Lister<Pod> pods, String ownerUid, String namespace) {
        List<Pod> all = new ArrayList<>(pods.byIndex(CONTROLLER, ownerUid));
        all.addAll(pods.byIndex(ORPHANS, namespace));
        return all;
    }

    public static List<Pod> controlledBy(Lister<Pod> pods, String ownerUid) {
        return pods.byIndex(CONTROLLER, ownerUid);
    }

    public static List<Pod> onNode(Lister<Pod> pods, String node) {
        return pods.byIndex(NODE, node);
    }
}
