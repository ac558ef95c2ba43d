package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.audit.AuditEvent;
import io.kvorum.apiserver.audit.AuditLevel;
import io.kvorum.apiserver.audit.AuditLog;
import io.kvorum.apiserver.audit.AuditPolicy;
import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.User;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Writes down what becomes of requests, as much of it as the policy wants. Belongs to the event loop. */
public final class AuditTrail {
    private final AuditLog log;
    private final AuditPolicy policy;
    private final Clock clock;
    private final Counter events;
    private final Map<AuditLevel, CounterDataPoint> levels = new EnumMap<>(AuditLevel.class);

    public AuditTrail(AuditLog log, AuditPolicy policy, Clock clock, Meters meters) {
        this.log = log;
        this.policy = policy;
        this.clock = clock;
        events = meters.counter("apiserver_audit_event_total", "Events that went to the audit log.");
        Counter byLevel =
                meters.counter("apiserver_audit_level_total", "Requests by how much of them is written down.", "level");
        for (AuditLevel level : AuditLevel.values()) {
            levels.put(level, byLevel.labelValues(level.text()));
        }
        meters.counts(
                "apiserver_audit_error_total",
                "Events that the audit log could not keep.",
                tell -> tell.call(log.lost(), "log"),
                "plugin");
    }

    /** A request has come. */
    Audited begin(ApiRequest request) {
        return new Audited(request, clock.instant());
    }

    /** Decides how much of a request is written down, by who makes it and what it is for. */
    void decide(ApiRequest request, Audited audited, User user) {
        audited.policy = policy.decide(user, audited.info, request.path());
    }

    /** It is known who makes the request. */
    void received(Audited audited) {
        if (audited.policy.writes(AuditPolicy.RECEIVED)) {
            record(audited.received(clock.instant()));
        }
    }

    void answered(Audited audited, ApiResponse response) {
        Objects.requireNonNull(levels.get(audited.policy.level()), "every level has one")
                .inc();
        if (audited.policy.writes(Audited.stage(response))) {
            record(audited.event(response, clock.instant()));
        }
    }

    private void record(AuditEvent event) {
        log.record(event);
        events.inc();
    }
}
