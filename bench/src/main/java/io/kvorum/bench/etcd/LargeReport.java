package io.kvorum.bench.etcd;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.bench.etcd.Contender.Maker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The latencies of a large store, and what was being done when the worst of them was due.
 *
 * @param steps of the upkeep
 * @param ownPauseMillis the longest pause of the measuring process itself, which its latencies contain
 * @param memoryBytes of every process of the store
 * @param diskBytes of all of them
 */
record LargeReport(
        Maker maker,
        ConstantRate load,
        List<Upkeep.Step> steps,
        double ownPauseMillis,
        List<Long> memoryBytes,
        long diskBytes) {
    static final double GOAL_MILLIS = 200;

    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

    /** The worst latency of all. */
    double worstMillis() {
        return load.records().values().stream()
                .mapToDouble(record -> record.latencies().getMaxValue() / 1e6)
                .max()
                .orElse(0);
    }

    /** @param markdown for documents; else in columns, for terminals */
    String text(boolean markdown) {
        StringBuilder text = new StringBuilder(Table.of(rows(), markdown)).append('\n');
        text.append(String.format(
                Locale.ROOT,
                "%s: worst latency %.0f ms, goal %.0f ms: %s; failed requests: %d%n",
                maker.title(),
                worstMillis(),
                GOAL_MILLIS,
                worstMillis() <= GOAL_MILLIS ? "met" : "missed",
                load.failures()));
        List<Integer> slow = load.secondsOver(TimeUnit.MILLISECONDS.toNanos((long) GOAL_MILLIS));
        if (!slow.isEmpty()) {
            text.append("slower than the goal in these seconds of the load: ")
                    .append(slow)
                    .append('\n');
        }
        steps.stream()
                .max(Comparator.comparingLong(step -> step.ended() - step.began()))
                .ifPresent(step -> text.append(String.format(
                        Locale.ROOT,
                        "%d steps of upkeep, the longest %.0f ms: %s%n",
                        steps.size(),
                        (step.ended() - step.began()) / 1e6,
                        step.what())));
        text.append(String.format(
                Locale.ROOT,
                "memory of the members %s MiB, disks %d MiB; longest pause of the measuring process itself %.0f ms%n",
                memoryBytes.stream().map(bytes -> bytes >> 20).toList(),
                diskBytes >> 20,
                ownPauseMillis));
        return text.toString();
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "request", "number", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "p99.99 ms", "max ms", "max during"));
        load.records().forEach((operation, record) -> {
            Histogram latencies = record.latencies();
            List<String> row = new ArrayList<>(List.of(operation.title(), Long.toString(latencies.getTotalCount())));
            for (double percentile : PERCENTILES) {
                row.add(millis(latencies.getValueAtPercentile(percentile)));
            }
            row.add(millis(latencies.getMaxValue()));
            row.add(Upkeep.at(steps, record.worstDue()));
            rows.add(row);
        });
        return rows;
    }

    private static String millis(long nanos) {
        return Report.number(OptionalDouble.of(nanos / 1e6));
    }

    /** {@code {"store","worstMillis","goalMillis","failures",..,"requests":{"put":{"count","p50",..,"max","during"}}}}. */
    ObjectNode json() {
        ObjectNode all = new ObjectMapper()
                .createObjectNode()
                .put("store", maker.title())
                .put("worstMillis", worstMillis())
                .put("goalMillis", GOAL_MILLIS)
                .put("failures", load.failures())
                .put("ownPauseMillis", ownPauseMillis)
                .put("diskBytes", diskBytes)
                .put("upkeepSteps", steps.size());
        memoryBytes.forEach(all.putArray("memoryBytes")::add);
        ObjectNode requests = all.putObject("requests");
        load.records().forEach((operation, record) -> {
            Histogram latencies = record.latencies();
            ObjectNode request = requests.putObject(operation.title()).put("count", latencies.getTotalCount());
            for (double percentile : PERCENTILES) {
                String name = "p" + (percentile == Math.rint(percentile) ? "%.0f" : "%s").formatted(percentile);
                request.put(name, latencies.getValueAtPercentile(percentile) / 1e6);
            }
            request.put("max", latencies.getMaxValue() / 1e6).put("during", Upkeep.at(steps, record.worstDue()));
        });
        return all;
    }
}
