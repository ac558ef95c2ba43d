package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.apiserver.cache.ObjectJson;

/**
 * autoscaling/v1 speaks of one CPU target where v2 has a list of metrics; what v1 has no field for travels in
 * annotations, as upstream does it.
 */
final class AutoscalingV1Conversion implements Conversion {
    private static final String METRICS = "autoscaling.alpha.kubernetes.io/metrics";
    private static final String BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior";
    private static final String CURRENT = "autoscaling.alpha.kubernetes.io/current-metrics";
    private static final String CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions";

    @Override
    public ResourceInfo storedInfo(ResourceInfo info, ResourceCatalog catalog) {
        return Conversion.builtin(catalog, "autoscaling", "v2", info.resource());
    }

    @Override
    public ObjectNode toWire(ObjectNode stored) {
        ObjectNode wire = stored.deepCopy();
        wire.put("apiVersion", "autoscaling/v1");
        if (wire.get("spec") instanceof ObjectNode spec) {
            ArrayNode others = spec.arrayNode();
            for (JsonNode metric : spec.path("metrics")) {
                JsonNode target = metric.path("resource").path("target").path("averageUtilization");
                if (metric.path("resource").path("name").asText().equals("cpu") && target.isNumber()) {
                    spec.set("targetCPUUtilizationPercentage", target);
                } else {
                    others.add(metric);
                }
            }
            spec.remove("metrics");
            annotate(wire, METRICS, others);
            JsonNode behavior = spec.remove("behavior");
            if (behavior != null) {
                annotate(wire, BEHAVIOR, behavior);
            }
        }
        if (wire.get("status") instanceof ObjectNode status) {
            if (!status.has("currentReplicas")) {
                // v1 writes it in any case, v2 only when there are some.
                status.put("currentReplicas", 0);
            }
            JsonNode current = status.remove("currentMetrics");
            for (JsonNode metric : current == null ? status.arrayNode() : current) {
                JsonNode value = metric.path("resource").path("current").path("averageUtilization");
                if (metric.path("resource").path("name").asText().equals("cpu") && value.isNumber()) {
                    status.set("currentCPUUtilizationPercentage", value);
                }
            }
            if (current != null) {
                annotate(wire, CURRENT, current);
            }
            JsonNode conditions = status.remove("conditions");
            if (conditions != null) {
                annotate(wire, CONDITIONS, conditions);
            }
        }
        return wire;
    }

    @Override
    public ObjectNode toStored(ObjectNode wire) {
        ObjectNode stored = wire.deepCopy();
        stored.put("apiVersion", "autoscaling/v2");
        if (stored.get("spec") instanceof ObjectNode spec) {
            ArrayNode metrics = spec.arrayNode();
            JsonNode target = spec.remove("targetCPUUtilizationPercentage");
            if (target != null && target.isNumber()) {
                ObjectNode metric = metrics.addObject();
                metric.put("type", "Resource");
                ObjectNode resource = metric.putObject("resource");
                resource.put("name", "cpu");
                resource.putObject("target").put("type", "Utilization").set("averageUtilization", target);
            }
            for (JsonNode other : taken(stored, METRICS)) {
                metrics.add(other);
            }
            if (!metrics.isEmpty()) {
                spec.set("metrics", metrics);
            }
            JsonNode behavior = taken(stored, BEHAVIOR);
            if (behavior.isObject()) {
                spec.set("behavior", behavior);
            }
        }
        if (stored.get("status") instanceof ObjectNode status) {
            status.remove("currentCPUUtilizationPercentage");
            JsonNode current = taken(stored, CURRENT);
            if (current.isArray()) {
                status.set("currentMetrics", current);
            }
            JsonNode conditions = taken(stored, CONDITIONS);
            if (conditions.isArray()) {
                status.set("conditions", conditions);
            }
        }
        return stored;
    }

    private static void annotate(ObjectNode object, String name, JsonNode value) {
        if (!value.isEmpty()) {
            object.withObject("/metadata/annotations").put(name, value.toString());
        }
    }

    private static JsonNode taken(ObjectNode object, String annotation) {
        if (object.path("metadata").get("annotations") instanceof ObjectNode annotations) {
            JsonNode text = annotations.remove(annotation);
            if (text != null) {
                return ObjectJson.parseAny(text.asText());
            }
        }
        return MissingNode.getInstance();
    }
}
