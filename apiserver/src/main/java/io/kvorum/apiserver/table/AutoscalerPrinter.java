package io.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Horizontal pod autoscalers of either version. */
final class AutoscalerPrinter implements TablePrinter {
    private static final int SHOWN = 2;
    private static final List<Column> COLUMNS = Column.parse("""
            Name
            Reference|string|What is scaled
            Targets|string|Present and wanted value of every metric
            MinPods|string|Fewest replicas
            MaxPods|string|Most replicas
            Replicas|string|Replicas there are
            Age
            """);

    @Override
    public List<Column> columns() {
        return COLUMNS;
    }

    @Override
    public ArrayNode row(JsonNode autoscaler, Instant now) {
        Row row = new Row(autoscaler, now);
        JsonNode reference = row.spec().path("scaleTargetRef");
        row.name()
                .text(reference.path("kind").asText() + "/"
                        + reference.path("name").asText())
                .text(targets(row))
                .text(row.spec().path("minReplicas"), Row.UNSET)
                .number(row.spec().path("maxReplicas"))
                .number(row.status().path("currentReplicas"))
                .age();
        return row.cells();
    }

    private static String targets(Row row) {
        JsonNode cpu = row.spec().path("targetCPUUtilizationPercentage"); // of version v1
        List<String> targets = new ArrayList<>();
        if (cpu.isNumber()) {
            JsonNode current = row.status().path("currentCPUUtilizationPercentage");
            targets.add("cpu: " + percent(current, Row.UNKNOWN) + "/" + percent(cpu, ""));
        }
        JsonNode metrics = row.spec().path("metrics");
        for (int i = 0; i < metrics.size(); i++) {
            targets.add(
                    target(metrics.get(i), row.status().path("currentMetrics").path(i)));
        }
        if (targets.isEmpty()) {
            return Row.NONE;
        }
        return targets.size() <= SHOWN
                ? String.join(", ", targets)
                : String.join(", ", targets.subList(0, SHOWN)) + " + " + (targets.size() - SHOWN) + " more...";
    }

    private static String percent(JsonNode value, String otherwise) {
        return value.isNumber() ? value.asLong() + "%" : otherwise;
    }

    private static String target(JsonNode metric, JsonNode status) {
        String type = metric.path("type").asText();
        switch (type) {
            case "Pods":
                return value(metric.path("pods"), status.path("pods"), "averageValue");
            case "External":
            case "Object":
                String field = type.equals("Object") ? "object" : "external";
                boolean average = metric.path(field).path("target").hasNonNull("averageValue");
                String shown = value(metric.path(field), status.path(field), average ? "averageValue" : "value");
                return average ? shown + " (avg)" : shown;
            case "Resource":
                return resource(metric.path("resource"), status.path("resource"));
            case "ContainerResource":
                return resource(metric.path("containerResource"), status.path("containerResource"));
            default:
                return "<unknown type>";
        }
    }

    private static String value(JsonNode source, JsonNode status, String field) {
        return Row.textOr(status.path("current").path(field), Row.UNKNOWN) + "/"
                + source.path("target").path(field).asText();
    }

    private static String resource(JsonNode source, JsonNode status) {
        String name = source.path("name").asText() + ": ";
        if (source.path("target").hasNonNull("averageValue")) {
            return name + value(source, status, "averageValue");
        }
        return name
                + percent(status.path("current").path("averageUtilization"), Row.UNKNOWN)
                + "/"
                + percent(source.path("target").path("averageUtilization"), "<auto>");
    }
}
