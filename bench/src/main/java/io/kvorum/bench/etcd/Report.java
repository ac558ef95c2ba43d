package io.kvorum.bench.etcd;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.bench.etcd.Measure.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The medians of a run as two tables, one of rates with their latencies and one of times, or as JSON. Pure. */
final class Report {
    static final String NOTE = "Medians; a ratio over 1 means that Kvorum is ahead.";

    /** Processes and what was measured: what the figures of one row have in common. */
    private record Subject(int members, String what) {}

    private final List<Comparison> comparisons;

    Report(List<Comparison> comparisons) {
        this.comparisons = List.copyOf(comparisons);
    }

    /** @param markdown with bars, for documents; else in columns, for terminals */
    String tables(boolean markdown) {
        List<String> parts = new ArrayList<>();
        List<List<String>> rates = rates();
        List<List<String>> times = times();
        if (rates.size() > 1) {
            parts.add(Table.of(rates, markdown));
        }
        if (times.size() > 1) {
            parts.add(Table.of(times, markdown));
        }
        parts.add(NOTE + "\n");
        return String.join("\n", parts);
    }

    private List<List<String>> rates() {
        Map<Subject, Map<Figure, Comparison>> subjects = new LinkedHashMap<>();
        for (Comparison comparison : comparisons) {
            Measure measure = comparison.measure();
            if (measure.figure() != Figure.TIME) {
                subjects.computeIfAbsent(new Subject(measure.members(), measure.what()), key -> new LinkedHashMap<>())
                        .put(measure.figure(), comparison);
            }
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "members",
                "what",
                "etcd/s",
                "Kvorum/s",
                "ratio",
                "etcd p50 ms",
                "Kvorum p50 ms",
                "etcd p99 ms",
                "Kvorum p99 ms"));
        subjects.forEach((subject, figures) -> {
            Comparison rate = figures.get(Figure.RATE);
            Comparison p50 = figures.get(Figure.P50);
            Comparison p99 = figures.get(Figure.P99);
            rows.add(List.of(
                    Integer.toString(subject.members()),
                    subject.what(),
                    etcd(rate),
                    kvorum(rate),
                    ratio(rate),
                    etcd(p50),
                    kvorum(p50),
                    etcd(p99),
                    kvorum(p99)));
        });
        return rows;
    }

    private List<List<String>> times() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("members", "what", "etcd ms", "Kvorum ms", "ratio"));
        for (Comparison comparison : comparisons) {
            Measure measure = comparison.measure();
            if (measure.figure() == Figure.TIME) {
                rows.add(List.of(
                        Integer.toString(measure.members()),
                        measure.what(),
                        etcd(comparison),
                        kvorum(comparison),
                        ratio(comparison)));
            }
        }
        return rows;
    }

    private static String etcd(@Nullable Comparison comparison) {
        return comparison == null ? "" : number(comparison.etcdMedian());
    }

    private static String kvorum(@Nullable Comparison comparison) {
        return comparison == null ? "" : number(comparison.kvorumMedian());
    }

    private static String ratio(@Nullable Comparison comparison) {
        if (comparison == null) {
            return "";
        }
        OptionalDouble ratio = comparison.ratio();
        return ratio.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2f", ratio.getAsDouble());
    }

    /** Three digits or so: 0.42, 7.13, 94.7, 1280. */
    static String number(OptionalDouble value) {
        if (value.isEmpty()) {
            return "-";
        }
        double number = value.getAsDouble();
        String format = number < 10 ? "%.2f" : number < 100 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, format, number);
    }

    /**
     * @param machine what the measurements were taken on, by name
     * @return {@code {"machine":{..},"results":[{"members","what","figure","unit","etcd":{"median","samples"},..}]}}
     */
    ObjectNode json(Map<String, String> machine) {
        ObjectNode all = new ObjectMapper().createObjectNode();
        ObjectNode about = all.putObject("machine");
        machine.forEach(about::put);
        ArrayNode results = all.putArray("results");
        for (Comparison comparison : comparisons) {
            Measure measure = comparison.measure();
            ObjectNode result = results.addObject()
                    .put("members", measure.members())
                    .put("what", measure.what())
                    .put("figure", measure.figure().name().toLowerCase(Locale.ROOT))
                    .put("unit", measure.figure().unit());
            samples(result.putObject("etcd"), comparison.etcdMedian(), comparison.etcd());
            samples(result.putObject("kvorum"), comparison.kvorumMedian(), comparison.kvorum());
            comparison.ratio().ifPresent(ratio -> result.put("ratio", ratio));
        }
        return all;
    }

    private static void samples(ObjectNode node, OptionalDouble median, List<Double> samples) {
        median.ifPresent(value -> node.put("median", value));
        ArrayNode array = node.putArray("samples");
        samples.forEach(array::add);
    }
}
