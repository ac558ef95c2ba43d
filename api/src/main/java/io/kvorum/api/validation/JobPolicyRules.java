package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The rules of what a Job takes for a failure and for a success. */
final class JobPolicyRules {
    private static final List<String> ACTIONS = List.of("Count", "FailIndex", "FailJob", "Ignore");
    private static final List<String> OPERATORS = List.of("In", "NotIn");
    private static final List<String> STATUSES = List.of("False", "True", "Unknown");
    private static final int MOST_RULES = 20;
    private static final int MOST_CODES = 255;
    private static final int MOST_INDEX_BYTES = 64 * 1024;

    private JobPolicyRules() {}

    static void failures(JsonNode spec, FieldPath path, FieldErrors errors) {
        List<JsonNode> rules = Tree.items(spec, "podFailurePolicy", "rules");
        FieldPath at = path.child("rules");
        if (rules.size() > MOST_RULES) {
            errors.tooMany(at, rules.size(), MOST_RULES);
        }
        List<String> names = Stream.of("containers", "initContainers")
                .flatMap(list -> Tree.items(spec, "template", "spec", list).stream())
                .map(container -> Tree.text(container, "name"))
                .toList();
        for (int i = 0; i < rules.size(); i++) {
            failure(spec, rules.get(i), names, at.index(i), errors);
        }
    }

    private static void failure(
            JsonNode spec, JsonNode rule, List<String> containers, FieldPath at, FieldErrors errors) {
        String action = Tree.text(rule, "action");
        if (action.equals("FailIndex")) {
            if (!spec.hasNonNull("backoffLimitPerIndex")) {
                errors.invalid(at.child("action"), action, "requires the backoffLimitPerIndex to be set");
            }
        } else {
            choice(rule, "action", ACTIONS, at, errors);
        }
        List<JsonNode> conditions = Tree.items(rule, "onPodConditions");
        if (rule.hasNonNull("onExitCodes")) {
            exitCodes(rule.path("onExitCodes"), containers, at.child("onExitCodes"), errors);
        }
        conditions(conditions, at.child("onPodConditions"), errors);
        if (rule.hasNonNull("onExitCodes") != conditions.isEmpty()) {
            errors.invalidWhole(
                    at,
                    conditions.isEmpty()
                            ? "specifying one of OnExitCodes and OnPodConditions is required"
                            : "specifying both OnExitCodes and OnPodConditions is not supported");
        }
    }

    /** One of a few words, all of which are named where there is none. */
    private static void choice(JsonNode owner, String field, List<String> words, FieldPath at, FieldErrors errors) {
        if (Tree.text(owner, field).isEmpty()) {
            errors.required(at.child(field), "valid values: [\"" + String.join("\" \"", words) + "\"]");
        } else {
            Rules.oneOf(owner, at, field, words, errors);
        }
    }

    private static void exitCodes(JsonNode wanted, List<String> containers, FieldPath at, FieldErrors errors) {
        choice(wanted, "operator", OPERATORS, at, errors);
        String container = Tree.text(wanted, "containerName");
        if (wanted.hasNonNull("containerName") && !containers.contains(container)) {
            errors.invalid(
                    at.child("containerName"),
                    container,
                    "must be one of the container or initContainer names in the pod template");
        }
        List<JsonNode> codes = Tree.items(wanted, "values");
        FieldPath path = at.child("values");
        if (codes.isEmpty()) {
            errors.invalid(path, wanted.path("values"), "at least one value is required");
        } else if (codes.size() > MOST_CODES) {
            errors.tooMany(path, codes.size(), MOST_CODES);
        }
        boolean ordered = true;
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < codes.size(); i++) {
            long code = codes.get(i).asLong();
            if (code == 0 && Tree.text(wanted, "operator").equals("In")) {
                errors.invalid(path.index(i), code, "must not be 0 for the In operator");
            }
            if (!seen.add(code)) {
                errors.duplicate(path.index(i), code);
            }
            ordered &= i == 0 || codes.get(i - 1).asLong() <= code;
        }
        if (!ordered) {
            errors.invalid(path, wanted.path("values"), "must be ordered");
        }
    }

    private static void conditions(List<JsonNode> patterns, FieldPath path, FieldErrors errors) {
        if (patterns.size() > MOST_RULES) {
            errors.tooMany(path, patterns.size(), MOST_RULES);
        }
        for (int i = 0; i < patterns.size(); i++) {
            FieldPath at = path.index(i);
            String type = Tree.text(patterns.get(i), "type");
            errors.invalidEach(at.child("type"), type, ObjectNames.qualifiedName(type));
            choice(patterns.get(i), "status", STATUSES, at, errors);
        }
    }

    static void success(JsonNode spec, FieldPath path, FieldErrors errors) {
        if (!spec.hasNonNull("successPolicy")) {
            return;
        }
        List<JsonNode> rules = Tree.items(spec, "successPolicy", "rules");
        if (!JobValidation.indexed(spec)) {
            errors.invalid(path, InternalForm.successPolicy(rules), "requires indexed completion mode");
            return;
        }
        FieldPath at = path.child("rules");
        if (rules.isEmpty()) {
            errors.required(at, "at least one rules must be specified when the successPolicy is specified");
        } else if (rules.size() > MOST_RULES) {
            errors.tooMany(at, rules.size(), MOST_RULES);
        }
        for (int i = 0; i < rules.size(); i++) {
            success(rules.get(i), Tree.number(spec, "completions"), at.index(i), errors);
        }
    }

    private static void success(JsonNode rule, long completions, FieldPath at, FieldErrors errors) {
        boolean counted = rule.hasNonNull("succeededCount");
        boolean listed = rule.hasNonNull("succeededIndexes");
        if (!counted && !listed) {
            errors.required(at, "at least one of succeededCount or succeededIndexes must be specified");
        }
        String text = Tree.text(rule, "succeededIndexes");
        IndexIntervals indexes = IndexIntervals.parse(text, completions);
        if (listed) {
            FieldPath here = at.child("succeededIndexes");
            if (MetaValidation.bytes(text) > MOST_INDEX_BYTES) {
                errors.tooLong(here, MOST_INDEX_BYTES);
            }
            if (!indexes.problem().isEmpty()) {
                errors.invalid(here, text, "error parsing succeededIndexes: " + indexes.problem());
            }
        }
        long count = Tree.number(rule, "succeededCount");
        FieldPath here = at.child("succeededCount");
        Rules.notNegative(rule, at, "succeededCount", errors);
        if (counted && count > completions) {
            errors.invalid(
                    here,
                    count,
                    "must be less than or equal to " + completions + " (the number of specified completions)");
        }
        if (counted && listed && count > indexes.total()) {
            errors.invalid(
                    here,
                    count,
                    "must be less than or equal to " + indexes.total()
                            + " (the number of indexes in the specified succeededIndexes field)");
        }
    }
}
