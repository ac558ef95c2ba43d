package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.torture.check.Report;
import io.kvorum.torture.check.Violation;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.FaultMark;
import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.WatchStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a torture did and found, in numbers. */
final class TortureSummary {
    private final Report report;
    private final int elections;
    private final double seconds;
    private final long streams;
    private final long events;

    /** Per kind of call: answered, refused, unknown. */
    private final Map<String, long[]> operations = new TreeMap<>();

    private final Map<String, Integer> faults = new TreeMap<>();

    TortureSummary(History history, Report report) {
        this.report = report;
        this.elections = history.elections().size();
        for (Operation operation : history.operations()) {
            long[] counts = operations.computeIfAbsent(operation.call().kind().label(), kind -> new long[3]);
            counts[operation.ok() ? 0 : operation.fate() instanceof Fate.Failed ? 1 : 2]++;
        }
        for (FaultMark fault : history.faults()) {
            faults.merge(fault.name().toLowerCase(Locale.ROOT), 1, Integer::sum);
        }
        streams = history.streams().size();
        events = history.streams().stream()
                .map(WatchStream::frames)
                .flatMap(List::stream)
                .mapToLong(frame ->
                        frame instanceof Frame.Events some ? some.events().size() : 0)
                .sum();
        List<Operation> all = history.operations();
        seconds = all.isEmpty()
                ? 0
                : (all.get(all.size() - 1).completed() - all.get(0).invoked()) / 1e9;
    }

    private int violations() {
        return report.counts().values().stream().mapToInt(Integer::intValue).sum();
    }

    void print(PrintStream out) {
        long total = operations.values().stream()
                .mapToLong(counts -> counts[0] + counts[1] + counts[2])
                .sum();
        out.printf(
                Locale.ROOT,
                "%d operations in %.0f s, %d revisions, %d elections, %d watch streams with %d events%n",
                total,
                seconds,
                report.revisions(),
                elections,
                streams,
                events);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("OPERATION", "ANSWERED", "REFUSED", "UNKNOWN"));
        operations.forEach((kind, counts) ->
                rows.add(List.of(kind, Long.toString(counts[0]), Long.toString(counts[1]), Long.toString(counts[2]))));
        OutputOption.table(rows);
        List<List<String>> struck = new ArrayList<>();
        struck.add(List.of("FAULT", "TIMES"));
        faults.forEach((kind, times) -> struck.add(List.of(kind, Integer.toString(times))));
        OutputOption.table(struck);
        out.println("writes of unknown fate that were done: " + report.unknownApplied() + "; revisions nobody saw: "
                + report.unseen());
        out.println(violations() == 0 ? "no violations" : violations() + " VIOLATIONS");
        report.violations().forEach(violation -> out.println("  " + violation));
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("seconds", seconds)
                .put("revisions", report.revisions())
                .put("elections", elections)
                .put("watchStreams", streams)
                .put("watchEvents", events)
                .put("unknownApplied", report.unknownApplied())
                .put("violations", violations());
        ObjectNode calls = json.putObject("operations");
        operations.forEach((kind, counts) -> calls.putObject(kind)
                .put("answered", counts[0])
                .put("refused", counts[1])
                .put("unknown", counts[2]));
        ObjectNode kinds = json.putObject("faults");
        faults.forEach(kinds::put);
        ArrayNode found = json.putArray("found");
        for (Violation violation : report.violations()) {
            found.add(violation.toString());
        }
        return json;
    }
}
