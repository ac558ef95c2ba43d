package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of {@code metav1.Condition}, for the statuses upstream checks. */
final class ConditionValidation {
    private static final List<String> STATUSES = List.of("False", "True", "Unknown");
    private static final int MOST_REASON = 1024;
    private static final int MOST_MESSAGE = 32 * 1024;
    private static final String MUST_BE_SET = "must be set";

    private ConditionValidation() {}

    static void check(List<JsonNode> conditions, FieldPath path, FieldErrors errors) {
        Set<String> types = new HashSet<>();
        for (int i = 0; i < conditions.size(); i++) {
            FieldPath at = path.index(i);
            String type = Tree.text(conditions.get(i), "type");
            if (!types.add(type)) {
                errors.duplicate(at.child("type"), type);
            }
            errors.invalidEach(at.child("type"), type, ObjectNames.qualifiedName(type));
            condition(conditions.get(i), at, errors);
        }
    }

    private static void condition(JsonNode condition, FieldPath at, FieldErrors errors) {
        String status = Tree.text(condition, "status");
        if (!STATUSES.contains(status)) {
            errors.notSupported(at.child("status"), status, STATUSES);
        }
        long generation = Tree.number(condition, "observedGeneration");
        if (generation < 0) {
            errors.invalid(at.child("observedGeneration"), generation, "must be greater than or equal to zero");
        }
        if (!condition.hasNonNull("lastTransitionTime")) {
            errors.required(at.child("lastTransitionTime"), MUST_BE_SET);
        }
        String reason = Tree.text(condition, "reason");
        if (reason.isEmpty()) {
            errors.required(at.child("reason"), MUST_BE_SET);
        } else {
            errors.invalidEach(at.child("reason"), reason, ObjectNames.conditionReason(reason));
            if (MetaValidation.bytes(reason) > MOST_REASON) {
                errors.tooLong(at.child("reason"), MOST_REASON);
            }
        }
        if (MetaValidation.bytes(Tree.text(condition, "message")) > MOST_MESSAGE) {
            errors.tooLong(at.child("message"), MOST_MESSAGE);
        }
    }
}
