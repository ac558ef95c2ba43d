package io.kvorum.torture.report;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.FaultMark;
import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.WatchStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A history in numbers.
 *
 * @param start the first invocation, on the history's clock
 * @param nanos from there to the last completion
 * @param calls by kind; kinds that were not called are not in it
 * @param faults by name
 */
public record Summary(
        long start,
        long nanos,
        Map<Call.Kind, Fates> calls,
        Fates all,
        Map<String, Struck> faults,
        int elections,
        long streams,
        long frames,
        long events) {
    /** @param median of the latency of what was answered, in nanoseconds; as are {@code p99} and {@code max} */
    public record Fates(long ok, long failed, long unknown, long median, long p99, long max) {
        long all() {
            return ok + failed + unknown;
        }

        static Fates of(List<Operation> operations) {
            long[] latencies = operations.stream()
                    .filter(Operation::ok)
                    .mapToLong(operation -> operation.completed() - operation.invoked())
                    .sorted()
                    .toArray();
            long failed = operations.stream()
                    .filter(operation -> operation.fate() instanceof Fate.Failed)
                    .count();
            return new Fates(
                    latencies.length,
                    failed,
                    operations.size() - latencies.length - failed,
                    at(latencies, 0.5),
                    at(latencies, 0.99),
                    at(latencies, 1));
        }

        /** The nearest rank. */
        private static long at(long[] sorted, double quantile) {
            return sorted.length == 0 ? 0 : sorted[Math.max(0, (int) Math.ceil(quantile * sorted.length) - 1)];
        }
    }

    /** How often a fault was set, and for how long in all. */
    public record Struck(int times, long nanos) {}

    /** The numbers of a history. */
    public static Summary of(History history) {
        List<Operation> operations = history.operations();
        long start = operations.stream().mapToLong(Operation::invoked).min().orElse(0);
        long end = operations.stream().mapToLong(Operation::completed).max().orElse(0);
        Map<Call.Kind, List<Operation>> byKind = new EnumMap<>(Call.Kind.class);
        for (Operation operation : operations) {
            byKind.computeIfAbsent(operation.call().kind(), kind -> new ArrayList<>())
                    .add(operation);
        }
        Map<Call.Kind, Fates> calls = new LinkedHashMap<>();
        Arrays.stream(Call.Kind.values())
                .filter(byKind::containsKey)
                .forEach(kind -> calls.put(kind, Fates.of(byKind.getOrDefault(kind, List.of()))));
        Map<String, Struck> faults = new TreeMap<>();
        for (FaultMark mark : history.faults()) {
            faults.merge(
                    mark.name(),
                    new Struck(1, mark.to() - mark.from()),
                    (a, b) -> new Struck(a.times + b.times, a.nanos + b.nanos));
        }
        return new Summary(
                start,
                end - start,
                calls,
                Fates.of(operations),
                faults,
                history.elections().size(),
                history.streams().size(),
                history.streams().stream()
                        .mapToLong(stream -> stream.frames().size())
                        .sum(),
                history.streams().stream().mapToLong(Summary::events).sum());
    }

    private static long events(WatchStream stream) {
        return stream.frames().stream()
                .mapToLong(frame ->
                        frame instanceof Frame.Events events ? events.events().size() : 0)
                .sum();
    }

    /** Answered operations a second. */
    double throughput() {
        return nanos == 0 ? 0 : all.ok / (nanos / 1e9);
    }
}
