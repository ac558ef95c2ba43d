package io.kvorum.apiserver.policy;

import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.cel.CelProblem;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.Locale;

/**
 * What ValidatingAdmissionPolicies have against writes, and what came of it, under the names that kube-apiserver has for it. As
 * there, a validation that holds is not counted. Belongs to the event loop.
 */
public final class PolicyMetrics {
    private static final String PREFIX = "apiserver_validating_admission_policy_";
    private static final double[] BOUNDS = {.0000005, .001, .01, .1, 1};

    private static final String[] LABELS = {"policy", "policy_binding", "error_type", "enforcement_action"};

    private final Counter checks;
    private final Histogram durations;

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

    public PolicyMetrics(Meters meters) {
        checks = meters.counter(PREFIX + "check_total", "Validations that had something against a write.", LABELS);
        durations = meters.histogram(
                PREFIX + "check_duration_seconds",
                "How long it took to evaluate validations that had something against a write.",
                BOUNDS,
                LABELS);
    }

    /** @param action what is done about it: {@code deny}, {@code warn}, {@code audit}, or {@code allow} for nothing */
    void checked(String policy, String binding, Why why, String action, long nanos) {
        String[] labels = {policy, binding, why.name().toLowerCase(Locale.ROOT), action};
        checks.labelValues(labels).inc();
        durations.labelValues(labels).observe(nanos / 1e9);
    }
}
