package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of FlowSchemas and PriorityLevelConfigurations. */
final class FlowValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final long MOST_PRECEDENCE = 10_000;
    private static final long MOST_QUEUES = 10_000_000;
    private static final int MOST_BITS = 60;
    private static final List<String> METHODS = List.of("ByNamespace", "ByUser");
    private static final String POSITIVE = "must be positive";

    private FlowValidation() {}

    static final KindValidation SCHEMA = new KindValidation() {
        @Override
        public void create(ObjectNode schema, ValidationOptions options, FieldErrors errors) {
            JsonNode spec = schema.path("spec");
            precedence(Tree.text(schema, "metadata", "name"), Tree.number(spec, "matchingPrecedence"), errors);
            String method = Tree.text(spec, "distinguisherMethod", "type");
            if (spec.hasNonNull("distinguisherMethod") && !METHODS.contains(method)) {
                errors.notSupported(
                        SPEC.child("distinguisherMethod", "type"),
                        Tree.newObject().put("Type", method),
                        METHODS);
            }
            String level = Tree.text(spec, "priorityLevelConfiguration", "name");
            FieldPath levelName = SPEC.child("priorityLevelConfiguration", "name");
            if (level.isEmpty()) {
                errors.required(levelName, "must reference a priority level");
            } else {
                errors.invalidEach(levelName, level, ObjectNames.dns1123Subdomain(level));
            }
            List<JsonNode> rules = Tree.items(spec, "rules");
            for (int i = 0; i < rules.size(); i++) {
                FlowRules.check(rules.get(i), SPEC.child("rules").index(i), errors);
            }
            MandatoryFlow.schema(Tree.text(schema, "metadata", "name"), spec, errors);
        }

        @Override
        public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            conditions(next.path("status"), errors);
        }
    };

    static final KindValidation LEVEL = new KindValidation() {
        @Override
        public void create(ObjectNode level, ValidationOptions options, FieldErrors errors) {
            JsonNode spec = level.path("spec");
            String type = Tree.text(spec, "type");
            if (Tree.text(level, "metadata", "name").equals("exempt") != type.equals("Exempt")) {
                errors.invalid(SPEC.child("type"), type, "must be 'Exempt' if and only if `name` is 'exempt'");
            }
            switch (type) {
                case "Exempt" -> {
                    if (spec.hasNonNull("limited")) {
                        errors.forbidden(SPEC.child("limited"), "must be nil if the type is not Limited");
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
            MandatoryFlow.level(Tree.text(level, "metadata", "name"), spec, errors);
        }

        @Override
        public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            conditions(next.path("status"), errors);
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
        positive(queuing, "queueLengthLimit", path, errors);
        if (positive(queuing, "queues", path, errors) && queues > MOST_QUEUES) {
            errors.invalid(path.child("queues"), queues, "must not be greater than " + MOST_QUEUES);
        }
        if (!positive(queuing, "handSize", path, errors)) {
            return;
        }
        if (hand > queues) {
            errors.invalid(path.child("handSize"), hand, "should not be greater than queues (" + queues + ")");
        } else if (bits(queues, hand) > MOST_BITS) {
            errors.invalid(
                    path.child("handSize"),
                    hand,
                    "required entropy bits of deckSize " + queues + " and handSize " + hand
                            + " should not be greater than " + MOST_BITS);
        }
    }

    private static boolean positive(JsonNode queuing, String field, FieldPath path, FieldErrors errors) {
        boolean good = Tree.number(queuing, field) > 0;
        if (!good) {
            errors.invalid(path.child(field), Tree.number(queuing, field), POSITIVE);
        }
        return good;
    }

    /** How many bits of a hash it takes at most to deal a hand. */
    private static double bits(long queues, long hand) {
        return Math.ceil(Math.log(queues) / Math.log(2) * hand);
    }

    private static void conditions(JsonNode status, FieldErrors errors) {
        FieldPath path = FieldPath.of("status", "conditions");
        List<JsonNode> conditions = Tree.items(status, "conditions");
        Set<String> types = new HashSet<>();
        for (int i = 0; i < conditions.size(); i++) {
            String type = Tree.text(conditions.get(i), "type");
            if (!types.add(type)) {
                errors.duplicate(path.index(i).child("type"), type);
            }
            if (type.isEmpty()) {
                errors.required(path.index(i).child("type"), "must not be empty");
            }
        }
    }
}
