package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Map;

/** The rules of PodDisruptionBudget, PriorityClass and Lease. */
final class PolicyValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final long HIGHEST_USER_PRIORITY = 1_000_000_000L;

    private static final List<String> PREEMPTION = List.of("PreemptLowerPriority", "Never");
    private static final Map<String, Long> SYSTEM =
            Map.of("system-cluster-critical", 2_000_000_000L, "system-node-critical", 2_000_001_000L);
    private static final List<String> STRATEGIES = List.of("OldestEmulationVersion");

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
            if (name.startsWith("system-")) {
                String wrong = systemProblem(name, value, Tree.flag(priority, "globalDefault"));
                if (!wrong.isEmpty()) {
                    errors.forbidden(
                            FieldPath.of("metadata", "name"),
                            "priority class names with 'system-' prefix are reserved for system use only. error: "
                                    + wrong);
                }
            } else if (value > HIGHEST_USER_PRIORITY) {
                errors.forbidden(
                        FieldPath.of("value"),
                        "maximum allowed value of a user defined priority is " + HIGHEST_USER_PRIORITY);
            }
            if (priority.hasNonNull("preemptionPolicy")
                    && Tree.text(priority, "preemptionPolicy").isEmpty()) {
                errors.required(FieldPath.of("preemptionPolicy"));
            } else {
                Rules.oneOf(priority, FieldPath.ROOT, "preemptionPolicy", PREEMPTION, errors);
            }
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

    /** Why a class whose name is kept for the system is none of the system's; empty where it is. */
    private static String systemProblem(String name, long value, boolean globalDefault) {
        Long known = SYSTEM.get(name);
        if (known == null) {
            return name + " is not a known system priority class";
        }
        if (known != value) {
            return "value of " + name + " PriorityClass must be " + known;
        }
        return globalDefault ? "globalDefault of " + name + " PriorityClass must be false" : "";
    }

    /** Upstream names the field twice in the path. */
    private static void strategy(String strategy, FieldErrors errors) {
        FieldPath path = SPEC.child("strategy", "strategy");
        if (strategy.contains("/")) {
            errors.invalidEach(path, strategy, ObjectNames.qualifiedName(strategy));
        } else if (!STRATEGIES.contains(strategy)) {
            errors.notSupported(path, strategy, STRATEGIES);
        }
    }

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
        if (spec.hasNonNull("strategy")) {
            strategy(Tree.text(spec, "strategy"), errors);
        }
        if (!Tree.text(spec, "preferredHolder").isEmpty()
                && Tree.text(spec, "strategy").isEmpty()) {
            errors.forbidden(SPEC.child("preferredHolder"), "may only be specified if `strategy` is defined");
        }
    };
}
