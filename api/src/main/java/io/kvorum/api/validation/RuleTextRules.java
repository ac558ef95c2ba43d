package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.regex.Pattern;

/** The rules of {@code x-kubernetes-validations}, but for whether they compile. */
final class RuleTextRules {
    static final String FIELD = "x-kubernetes-validations";
    private static final Pattern LINE_BREAK = Pattern.compile("[\n\r]");
    private static final List<String> REASONS =
            List.of("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired");

    private RuleTextRules() {}

    static void check(JsonNode schema, FieldPath path, FieldErrors errors) {
        List<JsonNode> rules = Tree.items(schema, FIELD);
        for (int i = 0; i < rules.size(); i++) {
            rule(rules.get(i), path.child(FIELD).index(i), errors);
        }
    }

    private static void rule(JsonNode rule, FieldPath at, FieldErrors errors) {
        String text = Tree.text(rule, "rule").strip();
        String message = Tree.text(rule, "message");
        if (text.isEmpty()) {
            errors.required(at.child("rule"), "rule is not specified");
        } else if (!message.isEmpty() && message.isBlank()) {
            errors.invalid(at.child("message"), message, "message must be non-empty if specified");
        } else if (hasLineBreak(message.strip())) {
            errors.invalid(at.child("message"), message, "message must not contain line breaks");
        } else if (hasLineBreak(text) && message.isEmpty()) {
            errors.required(at.child("message"), "message must be specified if rule contains line breaks");
        }
        String expression = Tree.text(rule, "messageExpression");
        if (!expression.isEmpty() && expression.isBlank()) {
            errors.required(at.child("messageExpression"), "messageExpression must be non-empty if specified");
        }
        Rules.oneOf(rule, at, "reason", REASONS, errors);
        String field = Tree.text(rule, "fieldPath");
        if (!field.isEmpty() && field.isBlank()) {
            errors.invalid(at.child("fieldPath"), field, "fieldPath must be non-empty if specified");
        }
        if (hasLineBreak(field)) {
            errors.invalid(at.child("fieldPath"), field, "fieldPath must not contain line breaks");
        }
    }

    private static boolean hasLineBreak(String text) {
        return LINE_BREAK.matcher(text).find();
    }
}
