package io.kvorum.bench.etcd;

import io.kvorum.bench.etcd.Contender.Maker;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All samples of a run, in the order in which their measures were first seen. Not thread-safe. */
final class Results {
    private final Map<Measure, Map<Maker, List<Double>>> samples = new LinkedHashMap<>();

    void add(Measure measure, Maker maker, double value) {
        samples.computeIfAbsent(measure, key -> new EnumMap<>(Maker.class))
                .computeIfAbsent(maker, key -> new ArrayList<>())
                .add(value);
    }

    List<Comparison> comparisons() {
        return samples.entrySet().stream()
                .map(entry -> new Comparison(
                        entry.getKey(),
                        entry.getValue().getOrDefault(Maker.ETCD, List.of()),
                        entry.getValue().getOrDefault(Maker.KVORUM, List.of())))
                .toList();
    }
}
