package io.kvorum.apiserver.webhook;

import io.kvorum.apiserver.admission.Admission.Operation;
import io.kvorum.apiserver.metrics.Durations;
import io.kvorum.apiserver.metrics.Tally;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * What is told of webhooks that are asked about writes, under the names that kube-apiserver has for it. Belongs to the event loop.
 */
public final class AdmissionMetrics {
    private static final String PREFIX = "apiserver.admission.";
    private static final String KIND = "webhook";
    private static final int MOST_CODE = 600;
    private static final double[] CALLS = {.005, .025, .1, .5, 1, 2.5, 10, 25};
    private static final double[] CONDITIONS = {.005, .025, .1, .5, 1, 2.5};

    private final MeterRegistry registry;
    private final Durations calls;
    private final Durations conditions;
    private final Tally rejections;
    private final Tally failOpens;

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

    public AdmissionMetrics(MeterRegistry registry) {
        this.registry = registry;
        calls = new Durations(
                registry, PREFIX + "webhook.admission.duration", CALLS, "name", "type", "operation", "rejected");
        conditions = new Durations(
                registry, PREFIX + "match.condition.evaluation", CONDITIONS, "name", "kind", "type", "operation");
        rejections = new Tally(
                registry,
                PREFIX + "webhook.rejection.count",
                "name",
                "type",
                "operation",
                "error_type",
                "rejection_code");
        failOpens = new Tally(registry, PREFIX + "webhook.fail.open.count", "name", "type");
    }

    /** @param code of the answer, 0 when there is none */
    void asked(Webhook webhook, Operation operation, boolean rejected, int code, long nanos) {
        String refused = Boolean.toString(rejected);
        registry.counter(
                        PREFIX + "webhook.request",
                        "name",
                        webhook.name(),
                        "type",
                        webhook.step(),
                        "operation",
                        operation.name(),
                        "code",
                        code(code),
                        "rejected",
                        refused)
                .increment();
        calls.record(nanos, webhook.name(), webhook.step(), operation.name(), refused);
    }

    void rejected(Webhook webhook, Operation operation, Rejection why, int code) {
        rejections.add(webhook.name(), webhook.step(), operation.name(), why.label, code(code));
    }

    /** Whoever answers with codes beyond all there are does not make the set of meters endless. */
    private static String code(int code) {
        return Integer.toString(Math.min(code, MOST_CODE));
    }

    void failedOpen(Webhook webhook) {
        failOpens.add(webhook.name(), webhook.step());
    }

    void conditionsAsked(Webhook webhook, Operation operation, MatchConditions.Outcome outcome, long nanos) {
        conditions.record(nanos, webhook.name(), KIND, webhook.step(), operation.name());
        if (!outcome.problem().isEmpty()) {
            counted("match.condition.evaluation.errors", webhook, operation);
        } else if (!outcome.hold()) {
            counted("match.condition.exclusions", webhook, operation);
        }
    }

    private void counted(String name, Webhook webhook, Operation operation) {
        registry.counter(
                        PREFIX + name,
                        "name",
                        webhook.name(),
                        "kind",
                        KIND,
                        "type",
                        webhook.step(),
                        "operation",
                        operation.name())
                .increment();
    }
}
