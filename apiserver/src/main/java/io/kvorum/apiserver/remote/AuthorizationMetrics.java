package io.kvorum.apiserver.remote;

import io.kvorum.apiserver.auth.Authorizer.Verdict;
import io.kvorum.apiserver.metrics.Durations;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;

/**
 * What is told of those who decide, under the names that kube-apiserver has for it: who has decided, how webhooks were reached, and
 * what their conditions said. Belongs to the event loop.
 */
public final class AuthorizationMetrics {
    private static final String PREFIX = "apiserver.authorization.";
    private static final String TYPE = "Webhook";
    private static final double[] ROUND_TRIPS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
    private static final double[] CONDITIONS = {.001, .005, .01, .025, .1, .2, .25};

    private final MeterRegistry registry;
    private final Durations roundTrips;
    private final Durations conditions;

    public AuthorizationMetrics(MeterRegistry registry) {
        this.registry = registry;
        roundTrips = new Durations(registry, PREFIX + "webhook.duration", ROUND_TRIPS, "name", "result");
        conditions = new Durations(registry, PREFIX + "match.condition.evaluation", CONDITIONS, "type", "name");
    }

    /** Counts what one of those who decide has decided. */
    public Consumer<Verdict> decisions(String type, String name) {
        Counter allowed = decision(type, name, "allowed");
        Counter denied = decision(type, name, "denied");
        return verdict -> {
            switch (verdict) {
                case ALLOW -> allowed.increment();
                case DENY -> denied.increment();
                case NO_OPINION -> {
                    // The next one is asked.
                }
            }
        };
    }

    private Counter decision(String type, String name, String decision) {
        return Counter.builder(PREFIX + "decisions")
                .tag("type", type)
                .tag("name", name)
                .tag("decision", decision)
                .register(registry);
    }

    void evaluated(String name, ReviewClient.Result result, long nanos) {
        counted("webhook.evaluations", "name", name, "result", result.label());
        roundTrips.record(nanos, name, result.label());
    }

    void failedOpen(String name, ReviewClient.Result result) {
        counted("webhook.evaluations.fail.open", "name", name, "result", result.label());
    }

    void conditionsAsked(String name, long nanos) {
        conditions.record(nanos, TYPE, name);
    }

    void conditionsFailed(String name) {
        counted("match.condition.evaluation.errors", "type", TYPE, "name", name);
    }

    void excluded(String name) {
        counted("match.condition.exclusions", "type", TYPE, "name", name);
    }

    private void counted(String name, String... tags) {
        registry.counter(PREFIX + name, tags).increment();
    }
}
