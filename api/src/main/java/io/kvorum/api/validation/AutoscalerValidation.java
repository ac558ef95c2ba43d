package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.util.List;

/** The rules of HorizontalPodAutoscalers, which are stored as those of v2. */
final class AutoscalerValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final List<String> TYPES = List.of("ContainerResource", "External", "Object", "Pods", "Resource");
    /** The fields of the types, in the order upstream looks at them. */
    private static final List<String> SOURCES = List.of("object", "external", "pods", "resource", "containerResource");

    private static final int MOST_WINDOW_SECONDS = 3600;
    private static final int MOST_PERIOD_SECONDS = 1800;
    private static final String VALUE = "value";
    private static final String AVERAGE = "averageValue";
    private static final String UTILIZATION = "averageUtilization";

    @Override
    public void create(ObjectNode autoscaler, ValidationOptions options, FieldErrors errors) {
        check(autoscaler.path("spec"), 1, errors);
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        JsonNode before = old.path("spec");
        boolean slept = before.hasNonNull("minReplicas") && Tree.number(before, "minReplicas") == 0;
        check(next.path("spec"), slept ? 0 : 1, errors);
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        Rules.notNegative(next.path("status"), FieldPath.of("status"), errors, "currentReplicas", "desiredReplicas");
    }

    private static void check(JsonNode spec, int least, FieldErrors errors) {
        boolean bounded = spec.hasNonNull("minReplicas");
        long min = Tree.number(spec, "minReplicas");
        long max = Tree.number(spec, "maxReplicas");
        if (bounded && min < least) {
            errors.invalid(SPEC.child("minReplicas"), min, "must be greater than or equal to " + least);
        }
        if (max < 1) {
            errors.invalid(SPEC.child("maxReplicas"), max, "must be greater than 0");
        }
        if (bounded && max < min) {
            errors.invalid(SPEC.child("maxReplicas"), max, "must be greater than or equal to `minReplicas`");
        }
        reference(spec.path("scaleTargetRef"), SPEC.child("scaleTargetRef"), errors);
        List<JsonNode> metrics = Tree.items(spec, "metrics");
        FieldPath path = SPEC.child("metrics");
        for (int i = 0; i < metrics.size(); i++) {
            metric(metrics.get(i), path.index(i), errors);
        }
        boolean outside =
                metrics.stream().anyMatch(each -> List.of("Object", "External").contains(Tree.text(each, "type")));
        if (bounded && min == 0 && !outside) {
            errors.forbidden(
                    path, "must specify at least one Object or External metric to support scaling to zero replicas");
        }
        for (String way : List.of("scaleUp", "scaleDown")) {
            JsonNode rules = Tree.at(spec, "behavior", way);
            if (rules.isObject()) {
                scaling(rules, SPEC.child("behavior", way), errors);
            }
        }
    }

    private static void reference(JsonNode reference, FieldPath at, FieldErrors errors) {
        for (String field : List.of("kind", "name")) {
            named(reference, field, "", at, errors);
        }
    }

    /** A word that could be part of a path. */
    private static void named(JsonNode owner, String field, String missing, FieldPath at, FieldErrors errors) {
        String value = Tree.text(owner, field);
        if (value.isEmpty()) {
            errors.required(at.child(field), missing);
        } else {
            errors.invalidEach(at.child(field), value, ObjectNames.pathSegment(value));
        }
    }

    private static void scaling(JsonNode rules, FieldPath at, FieldErrors errors) {
        long window = Tree.number(rules, "stabilizationWindowSeconds");
        if (window < 0) {
            errors.invalid(at.child("stabilizationWindowSeconds"), window, "must be greater than or equal to zero");
        } else if (window > MOST_WINDOW_SECONDS) {
            errors.invalid(
                    at.child("stabilizationWindowSeconds"),
                    window,
                    "must be less than or equal to " + MOST_WINDOW_SECONDS);
        }
        Rules.oneOf(rules, at, "selectPolicy", List.of("Disabled", "Max", "Min"), errors);
        List<JsonNode> policies = Tree.items(rules, "policies");
        if (policies.isEmpty()) {
            errors.required(at.child("policies"), "must specify at least one Policy");
        }
        for (int i = 0; i < policies.size(); i++) {
            policy(policies.get(i), at.child("policies").index(i), errors);
        }
        if (rules.hasNonNull("tolerance")) {
            Quantity tolerance = Rules.quantity(rules.path("tolerance"), at.child("tolerance"), errors);
            if (tolerance != null && tolerance.signum() < 0) {
                errors.invalid(at.child("tolerance"), tolerance.toString(), "must be greater than or equal to 0");
            }
        }
    }

    private static void policy(JsonNode policy, FieldPath at, FieldErrors errors) {
        List<String> types = List.of("Percent", "Pods");
        String type = Tree.text(policy, "type");
        if (!types.contains(type)) {
            errors.notSupported(at.child("type"), type, types);
        }
        for (String field : List.of(VALUE, "periodSeconds")) {
            if (Tree.number(policy, field) <= 0) {
                errors.invalid(at.child(field), Tree.number(policy, field), "must be greater than zero");
            }
        }
        long period = Tree.number(policy, "periodSeconds");
        if (period > MOST_PERIOD_SECONDS) {
            errors.invalid(at.child("periodSeconds"), period, "must be less than or equal to " + MOST_PERIOD_SECONDS);
        }
    }

    private static void metric(JsonNode metric, FieldPath at, FieldErrors errors) {
        String type = Tree.text(metric, "type");
        if (type.isEmpty()) {
            errors.required(at.child("type"), "must specify a metric source type");
        }
        boolean known = TYPES.contains(type);
        if (!known) {
            errors.notSupported(at.child("type"), type, TYPES);
        }
        List<String> given = SOURCES.stream().filter(metric::hasNonNull).toList();
        if (!given.isEmpty()) {
            source(given.get(0), metric.path(given.get(0)), at.child(given.get(0)), errors);
        }
        String expected = known ? Character.toLowerCase(type.charAt(0)) + type.substring(1) : "";
        if (known && !given.contains(expected)) {
            errors.required(at.child(expected), "must populate information for the given metric source");
        } else if (!known) {
            // Upstream says it twice.
            errors.notSupported(at.child("type"), type, TYPES);
        }
        if (given.size() > 1) {
            given.stream()
                    .filter(field -> !field.equals(expected))
                    .forEach(field -> errors.forbidden(at.child(field), "must populate the given metric source only"));
        }
    }

    private static void source(String kind, JsonNode source, FieldPath at, FieldErrors errors) {
        JsonNode target = source.path("target");
        FieldPath to = at.child("target");
        switch (kind) {
            case "object" -> {
                reference(source.path("describedObject"), at.child("describedObject"), errors);
                identified(source, at, errors);
                target(target, to, errors);
                needed(target, to, "must set either a target value or averageValue", errors, VALUE, AVERAGE);
            }
            case "external" -> {
                identified(source, at, errors);
                target(target, to, errors);
                needed(
                        target,
                        to,
                        "must set either a target value for metric or a per-pod target",
                        errors,
                        VALUE,
                        AVERAGE);
                if (target.hasNonNull(VALUE) && target.hasNonNull(AVERAGE)) {
                    errors.forbidden(
                            to.child(VALUE), "may not set both a target value for metric and a per-pod target");
                }
            }
            case "pods" -> {
                identified(source, at, errors);
                target(target, to, errors);
                needed(target, to, "must specify a positive target averageValue", errors, AVERAGE);
            }
            default -> resource(kind, source, at, errors);
        }
    }

    private static void resource(String kind, JsonNode source, FieldPath at, FieldErrors errors) {
        JsonNode target = source.path("target");
        FieldPath to = at.child("target");
        String name = Tree.text(source, "name");
        if (name.isEmpty()) {
            errors.required(at.child("name"), "must specify a resource name");
        }
        if (kind.equals("containerResource")) {
            if (!name.isEmpty()) {
                ResourceNames.container(name, at.child("name"), errors);
            }
            String container = Tree.text(source, "container");
            if (container.isEmpty()) {
                errors.required(at.child("container"), "must specify a container");
            } else {
                errors.invalidEach(at.child("container"), container, ObjectNames.dns1123Label(container));
            }
        }
        target(target, to, errors);
        if (!target.hasNonNull(UTILIZATION) && !target.hasNonNull(AVERAGE)) {
            errors.required(to.child(UTILIZATION), "must set either a target raw value or a target utilization");
        } else if (target.hasNonNull(UTILIZATION) && target.hasNonNull(AVERAGE)) {
            errors.forbidden(to.child(AVERAGE), "may not set both a target raw value and a target utilization");
        }
    }

    private static void identified(JsonNode source, FieldPath at, FieldErrors errors) {
        named(source.path("metric"), "name", "must specify a metric name", at.child("metric"), errors);
    }

    /** One of the fields is there. */
    private static void needed(JsonNode target, FieldPath at, String missing, FieldErrors errors, String... fields) {
        if (List.of(fields).stream().noneMatch(target::hasNonNull)) {
            errors.required(at.child(AVERAGE), missing);
        }
    }

    private static void target(JsonNode target, FieldPath at, FieldErrors errors) {
        String type = Tree.text(target, "type");
        if (type.isEmpty()) {
            errors.required(at.child("type"), "must specify a metric target type");
        }
        if (!List.of("Utilization", "Value", "AverageValue").contains(type)) {
            errors.invalid(at.child("type"), type, "must be either Utilization, Value, or AverageValue");
        }
        for (String field : List.of(VALUE, AVERAGE)) {
            if (target.hasNonNull(field)) {
                Quantity amount = Rules.quantity(target.path(field), at.child(field), errors);
                if (amount != null && amount.signum() <= 0) {
                    errors.invalid(at.child(field), amount.toString(), "must be positive");
                }
            }
        }
        if (target.hasNonNull(UTILIZATION) && Tree.number(target, UTILIZATION) < 1) {
            errors.invalid(at.child(UTILIZATION), Tree.number(target, UTILIZATION), "must be greater than 0");
        }
    }
}
