package io.kvorum.apiserver.flow;

import io.kvorum.apiserver.metrics.Meters;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What is told of flow schemas and priority levels, under the names that kube-apiserver has for it: seats there are, seats taken,
 * requests that wait and how long they did, how many were let in and refused. Belongs to one event loop.
 */
final class FlowMetrics {
    private static final String PREFIX = "apiserver_flowcontrol_";
    private static final String SCHEMA = "flow_schema";
    private static final String LEVEL = "priority_level";
    private static final double[] WAITS = {0, .005, .02, .05, .1, .2, .5, 1, 2, 5, 10, 15, 30};

    private final Gauge executing;
    private final Gauge seats;
    private final Gauge waiting;
    private final Counter dispatched;
    private final Counter rejected;
    private final Histogram waits;
    private final Map<Name, Flow> flows = new HashMap<>();

    private record Name(String schema, String level) {}

    /** What is told of the requests of one schema at one level. */
    record Flow(
            String schema,
            String level,
            GaugeDataPoint executing,
            GaugeDataPoint seats,
            GaugeDataPoint waiting,
            CounterDataPoint dispatched,
            DistributionDataPoint waitsOfServed,
            DistributionDataPoint waitsOfRefused) {}

    /** @param levels those there are at a time; looked at by other threads */
    FlowMetrics(Meters meters, Collection<PriorityLevel> levels) {
        executing = meters.gauge(PREFIX + "current_executing_requests", "Requests that are served.", LEVEL, SCHEMA);
        seats = meters.gauge(
                PREFIX + "current_executing_seats", "Seats of the requests that are served.", LEVEL, SCHEMA);
        waiting = meters.gauge(PREFIX + "current_inqueue_requests", "Requests that wait for a seat.", LEVEL, SCHEMA);
        dispatched = meters.counter(PREFIX + "dispatched_requests_total", "Requests that got a seat.", LEVEL, SCHEMA);
        rejected = meters.counter(
                PREFIX + "rejected_requests_total", "Requests that got no seat.", LEVEL, SCHEMA, "reason");
        waits = meters.histogram(
                PREFIX + "request_wait_duration_seconds",
                "How long requests waited for a seat.",
                WAITS,
                LEVEL,
                SCHEMA,
                "execute");
        // Levels lend each other nothing: what they have is what they are named for.
        for (String name : new String[] {"nominal_limit_seats", "current_limit_seats"}) {
            meters.readings(
                    PREFIX + name,
                    "Seats that a priority level has.",
                    tell -> levels.forEach(level -> tell.call(level.settings().seats(), level.name())),
                    LEVEL);
        }
    }

    Flow flow(String schema, String level) {
        return flows.computeIfAbsent(new Name(schema, level), this::flow);
    }

    private Flow flow(Name name) {
        String[] labels = {name.level, name.schema};
        return new Flow(
                name.schema,
                name.level,
                executing.labelValues(labels),
                seats.labelValues(labels),
                waiting.labelValues(labels),
                dispatched.labelValues(labels),
                waits.labelValues(name.level, name.schema, "true"),
                waits.labelValues(name.level, name.schema, "false"));
    }

    /** @param reason {@code queue-full}, {@code concurrency-limit} or {@code time-out} */
    void rejected(Flow flow, String reason, long waitedNanos) {
        rejected.labelValues(flow.level, flow.schema, reason).inc();
        flow.waitsOfRefused.observe(waitedNanos / 1e9);
    }
}
