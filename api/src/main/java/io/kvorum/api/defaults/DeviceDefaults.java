package io.kvorum.api.defaults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;

/** Defaults of the group {@code resource.k8s.io}. When a taint was added is stamped by who knows the time. */
final class DeviceDefaults {
    private DeviceDefaults() {}

    static void apply(String kind, ObjectNode object) {
        ObjectNode spec = Tree.ensureObject(object, "spec");
        switch (kind) {
            case "ResourceClaim" -> {
                claim(Tree.ensureObject(spec, "devices"));
                for (ObjectNode result : Tree.objects(object, "status", "allocation", "devices", "results")) {
                    tolerations(result);
                }
            }
            case "ResourceClaimTemplate" -> {
                Tree.ensureObject(spec, "metadata");
                claim(Tree.ensureObject(Tree.ensureObject(spec, "spec"), "devices"));
            }
            default -> {
                // The others have none.
            }
        }
    }

    private static void claim(ObjectNode devices) {
        for (ObjectNode request : Tree.objects(devices, "requests")) {
            if (request.get("exactly") instanceof ObjectNode exactly) {
                request(exactly);
            }
            Tree.objects(request, "firstAvailable").forEach(DeviceDefaults::request);
        }
    }

    private static void request(ObjectNode request) {
        Tree.setDefaultIfEmpty(request, "allocationMode", "ExactCount");
        if (Tree.text(request, "allocationMode").equals("ExactCount") && Tree.number(request, "count") == 0) {
            request.put("count", 1);
        }
        tolerations(request);
    }

    private static void tolerations(ObjectNode owner) {
        for (ObjectNode toleration : Tree.objects(owner, "tolerations")) {
            Tree.setDefaultIfEmpty(toleration, "operator", "Equal");
        }
    }
}
