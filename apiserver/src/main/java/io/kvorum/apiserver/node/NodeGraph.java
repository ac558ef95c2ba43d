package io.kvorum.apiserver.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.CacheEvent;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.ResourceCache;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.cache.Watcher;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes use which objects, by way of the pods bound to them. Fed by the watch cache; while the cache is not whole,
 * what was known last counts.
 */
final class NodeGraph {
    private static final String PODS = "core/pods";
    private static final String CLAIMS = "core/persistentvolumeclaims";
    private static final String MIRROR = "kubernetes.io/config.mirror";

    private final WatchCache cache;
    private Edges edges = new Edges();
    private @Nullable Follow follow;
    private boolean stale = true;

    NodeGraph(WatchCache cache) {
        this.cache = cache;
    }

    /** A pod with what it uses. */
    private record Bound(String uid, String node, String namespace, boolean ephemeral, Set<String> references) {}

    /** Counts by node of how many of its pods use an object, {@code namespace/resource/name}. */
    private static final class Edges {
        private final Map<String, Bound> pods = new HashMap<>();
        private final Map<String, Map<String, Integer>> uses = new HashMap<>();

        void put(String path, JsonNode pod) {
            String node = Tree.text(pod, "spec", "nodeName");
            boolean mirror = Tree.at(pod, "metadata", "annotations").has(MIRROR);
            if (node.isEmpty() || mirror) {
                return;
            }
            Bound known = pods.get(path);
            String uid = Tree.text(pod, "metadata", "uid");
            boolean ephemeral = Tree.has(pod.path("spec"), "ephemeralContainers");
            // What a pod refers to never changes but by ephemeral containers.
            if (known != null && known.uid().equals(uid) && !ephemeral) {
                return;
            }
            remove(path);
            int slash = path.indexOf('/');
            Bound bound = new Bound(uid, node, path.substring(0, slash), ephemeral, PodReferences.of(pod));
            pods.put(path, bound);
            Map<String, Integer> used = uses.computeIfAbsent(node, any -> new HashMap<>());
            bound.references().forEach(reference -> used.merge(bound.namespace() + "/" + reference, 1, Integer::sum));
        }

        void remove(String path) {
            Bound bound = pods.remove(path);
            Map<String, Integer> used = bound == null ? null : uses.get(bound.node());
            if (bound == null || used == null) {
                return;
            }
            for (String reference : bound.references()) {
                used.computeIfPresent(
                        bound.namespace() + "/" + reference, (key, count) -> count > 1 ? count - 1 : null);
            }
            if (used.isEmpty()) {
                uses.remove(bound.node());
            }
        }
    }

    /** Whether a pod of {@code node} uses the object. */
    boolean uses(String node, String resource, String namespace, String name) {
        return used(node).containsKey(namespace + "/" + resource + "/" + name);
    }

    /** Whether a claim that a pod of {@code node} uses is bound to the volume. */
    boolean usesVolume(String node, String volume) {
        for (String reference : used(node).keySet()) {
            int slash = reference.indexOf('/');
            if (!reference.startsWith("persistentvolumeclaims/", slash + 1)) {
                continue;
            }
            String claim = reference.substring(0, slash) + reference.substring(reference.lastIndexOf('/'));
            ObjectVersion found = cache.of(CLAIMS).get(claim);
            if (found != null
                    && Tree.text(found.selectable(), "spec", "volumeName").equals(volume)) {
                return true;
            }
        }
        return false;
    }

    private Map<String, Integer> used(String node) {
        if (stale && cache.synced()) {
            load();
        }
        return edges.uses.getOrDefault(node, Map.of());
    }

    /** Reads all pods and follows them; call it early, so that it hears of a pod before the pod's kubelet does. */
    void load() {
        ResourceCache pods = cache.of(PODS);
        Edges next = new Edges();
        for (ObjectVersion pod : pods.list("")) {
            next.put(pod.path(), pod.tree());
        }
        Follow before = follow;
        if (before != null) {
            pods.unwatch(before);
        }
        Follow now = new Follow(next);
        pods.watch(cache.revision(), now);
        follow = now;
        edges = next;
        stale = false;
    }

    private final class Follow implements Watcher {
        private final Edges fed;

        Follow(Edges fed) {
            this.fed = fed;
        }

        @Override
        public void changed(CacheEvent event) {
            ObjectVersion after = event.after();
            ObjectVersion before = event.before();
            if (after != null) {
                fed.put(after.path(), after.selectable());
            } else if (before != null) {
                fed.remove(before.path());
            }
        }

        @Override
        public void lost() {
            if (fed == edges) {
                stale = true;
            }
        }
    }
}
