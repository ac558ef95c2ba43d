package io.kvorum.apiserver.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A histogram of durations with upstream's bounds. Belongs to one thread, whoever reads it. */
public final class Durations {
    private final MeterRegistry registry;
    private final String name;
    private final String[] labels;
    private final Duration[] bounds;
    private final Map<List<String>, Timer> timers = new HashMap<>();

    /**
     * @param name without its unit
     * @param seconds the bounds
     */
    public Durations(MeterRegistry registry, String name, double[] seconds, String... labels) {
        this.registry = registry;
        this.name = name;
        this.labels = labels.clone();
        this.bounds = Arrays.stream(seconds)
                .mapToObj(each -> Duration.ofNanos(Math.round(each * 1e9)))
                .toArray(Duration[]::new);
    }

    /** @param values in the order of the labels */
    public void record(long nanos, String... values) {
        of(values).record(nanos, TimeUnit.NANOSECONDS);
    }

    /** The timer of these values, for those who keep it. */
    public Timer of(String... values) {
        return timers.computeIfAbsent(List.of(values), this::timer);
    }

    private Timer timer(List<String> values) {
        Tags tags = Tags.empty();
        for (int i = 0; i < labels.length; i++) {
            tags = tags.and(labels[i], values.get(i));
        }
        return Timer.builder(name).tags(tags).serviceLevelObjectives(bounds).register(registry);
    }
}
