package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns a pod's priority class into its priority and preemption policy. */
public final class PriorityResolution extends PodAdmission {
    /** Known before their objects are there. */
    private static final Map<String, Integer> SYSTEM =
            Map.of("system-cluster-critical", 2_000_000_000, "system-node-critical", 2_000_001_000);

    private final WatchCache cache;

    public PriorityResolution(WatchCache cache) {
        this.cache = cache;
    }

    @Override
    Future<Void> mutatePod(Attempt attempt, ObjectNode pod) {
        ObjectNode spec = Tree.ensureObject(pod, "spec");
        String name = Tree.text(spec, "priorityClassName");
        if (name.isEmpty()) {
            JsonNode global = globalDefault();
            if (global != null) {
                name = Tree.text(global, "metadata", "name");
                spec.put("priorityClassName", name);
            }
        }
        if (SYSTEM.containsKey(name)) {
            return complete(attempt, spec, SYSTEM.get(name), "");
        }
        if (name.isEmpty()) {
            return complete(attempt, spec, 0, "");
        }
        String wanted = name;
        return cache.find("scheduling.k8s.io/priorityclasses", wanted)
                .compose(found -> found == null
                        ? Future.failedFuture(ApiException.forbidden(
                                "", "pods", attempt.name(), "no PriorityClass with name " + wanted + " was found"))
                        : complete(
                                attempt,
                                spec,
                                Tree.number(found.selectable(), "value"),
                                Tree.text(found.selectable(), "preemptionPolicy")));
    }

    private static Future<Void> complete(Attempt attempt, ObjectNode spec, long priority, String policy) {
        if (spec.hasNonNull("priority") && Tree.number(spec, "priority") != priority) {
            return Future.failedFuture(ApiException.forbidden(
                    "",
                    "pods",
                    attempt.name(),
                    "the integer value of priority (" + Tree.number(spec, "priority")
                            + ") must not be provided in pod spec; priority admission controller computed " + priority
                            + " from the given PriorityClass name"));
        }
        spec.put("priority", priority);
        Tree.setDefault(spec, "preemptionPolicy", policy.isEmpty() ? "PreemptLowerPriority" : policy);
        return Future.succeededFuture();
    }

    /** Who leaves out what was computed for the pod means to keep it. */
    @Override
    void updatePod(ObjectNode old, ObjectNode pod) {
        ObjectNode before = Tree.object(old, "spec");
        ObjectNode spec = Tree.ensureObject(pod, "spec");
        for (String field : List.of("priority", "preemptionPolicy")) {
            if (!spec.hasNonNull(field) && before.hasNonNull(field)) {
                spec.set(field, before.get(field));
            }
        }
    }

    private @Nullable JsonNode globalDefault() {
        JsonNode best = null;
        for (ObjectVersion version :
                cache.of("scheduling.k8s.io/priorityclasses").list("")) {
            JsonNode tree = version.selectable();
            boolean lower = best == null || Tree.number(tree, "value") < Tree.number(best, "value");
            if (Tree.flag(tree, "globalDefault") && lower) {
                best = tree;
            }
        }
        return best;
    }
}
