package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The rules of bindings of admission policies.
 *
 * @param mutating whether of MutatingAdmissionPolicies
 */
record PolicyBindingValidation(boolean mutating) implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final List<String> ACTIONS = List.of("Audit", "Deny", "Warn");

    @Override
    public void create(ObjectNode binding, ValidationOptions options, FieldErrors errors) {
        JsonNode spec = binding.path("spec");
        String policy = Tree.text(spec, "policyName");
        if (policy.isEmpty()) {
            errors.required(SPEC.child("policyName"));
        } else {
            errors.invalidEach(SPEC.child("policyName"), policy, ObjectNames.dns1123Subdomain(policy));
        }
        MatchResourceRules.paramRef(spec.path("paramRef"), SPEC.child("paramRef"), errors);
        if (spec.hasNonNull("matchResources")) {
            MatchResourceRules.check(spec.path("matchResources"), SPEC.child("matchResources"), mutating, errors);
        }
        if (!mutating) {
            actions(spec.path("validationActions"), SPEC.child("validationActions"), errors);
        }
    }

    private static void actions(JsonNode list, FieldPath path, FieldErrors errors) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            String action = list.path(i).asText();
            if (!ACTIONS.contains(action)) {
                errors.notSupported(path.index(i), action, ACTIONS);
            }
            if (!seen.add(action)) {
                errors.duplicate(path.index(i), action);
            }
        }
        if (seen.contains("Deny") && seen.contains("Warn")) {
            errors.invalid(
                    path,
                    list,
                    "must not contain both Deny and Warn (repeating the same validation failure information in the API"
                            + " response and headers serves no purpose)");
        }
        if (seen.isEmpty()) {
            errors.required(path, "at least one validation action is required");
        }
    }
}
