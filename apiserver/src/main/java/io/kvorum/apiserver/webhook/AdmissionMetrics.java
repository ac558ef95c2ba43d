package io.kvorum.apiserver.webhook;

import io.kvorum.apiserver.admission.Admission.Operation;
import io.kvorum.apiserver.metrics.Meters;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;

/**
 * What is told of webhooks that are asked about writes, under the names that kube-apiserver has for it. Belongs to the event loop.
 */
public final class AdmissionMetrics {
    private static final String PREFIX = "apiserver_admission_";
    private static final String KIND = "webhook";
    private static final int MOST_CODE = 600;
    private static final double[] CALLS = {.005, .025, .1, .5, 1, 2.5, 10, 25};
    private static final double[] CONDITIONS = {.005, .025, .1, .5, 1, 2.5};
    private static final String[] CONDITION = {"name", "kind", "type", "operation"};

    private final Histogram calls;
    private final Counter requests;
    private final Gauge rejections;
    private final Gauge failOpens;
    private final Histogram conditions;
    private final Counter conditionErrors;
    private final Counter exclusions;

    /** Why a write is refused. */
    enum Rejection {
        NO_ERROR("no_error"),
        CALLING_WEBHOOK("calling_webhook_error"),
        API_SERVER("apiserver_internal_error");

        private final String label;

        Rejection(String label) {
            this.label = label;
        }
    }

    public AdmissionMetrics(Meters meters) {
        calls = meters.histogram(
                PREFIX + "webhook_admission_duration_seconds",
                "How long admission webhooks took to answer.",
                CALLS,
                "name",
                "type",
                "operation",
                "rejected");
        requests = meters.counter(
                PREFIX + "webhook_request_total",
                "Requests to admission webhooks.",
                "name",
                "type",
                "operation",
                "code",
                "rejected");
        rejections = meters.tally(
                PREFIX + "webhook_rejection_count",
                "Writes that were refused by an admission webhook, or because it could not be asked.",
                "name",
                "type",
                "operation",
                "error_type",
                "rejection_code");
        failOpens = meters.tally(
                PREFIX + "webhook_fail_open_count",
                "Failures of admission webhooks that were passed over, as failurePolicy Ignore says.",
                "name",
                "type");
        conditions = meters.histogram(
                PREFIX + "match_condition_evaluation_seconds",
                "How long it took to evaluate the match conditions of webhooks.",
                CONDITIONS,
                CONDITION);
        conditionErrors = meters.counter(
                PREFIX + "match_condition_evaluation_errors_total",
                "Match conditions of webhooks that could not be evaluated.",
                CONDITION);
        exclusions = meters.counter(
                PREFIX + "match_condition_exclusions_total",
                "Writes that webhooks were not asked about since a match condition did not hold.",
                CONDITION);
    }

    /** @param code of the answer, 0 when there is none */
    void asked(Webhook webhook, Operation operation, boolean rejected, int code, long nanos) {
        String refused = Boolean.toString(rejected);
        requests.labelValues(webhook.name(), webhook.step(), operation.name(), code(code), refused)
                .inc();
        calls.labelValues(webhook.name(), webhook.step(), operation.name(), refused)
                .observe(nanos / 1e9);
    }

    void rejected(Webhook webhook, Operation operation, Rejection why, int code) {
        rejections
                .labelValues(webhook.name(), webhook.step(), operation.name(), why.label, code(code))
                .inc();
    }

    /** Whoever answers with codes beyond all there are does not make the set of meters endless. */
    private static String code(int code) {
        return Integer.toString(Math.min(code, MOST_CODE));
    }

    void failedOpen(Webhook webhook) {
        failOpens.labelValues(webhook.name(), webhook.step()).inc();
    }

    void conditionsAsked(Webhook webhook, Operation operation, MatchConditions.Outcome outcome, long nanos) {
        String[] labels = {webhook.name(), KIND, webhook.step(), operation.name()};
        conditions.labelValues(labels).observe(nanos / 1e9);
        if (!outcome.problem().isEmpty()) {
            conditionErrors.labelValues(labels).inc();
        } else if (!outcome.hold()) {
            exclusions.labelValues(labels).inc();
        }
    }
}
