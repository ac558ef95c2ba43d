package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.util.Map;

/** Gives a pod the overhead and the place of its runtime class (KEP-688, KEP-585). */
public final class RuntimeClassAdmission extends PodAdmission {
    private final WatchCache cache;

    public RuntimeClassAdmission(WatchCache cache) {
        this.cache = cache;
    }

    @Override
    Future<Void> mutatePod(Attempt attempt, ObjectNode pod) {
        ObjectNode spec = Tree.ensureObject(pod, "spec");
        String name = Tree.text(spec, "runtimeClassName");
        if (name.isEmpty()) {
            return Tree.object(spec, "overhead").isEmpty()
                    ? Future.succeededFuture()
                    : refused(
                            attempt,
                            "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
        }
        return cache.find("node.k8s.io/runtimeclasses", name)
                .compose(found -> found == null
                        ? refused(attempt, "pod rejected: RuntimeClass \"" + name + "\" not found")
                        : complete(attempt, spec, found.selectable()));
    }

    private static Future<Void> complete(Attempt attempt, ObjectNode spec, JsonNode runtime) {
        ObjectNode overhead = Tree.object(runtime, "overhead", "podFixed");
        ObjectNode own = Tree.object(spec, "overhead");
        if (!own.isEmpty() && !own.equals(overhead)) {
            return refused(
                    attempt,
                    overhead.isEmpty()
                            ? "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
                            : "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
        }
        if (!overhead.isEmpty()) {
            spec.set("overhead", overhead.deepCopy());
        }
        return place(attempt, spec, runtime);
    }

    private static Future<Void> place(Attempt attempt, ObjectNode spec, JsonNode runtime) {
        Map<String, String> wanted = Tree.map(runtime, "scheduling", "nodeSelector");
        ObjectNode selector = wanted.isEmpty() ? Tree.newObject() : Tree.ensureObject(spec, "nodeSelector");
        for (Map.Entry<String, String> each : wanted.entrySet()) {
            if (selector.has(each.getKey())
                    && !Tree.text(selector, each.getKey()).equals(each.getValue())) {
                return refused(
                        attempt,
                        "pod rejected: conflict: runtimeClass.scheduling.nodeSelector[" + each.getKey() + "] = "
                                + each.getValue() + "; pod.spec.nodeSelector[" + each.getKey() + "] = "
                                + Tree.text(selector, each.getKey()));
            }
            selector.put(each.getKey(), each.getValue());
        }
        for (JsonNode toleration : Tree.items(runtime, "scheduling", "tolerations")) {
            ArrayNode tolerations = Tree.ensureArray(spec, "tolerations");
            boolean there = false;
            for (JsonNode present : tolerations) {
                there |= present.equals(toleration);
            }
            if (!there) {
                tolerations.add(toleration.deepCopy());
            }
        }
        return Future.succeededFuture();
    }

    private static Future<Void> refused(Attempt attempt, String why) {
        return Future.failedFuture(ApiException.forbidden("", "pods", attempt.name(), why));
    }
}
