package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import java.util.List;

/** The rules of FlowSchemas and PriorityLevelConfigurations. */
final class FlowValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final long MOST_PRECEDENCE = 10_000;
    private static final String POSITIVE = "must be positive";

    private FlowValidation() {}

    static final KindValidation SCHEMA = (schema, options, errors) -> {
        JsonNode spec = schema.path("spec");
        precedence(Tree.text(schema, "metadata", "name"), Tree.number(spec, "matchingPrecedence"), errors);
        if (spec.hasNonNull("distinguisherMethod")) {
            Rules.requiredOneOf(
                    spec.path("distinguisherMethod"),
                    SPEC.child("distinguisherMethod"),
                    "type",
                    List.of("ByNamespace", "ByUser"),
                    errors);
        }
        if (Tree.text(spec, "priorityLevelConfiguration", "name").isEmpty()) {
            errors.required(SPEC.child("priorityLevelConfiguration", "name"), "must reference a priority level");
        }
        List<JsonNode> rules = Tree.items(spec, "rules");
        for (int i = 0; i < rules.size(); i++) {
            rule(rules.get(i), SPEC.child("rules").index(i), errors);
        }
    };

    static final KindValidation LEVEL = (level, options, errors) -> {
        JsonNode spec = level.path("spec");
        String type = Tree.text(spec, "type");
        if (Tree.text(level, "metadata", "name").equals("exempt") != type.equals("Exempt")) {
            errors.invalid(
                    SPEC.child("type"), type, "type must be 'Exempt' if and only if `metadata.name` is 'exempt'");
        }
        switch (type) {
            case "Exempt" -> {
                if (spec.hasNonNull("limited")) {
                    errors.forbidden(SPEC.child("limited"), "must be nil if the type is Exempt");
                }
                shares(spec.path("exempt"), SPEC.child("exempt"), errors);
            }
            case "Limited" -> {
                if (spec.hasNonNull("exempt")) {
                    errors.forbidden(SPEC.child("exempt"), "must be nil if the type is Limited");
                }
                if (spec.hasNonNull("limited")) {
                    limited(spec.path("limited"), SPEC.child("limited"), errors);
                } else {
                    errors.required(SPEC.child("limited"), "must not be empty when type is Limited");
                }
            }
            default -> errors.notSupported(SPEC.child("type"), type, List.of("Exempt", "Limited"));
        }
    };

    private static void precedence(String name, long precedence, FieldErrors errors) {
        FieldPath path = SPEC.child("matchingPrecedence");
        if (precedence <= 0) {
            errors.invalid(path, precedence, "must be a positive value");
        }
        if (precedence > MOST_PRECEDENCE) {
            errors.invalid(path, precedence, "must not be greater than " + MOST_PRECEDENCE);
        }
        if (precedence == 1 && !name.equals("exempt")) {
            errors.invalid(path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
        }
    }

    private static void rule(JsonNode rule, FieldPath path, FieldErrors errors) {
        List<JsonNode> subjects = Tree.items(rule, "subjects");
        if (subjects.isEmpty()) {
            errors.required(path.child("subjects"), "subjects must contain at least one value");
        }
        for (int i = 0; i < subjects.size(); i++) {
            Rules.requiredOneOf(
                    subjects.get(i),
                    path.child("subjects").index(i),
                    "kind",
                    List.of("Group", "ServiceAccount", "User"),
                    errors);
        }
        List<JsonNode> resources = Tree.items(rule, "resourceRules");
        List<JsonNode> urls = Tree.items(rule, "nonResourceRules");
        if (resources.isEmpty() && urls.isEmpty()) {
            errors.required(path, "at least one of resourceRules and nonResourceRules has to be non-empty");
        }
        for (int i = 0; i < resources.size(); i++) {
            FieldPath at = path.child("resourceRules").index(i);
            some(resources.get(i), at, errors, "verbs", "apiGroups", "resources");
            if (Tree.items(resources.get(i), "namespaces").isEmpty() && !Tree.flag(resources.get(i), "clusterScope")) {
                errors.required(
                        at.child("namespaces"),
                        "resource rules that are not cluster scoped must supply at least one namespace");
            }
        }
        for (int i = 0; i < urls.size(); i++) {
            some(urls.get(i), path.child("nonResourceRules").index(i), errors, "verbs", "nonResourceURLs");
        }
    }

    private static void some(JsonNode rule, FieldPath path, FieldErrors errors, String... fields) {
        for (String field : fields) {
            if (Tree.items(rule, field).isEmpty()) {
                errors.required(path.child(field), field + " must contain at least one value");
            }
        }
    }

    private static void shares(JsonNode part, FieldPath path, FieldErrors errors) {
        if (Tree.number(part, "nominalConcurrencyShares") < 0) {
            errors.invalid(
                    path.child("nominalConcurrencyShares"),
                    Tree.number(part, "nominalConcurrencyShares"),
                    "must be a non-negative integer");
        }
        long lendable = Tree.number(part, "lendablePercent");
        if (lendable < 0 || lendable > 100) {
            errors.invalid(path.child("lendablePercent"), lendable, "must be between 0 and 100, inclusive");
        }
    }

    private static void limited(JsonNode limited, FieldPath path, FieldErrors errors) {
        shares(limited, path, errors);
        if (Tree.number(limited, "borrowingLimitPercent") < 0) {
            errors.invalid(
                    path.child("borrowingLimitPercent"),
                    Tree.number(limited, "borrowingLimitPercent"),
                    "if specified, must be a non-negative integer");
        }
        JsonNode response = limited.path("limitResponse");
        FieldPath at = path.child("limitResponse");
        String type = Tree.text(response, "type");
        boolean queuing = response.hasNonNull("queuing");
        switch (type) {
            case "Reject" -> {
                if (queuing) {
                    errors.forbidden(at.child("queuing"), "must be nil if limited.limitResponse.type is not Limited");
                }
            }
            case "Queue" -> {
                if (queuing) {
                    queuing(response.path("queuing"), at.child("queuing"), errors);
                } else {
                    errors.required(at.child("queuing"), "must not be empty if limited.limitResponse.type is Limited");
                }
            }
            default -> errors.notSupported(at.child("type"), type, List.of("Queue", "Reject"));
        }
    }

    private static void queuing(JsonNode queuing, FieldPath path, FieldErrors errors) {
        long queues = Tree.number(queuing, "queues");
        long hand = Tree.number(queuing, "handSize");
        for (String field : List.of("queueLengthLimit", "queues", "handSize")) {
            if (Tree.number(queuing, field) <= 0) {
                errors.invalid(path.child(field), Tree.number(queuing, field), POSITIVE);
            }
        }
        if (hand > queues) {
            errors.invalid(path.child("handSize"), hand, "should not be greater than queues (" + queues + ")");
        }
    }
}
