package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.List;

/** The rules of PodDisruptionBudget, PriorityClass and Lease. */
final class PolicyValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final long HIGHEST_USER_PRIORITY = 1_000_000_000L;

    private PolicyValidation() {}

    static final KindValidation BUDGET = new KindValidation() {
        @Override
        public void create(ObjectNode budget, ValidationOptions options, FieldErrors errors) {
            budget(budget.path("spec"), errors);
        }

        @Override
        public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            FieldPath path = FieldPath.of("status");
            JsonNode status = next.path("status");
            ConditionValidation.check(Tree.items(status, "conditions"), path.child("conditions"), errors);
            Rules.notNegative(
                    status, path, errors, "disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods");
        }
    };

    private static void budget(JsonNode spec, FieldErrors errors) {
        if (spec.hasNonNull("minAvailable") && spec.hasNonNull("maxUnavailable")) {
            errors.invalid(
                    SPEC, InternalForm.disruptionBudget(spec), "minAvailable and maxUnavailable cannot be both set");
        }
        Rules.countOrPercent(spec, SPEC, "minAvailable", errors);
        Rules.countOrPercent(spec, SPEC, "maxUnavailable", errors);
        MetaValidation.selector(spec.path("selector"), SPEC.child("selector"), errors);
        Rules.oneOf(spec, SPEC, "unhealthyPodEvictionPolicy", List.of("AlwaysAllow", "IfHealthyBudget"), errors);
    }

    static final KindValidation PRIORITY_CLASS = new KindValidation() {
        @Override
        public void create(ObjectNode priority, ValidationOptions options, FieldErrors errors) {
            String name = Tree.text(priority, "metadata", "name");
            long value = Tree.number(priority, "value");
            boolean system = name.equals("system-node-critical") || name.equals("system-cluster-critical");
            if (name.startsWith("system-") && !system) {
                errors.forbidden(
                        FieldPath.of("metadata", "name"),
                        "priority class names with 'system-' prefix are reserved for system use only. error: " + name
                                + " is not a known system priority class");
            } else if (!system && value > HIGHEST_USER_PRIORITY) {
                errors.forbidden(
                        FieldPath.of("value"),
                        "maximum allowed value of a user defined priority is " + HIGHEST_USER_PRIORITY);
            }
            Rules.oneOf(priority, FieldPath.ROOT, "preemptionPolicy", List.of("Never", "PreemptLowerPriority"), errors);
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            if (Tree.number(old, "value") != Tree.number(next, "value")) {
                errors.forbidden(FieldPath.of("value"), "may not be changed in an update.");
            }
            errors.immutable(
                    FieldPath.of("preemptionPolicy"), old.get("preemptionPolicy"), next.get("preemptionPolicy"));
        }
    };

    static final KindValidation LEASE = (lease, options, errors) -> {
        JsonNode spec = lease.path("spec");
        if (spec.hasNonNull("leaseDurationSeconds") && Tree.number(spec, "leaseDurationSeconds") <= 0) {
            errors.invalid(
                    SPEC.child("leaseDurationSeconds"),
                    Tree.number(spec, "leaseDurationSeconds"),
                    "must be greater than 0");
        }
        if (spec.hasNonNull("leaseTransitions") && Tree.number(spec, "leaseTransitions") < 0) {
            errors.invalid(SPEC.child("leaseTransitions"), Tree.number(spec, "leaseTransitions"), Rules.NOT_NEGATIVE);
        }
        if (!Tree.text(spec, "preferredHolder").isEmpty()
                && Tree.text(spec, "strategy").isEmpty()) {
            errors.forbidden(SPEC.child("preferredHolder"), "may only be specified when `strategy` is defined");
        }
    };
}
