package io.kvorum.apiserver.flow;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What is told of priority levels, under the names that kube-apiserver has for it: seats there are, seats taken, requests that
 * wait, and how many were let in and refused. Belongs to one event loop.
 */
final class FlowMetrics {
    private static final String PREFIX = "apiserver.flowcontrol.";

    private record Outcome(String schema, String level, String reason) {}

    private final MeterRegistry registry;
    private final Map<String, List<Meter>> ofLevels = new HashMap<>();
    private final Map<Outcome, Counter> outcomes = new HashMap<>();

    FlowMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void added(PriorityLevel level) {
        ofLevels.put(
                level.name(),
                List.of(
                        gauge(
                                "nominal.limit.seats",
                                level,
                                each -> each.settings().seats()),
                        // Levels lend each other nothing.
                        gauge(
                                "current.limit.seats",
                                level,
                                each -> each.settings().seats()),
                        gauge("current.executing.seats", level, PriorityLevel::seated),
                        gauge("current.inqueue.requests", level, PriorityLevel::waiting)));
    }

    void removed(PriorityLevel level) {
        ofLevels.getOrDefault(level.name(), List.of()).forEach(registry::remove);
        ofLevels.remove(level.name());
    }

    private Gauge gauge(String name, PriorityLevel level, ToDoubleFunction<PriorityLevel> value) {
        return Gauge.builder(PREFIX + name, level, value)
                .tag("priority_level", level.name())
                .register(registry);
    }

    void dispatched(String schema, String level) {
        outcomes.computeIfAbsent(
                        new Outcome(schema, level, ""),
                        first -> Counter.builder(PREFIX + "dispatched.requests")
                                .tag("flow_schema", schema)
                                .tag("priority_level", level)
                                .register(registry))
                .increment();
    }

    /** @param reason {@code queue-full}, {@code concurrency-limit} or {@code time-out} */
    void rejected(String schema, String level, String reason) {
        outcomes.computeIfAbsent(
                        new Outcome(schema, level, reason),
                        first -> Counter.builder(PREFIX + "rejected.requests")
                                .tag("flow_schema", schema)
                                .tag("priority_level", level)
                                .tag("reason", reason)
                                .register(registry))
                .increment();
    }
}
