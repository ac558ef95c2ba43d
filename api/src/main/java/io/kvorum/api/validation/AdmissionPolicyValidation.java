package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.CelWords;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The rules of admission policies, but for whether their expressions compile.
 *
 * @param mutating whether of MutatingAdmissionPolicies
 */
record AdmissionPolicyValidation(boolean mutating) implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final List<String> REASONS = List.of("Forbidden", "Invalid", "RequestEntityTooLarge");
    private static final List<String> REINVOCATION = List.of("IfNeeded", "Never");
    private static final Pattern IDENTIFIER = Pattern.compile("[_a-zA-Z][_a-zA-Z0-9]*");
    private static final Pattern LINE_BREAK = Pattern.compile("[\n\r]");
    private static final int MOST_ANNOTATIONS = 20;
    private static final int MOST_EXPRESSION = 5 * 1024;
    private static final String NOTHING_TO_DO = "validations or auditAnnotations must contain at least one item";

    @Override
    public void create(ObjectNode policy, ValidationOptions options, FieldErrors errors) {
        check(policy, true, errors);
    }

    /** Conditions that were there, and speak of the same parameters, are let be. */
    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        boolean same = same(old, next, "paramKind") && same(old, next, "matchConditions");
        check(next, !same, errors);
    }

    private static boolean same(ObjectNode old, ObjectNode next, String field) {
        return Tree.semanticallyEqual(
                old.path("spec").get(field), next.path("spec").get(field));
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        FieldPath status = FieldPath.of("status");
        List<JsonNode> warnings = Tree.items(next, "status", "typeChecking", "expressionWarnings");
        for (int i = 0; i < warnings.size(); i++) {
            FieldPath at = status.child("typeChecking", "expressionWarnings").index(i);
            Rules.requiredText(warnings.get(i), at, errors, "warning");
            if (Tree.text(warnings.get(i), "fieldRef").isBlank()) {
                errors.required(at.child("fieldRef"));
            }
        }
        ConditionValidation.check(Tree.items(next, "status", "conditions"), status.child("conditions"), errors);
    }

    private void check(ObjectNode policy, boolean conditions, FieldErrors errors) {
        JsonNode spec = policy.path("spec");
        Rules.requiredOneOf(spec, SPEC, "failurePolicy", AdmissionRules.FAILURE_POLICIES, errors);
        if (spec.hasNonNull("paramKind")) {
            MatchResourceRules.paramKind(spec.path("paramKind"), SPEC.child("paramKind"), errors);
        }
        constraints(spec.path("matchConstraints"), SPEC.child("matchConstraints"), errors);
        if (conditions) {
            AdmissionRules.conditions(spec, SPEC.child("matchConditions"), errors);
        }
        variables(Tree.items(spec, "variables"), SPEC.child("variables"), errors);
        if (mutating) {
            mutations(spec, errors);
        } else {
            validations(policy, spec, errors);
        }
    }

    private void constraints(JsonNode match, FieldPath path, FieldErrors errors) {
        if (!match.isObject()) {
            errors.required(path);
            return;
        }
        MatchResourceRules.check(match, path, mutating, errors);
        if (match.path("resourceRules").isEmpty()) {
            errors.required(path.child("resourceRules"));
        }
    }

    private static void variables(List<JsonNode> variables, FieldPath path, FieldErrors errors) {
        for (int i = 0; i < variables.size(); i++) {
            FieldPath at = path.index(i);
            String name = Tree.text(variables.get(i), "name");
            if (name.isBlank()) {
                errors.required(at.child("name"), "name is not specified");
            } else if (!IDENTIFIER.matcher(name).matches() || CelWords.isReserved(name)) {
                errors.invalid(at.child("name"), name, "must be a valid CEL identifier");
            }
            expression(variables.get(i), at, "expression is not specified", errors);
        }
    }

    private static void expression(JsonNode owner, FieldPath at, String missing, FieldErrors errors) {
        if (Tree.text(owner, "expression").isBlank()) {
            errors.required(at.child("expression"), missing);
        }
    }

    private static void mutations(JsonNode spec, FieldErrors errors) {
        List<JsonNode> mutations = Tree.items(spec, "mutations");
        if (mutations.isEmpty()) {
            errors.required(SPEC.child("mutations"), "mutations must contain at least one item");
        }
        for (int i = 0; i < mutations.size(); i++) {
            mutation(mutations.get(i), SPEC.child("mutations").index(i), errors);
        }
        Rules.requiredOneOf(spec, SPEC, "reinvocationPolicy", REINVOCATION, errors);
    }

    private static void mutation(JsonNode mutation, FieldPath at, FieldErrors errors) {
        String type = Tree.text(mutation, "patchType");
        switch (type) {
            case "" -> errors.required(at.child("patchType"));
            case "JSONPatch" -> patch(mutation, at, type, "jsonPatch", "applyConfiguration", errors);
            case "ApplyConfiguration" -> patch(mutation, at, type, "applyConfiguration", "jsonPatch", errors);
            default -> errors.notSupported(at.child("patchType"), type, List.of("ApplyConfiguration", "JSONPatch"));
        }
    }

    private static void patch(
            JsonNode mutation, FieldPath at, String type, String given, String other, FieldErrors errors) {
        if (mutation.hasNonNull(given)) {
            expression(mutation.path(given), at.child(given), "", errors);
        } else {
            errors.required(at.child(given), "must be specified when patchType is " + type);
        }
        if (mutation.hasNonNull(other)) {
            errors.invalid(at.child(other), "{" + other + "}", "must not be specified when patchType is " + type);
        }
    }

    private static void validations(ObjectNode policy, JsonNode spec, FieldErrors errors) {
        List<JsonNode> validations = Tree.items(spec, "validations");
        List<JsonNode> annotations = Tree.items(spec, "auditAnnotations");
        if (validations.isEmpty() && annotations.isEmpty()) {
            errors.required(SPEC.child("validations"), NOTHING_TO_DO);
            errors.required(SPEC.child("auditAnnotations"), NOTHING_TO_DO);
        }
        for (int i = 0; i < validations.size(); i++) {
            validation(validations.get(i), SPEC.child("validations").index(i), errors);
        }
        FieldPath path = SPEC.child("auditAnnotations");
        if (annotations.size() > MOST_ANNOTATIONS) {
            errors.invalid(
                    path,
                    spec.path("auditAnnotations"),
                    "must not have more than " + MOST_ANNOTATIONS + " auditAnnotations");
        }
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < annotations.size(); i++) {
            annotation(Tree.text(policy, "metadata", "name"), annotations.get(i), path.index(i), errors);
            String key = Tree.text(annotations.get(i), "key");
            if (!keys.add(key)) {
                errors.duplicate(path.index(i).child("key"), key);
            }
        }
    }

    private static void validation(JsonNode validation, FieldPath at, FieldErrors errors) {
        expression(validation, at, "expression is not specified", errors);
        for (String field : List.of("messageExpression", "message")) {
            String text = Tree.text(validation, field);
            if (!text.isEmpty() && text.isBlank()) {
                errors.invalid(at.child(field), text, "must be non-empty if specified");
            } else if (field.equals("message")
                    && LINE_BREAK.matcher(text.strip()).find()) {
                errors.invalid(at.child(field), text, "must not contain line breaks");
            }
        }
        Rules.oneOf(validation, at, "reason", REASONS, errors);
    }

    private static void annotation(String policy, JsonNode annotation, FieldPath at, FieldErrors errors) {
        String key = Tree.text(annotation, "key");
        if (policy.isEmpty()) {
            errors.invalid(at.child("key"), key, "requires metadata.name be non-empty");
        } else {
            String whole = policy + "/" + key;
            errors.invalidEach(at.child("key"), whole, ObjectNames.qualifiedName(whole));
        }
        String expression = Tree.text(annotation, "valueExpression").strip();
        if (expression.isEmpty()) {
            errors.required(at.child("valueExpression"), "valueExpression is not specified");
        } else if (MetaValidation.bytes(expression) > MOST_EXPRESSION) {
            errors.required(at.child("valueExpression"), "must not exceed " + MOST_EXPRESSION + " bytes in length");
        }
    }
}
