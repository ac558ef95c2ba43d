package io.kvorum.apiserver.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * A counter of upstream's that is not called {@code ..._total}, as Micrometer would call a counter: it is told as a gauge that
 * only grows. Belongs to one thread, whoever reads it.
 */
public final class Tally {
    private final MeterRegistry registry;
    private final String name;
    private final String[] labels;
    private final Map<List<String>, LongAdder> counts = new HashMap<>();

    public Tally(MeterRegistry registry, String name, String... labels) {
        this.registry = registry;
        this.name = name;
        this.labels = labels.clone();
    }

    /** @param values in the order of the labels */
    public void add(String... values) {
        counts.computeIfAbsent(List.of(values), this::counter).increment();
    }

    private LongAdder counter(List<String> values) {
        LongAdder count = new LongAdder();
        Tags tags = Tags.empty();
        for (int i = 0; i < labels.length; i++) {
            tags = tags.and(labels[i], values.get(i));
        }
        Gauge.builder(name, count, LongAdder::sum).tags(tags).register(registry);
        return count;
    }
}
