package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.torture.check.Report;
import io.kvorum.torture.check.Violation;
import io.kvorum.torture.history.History;
import io.kvorum.torture.report.Summary;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a torture did and found, on the command line. */
final class TortureSummary {
    private final Report report;
    private final Summary summary;

    TortureSummary(History history, Report report) {
        this.report = report;
        this.summary = Summary.of(history);
    }

    private double seconds() {
        return summary.nanos() / 1e9;
    }

    private int violations() {
        return report.counts().values().stream().mapToInt(Integer::intValue).sum();
    }

    void print(PrintStream out) {
        out.printf(
                Locale.ROOT,
                "%d operations in %.0f s, %d revisions, %d elections, %d watch streams with %d events%n",
                summary.all().ok() + summary.all().failed() + summary.all().unknown(),
                seconds(),
                report.revisions(),
                summary.elections(),
                summary.streams(),
                summary.events());
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("OPERATION", "ANSWERED", "REFUSED", "UNKNOWN"));
        summary.calls()
                .forEach((kind, fates) -> rows.add(List.of(
                        kind.label(),
                        Long.toString(fates.ok()),
                        Long.toString(fates.failed()),
                        Long.toString(fates.unknown()))));
        OutputOption.table(rows);
        List<List<String>> struck = new ArrayList<>();
        struck.add(List.of("FAULT", "TIMES"));
        summary.faults()
                .forEach((kind, times) ->
                        struck.add(List.of(kind.toLowerCase(Locale.ROOT), Integer.toString(times.times()))));
        OutputOption.table(struck);
        out.println("writes of unknown fate that were done: " + report.unknownApplied() + "; revisions nobody saw: "
                + report.unseen());
        out.println(violations() == 0 ? "no violations" : violations() + " VIOLATIONS");
        report.violations().forEach(violation -> out.println("  " + violation));
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("seconds", seconds())
                .put("revisions", report.revisions())
                .put("elections", summary.elections())
                .put("watchStreams", summary.streams())
                .put("watchEvents", summary.events())
                .put("unknownApplied", report.unknownApplied())
                .put("violations", violations());
        ObjectNode calls = json.putObject("operations");
        summary.calls()
                .forEach((kind, fates) -> calls.putObject(kind.label())
                        .put("answered", fates.ok())
                        .put("refused", fates.failed())
                        .put("unknown", fates.unknown()));
        ObjectNode kinds = json.putObject("faults");
        summary.faults().forEach((kind, times) -> kinds.put(kind.toLowerCase(Locale.ROOT), times.times()));
        ArrayNode found = json.putArray("found");
        for (Violation violation : report.violations()) {
            found.add(violation.toString());
        }
        return json;
    }
}
