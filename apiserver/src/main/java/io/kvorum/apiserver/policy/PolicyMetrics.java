package io.kvorum.apiserver.policy;

import io.kvorum.apiserver.metrics.Durations;
import io.kvorum.cel.CelProblem;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/**
 * What ValidatingAdmissionPolicies have against writes, and what came of it, under the names that kube-apiserver has for it. As
 * there, a validation that holds is not counted. Belongs to the event loop.
 */
public final class PolicyMetrics {
    private static final String PREFIX = "apiserver.validating.admission.policy.";
    private static final double[] BOUNDS = {.0000005, .001, .01, .1, 1};

    private final MeterRegistry registry;
    private final Durations checks;

    /** Why a validation has something against a write. */
    enum Why {
        /** It does not hold. */
        NO_ERROR,
        INVALID_ERROR,
        OUT_OF_BUDGET;

        static Why of(CelProblem problem) {
            return problem.isCost() ? OUT_OF_BUDGET : INVALID_ERROR;
        }
    }

    public PolicyMetrics(MeterRegistry registry) {
        this.registry = registry;
        checks = new Durations(
                registry,
                PREFIX + "check.duration",
                BOUNDS,
                "policy",
                "policy_binding",
                "error_type",
                "enforcement_action");
    }

    /** @param action what is done about it: {@code deny}, {@code warn}, {@code audit}, or {@code allow} for nothing */
    void checked(String policy, String binding, Why why, String action, long nanos) {
        String type = why.name().toLowerCase(Locale.ROOT);
        registry.counter(
                        PREFIX + "check",
                        "policy",
                        policy,
                        "policy_binding",
                        binding,
                        "error_type",
                        type,
                        "enforcement_action",
                        action)
                .increment();
        checks.record(nanos, policy, binding, type, action);
    }
}
