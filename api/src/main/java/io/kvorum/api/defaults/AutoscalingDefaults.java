package io.kvorum.api.defaults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;

/** Defaults of horizontal pod autoscalers. */
final class AutoscalingDefaults {
    private AutoscalingDefaults() {}

    static void apply(ResourceInfo resource, ObjectNode object) {
        if (!resource.kind().equals("HorizontalPodAutoscaler")) {
            return;
        }
        ObjectNode spec = Tree.ensureObject(object, "spec");
        Tree.setDefault(spec, "minReplicas", 1);
        if (resource.version().equals("v1")) {
            return;
        }
        if (Tree.items(spec, "metrics").isEmpty()) {
            ObjectNode metric = spec.putArray("metrics").addObject();
            metric.put("type", "Resource");
            ObjectNode cpu = metric.putObject("resource");
            cpu.put("name", "cpu");
            cpu.putObject("target").put("averageUtilization", 80).put("type", "Utilization");
        }
        if (spec.get("behavior") instanceof ObjectNode behavior) {
            ObjectNode up = Tree.ensureObject(behavior, "scaleUp");
            Tree.setDefault(up, "stabilizationWindowSeconds", 0);
            Tree.setDefault(up, "selectPolicy", "Max");
            if (Tree.items(up, "policies").isEmpty()) {
                ArrayNode policies = up.putArray("policies");
                policies.addObject().put("type", "Pods").put("value", 4).put("periodSeconds", 15);
                policies.addObject().put("type", "Percent").put("value", 100).put("periodSeconds", 15);
            }
            // No window here means the controller's own, so none is filled in.
            ObjectNode down = Tree.ensureObject(behavior, "scaleDown");
            Tree.setDefault(down, "selectPolicy", "Max");
            if (Tree.items(down, "policies").isEmpty()) {
                down.putArray("policies")
                        .addObject()
                        .put("type", "Percent")
                        .put("value", 100)
                        .put("periodSeconds", 15);
            }
        }
    }
}
