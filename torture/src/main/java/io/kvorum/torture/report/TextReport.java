package io.kvorum.torture.report;

import io.kvorum.torture.check.Report;
import io.kvorum.torture.check.Violation;
import io.kvorum.torture.history.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** The report as text, for a terminal. */
public final class TextReport {
    private static final int WIDTH = 100;
    private static final int NAME = 12;

    private TextReport() {}

    /** The numbers, all violations that were kept, and the timeline of the first one. */
    public static String of(History history, Report report) {
        List<String> lines = new ArrayList<>(summary(Summary.of(history), report));
        for (Violation violation : report.violations()) {
            lines.add("");
            lines.add(violation.kind() + ": " + violation.sentence());
            lines.add("  seen in " + violation.culprit());
        }
        if (!report.violations().isEmpty()) {
            lines.add("");
            lines.add(timeline(report.violations().get(0), history));
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static List<String> summary(Summary summary, Report report) {
        List<String> lines = new ArrayList<>();
        lines.add(format(
                "%d operations in %.1f s, %.0f answered a second; %d revisions; %d writes of unknown fate were done",
                summary.all().all(),
                summary.nanos() / 1e9,
                summary.throughput(),
                report.revisions(),
                report.unknownApplied()));
        lines.add(format("%-14s %9s %9s %9s %10s %10s", "CALL", "OK", "FAILED", "UNKNOWN", "MEDIAN", "P99"));
        summary.calls()
                .forEach((kind, fates) -> lines.add(format(
                        "%-14s %9d %9d %9d %10s %10s",
                        kind.label(),
                        fates.ok(),
                        fates.failed(),
                        fates.unknown(),
                        time(fates.median()),
                        time(fates.p99()))));
        lines.add(format(
                "%d events in %d frames on %d watch streams", summary.events(), summary.frames(), summary.streams()));
        StringJoiner faults = new StringJoiner(", ", "faults: ", "").setEmptyValue("no faults");
        summary.faults().forEach((name, struck) -> faults.add(name + " " + struck.times() + "x"));
        lines.add(faults + "; " + summary.elections() + " elections");
        if (report.unseen() > 0) {
            lines.add(report.unseen() + " revisions of which nobody saw what they wrote: less could be checked");
        }
        StringJoiner broken = new StringJoiner(", ", "BROKEN: ", "").setEmptyValue("every promise was kept");
        report.counts().forEach((kind, count) -> broken.add(kind + " " + count + "x"));
        lines.add(broken.toString());
        return lines;
    }

    /** What happened around a violation: who did what when, in lanes, and the calls in full below. */
    public static String timeline(Violation violation, History history) {
        Timeline timeline = Timeline.of(violation, history);
        int places = timeline.moments().size();
        List<String> lines = new ArrayList<>();
        String last = "";
        for (Timeline.Lane lane : timeline.lanes()) {
            String name = lane.name().equals(last) ? "" : lane.name();
            last = lane.name();
            lines.add(format("%-" + NAME + "s|%s|", name, row(lane, places)));
        }
        lines.add("");
        lines.add("in the order of time, not to scale; [###] cannot be, [===] is involved, [---? perhaps done later");
        for (Timeline.Entry entry : timeline.byTime()) {
            Timeline.Bar bar = entry.bar();
            lines.add(format(
                    "%-" + NAME + "s %s %10.3f ..%10.3f ms  %-6s %s",
                    entry.lane(),
                    mark(bar.style()),
                    timeline.millis(bar.from()),
                    timeline.millis(bar.to()),
                    bar.text().startsWith(bar.name()) ? "" : bar.name(),
                    bar.text()));
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static char mark(Timeline.Style style) {
        return switch (style) {
            case CULPRIT -> '#';
            case INVOLVED -> '=';
            default -> ' ';
        };
    }

    private static String row(Timeline.Lane lane, int places) {
        StringBuilder row = new StringBuilder(" ".repeat(WIDTH));
        for (Timeline.Bar bar : lane.bars()) {
            draw(row, bar, column(bar.from(), places), column(bar.to(), places));
        }
        return row.toString();
    }

    private static int column(int place, int places) {
        return places < 2 ? 0 : place * (WIDTH - 1) / (places - 1);
    }

    private static void draw(StringBuilder row, Timeline.Bar bar, int from, int to) {
        char fill = switch (bar.style()) {
            case CULPRIT -> '#';
            case INVOLVED -> '=';
            case FAILED -> 'x';
            case FAULT -> '~';
            default -> '-';
        };
        for (int i = from; i <= to; i++) {
            row.setCharAt(i, fill);
        }
        if (from == to) {
            row.setCharAt(from, bar.style() == Timeline.Style.CULPRIT ? '#' : '*');
            return;
        }
        row.setCharAt(from, '[');
        row.setCharAt(to, bar.open() ? '?' : ']');
        String name = " " + bar.name() + " ";
        if (name.length() <= to - from - 1) {
            int at = from + 1 + (to - from - 1 - name.length()) / 2;
            row.replace(at, at + name.length(), name);
        }
    }

    static String time(long nanos) {
        if (nanos >= 1_000_000_000L) {
            return format("%.2f s", nanos / 1e9);
        }
        return nanos == 0 ? "-" : format(nanos < 10_000_000 ? "%.2f ms" : "%.0f ms", nanos / 1e6);
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
