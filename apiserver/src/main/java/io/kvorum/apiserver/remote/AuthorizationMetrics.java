package io.kvorum.apiserver.remote;

import io.kvorum.apiserver.auth.Authorizer.Verdict;
import io.kvorum.apiserver.metrics.Meters;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.function.Consumer;

/**
 * What is told of those who decide, under the names that kube-apiserver has for it: who has decided, how webhooks were reached, and
 * what their conditions said. Belongs to the event loop.
 */
public final class AuthorizationMetrics {
    private static final String PREFIX = "apiserver_authorization_";
    private static final String TYPE = "Webhook";
    private static final double[] ROUND_TRIPS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
    private static final double[] CONDITIONS = {.001, .005, .01, .025, .1, .2, .25};

    private final Counter decisions;
    private final Counter evaluations;
    private final Counter failOpens;
    private final Histogram roundTrips;
    private final Histogram conditions;
    private final Counter conditionErrors;
    private final Counter exclusions;

    public AuthorizationMetrics(Meters meters) {
        decisions = meters.counter(
                PREFIX + "decisions_total",
                "Requests that were allowed or denied, by who did.",
                "type",
                "name",
                "decision");
        evaluations = meters.counter(
                PREFIX + "webhook_evaluations_total", "Attempts to ask an authorization webhook.", "name", "result");
        failOpens = meters.counter(
                PREFIX + "webhook_evaluations_fail_open_total",
                "Failures of authorization webhooks after which the next authorizer was asked.",
                "name",
                "result");
        roundTrips = meters.histogram(
                PREFIX + "webhook_duration_seconds",
                "How long authorization webhooks took to answer.",
                ROUND_TRIPS,
                "name",
                "result");
        conditions = meters.histogram(
                PREFIX + "match_condition_evaluation_seconds",
                "How long it took to evaluate the match conditions of authorizers.",
                CONDITIONS,
                "type",
                "name");
        conditionErrors = meters.counter(
                PREFIX + "match_condition_evaluation_errors_total",
                "Match conditions of authorizers that could not be evaluated.",
                "type",
                "name");
        exclusions = meters.counter(
                PREFIX + "match_condition_exclusions_total",
                "Requests that an authorizer was not asked about since a match condition did not hold.",
                "type",
                "name");
    }

    /** Counts what one of those who decide has decided. */
    public Consumer<Verdict> decisions(String type, String name) {
        CounterDataPoint allowed = decisions.labelValues(type, name, "allowed");
        CounterDataPoint denied = decisions.labelValues(type, name, "denied");
        return verdict -> {
            switch (verdict) {
                case ALLOW -> allowed.inc();
                case DENY -> denied.inc();
                case NO_OPINION -> {
                    // The next one is asked.
                }
            }
        };
    }

    void evaluated(String name, ReviewClient.Result result, long nanos) {
        evaluations.labelValues(name, result.label()).inc();
        roundTrips.labelValues(name, result.label()).observe(nanos / 1e9);
    }

    void failedOpen(String name, ReviewClient.Result result) {
        failOpens.labelValues(name, result.label()).inc();
    }

    void conditionsAsked(String name, long nanos) {
        conditions.labelValues(TYPE, name).observe(nanos / 1e9);
    }

    void conditionsFailed(String name) {
        conditionErrors.labelValues(TYPE, name).inc();
    }

    void excluded(String name) {
        exclusions.labelValues(TYPE, name).inc();
    }
}
