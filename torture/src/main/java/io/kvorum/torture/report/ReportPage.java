package io.kvorum.torture.report;

import io.kvorum.torture.check.Report;
import io.kvorum.torture.check.Violation;
import io.kvorum.torture.history.History;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The report as one HTML page that needs nothing else. */
public final class ReportPage {
    private final History history;
    private final Report report;
    private final Summary summary;
    private final Markup out = new Markup();

    private ReportPage(History history, Report report) {
        this.history = history;
        this.report = report;
        this.summary = Summary.of(history);
    }

    /** @param title what was tortured, and how */
    public static void write(Path file, String title, History history, Report report) throws IOException {
        Files.writeString(file, of(title, history, report));
    }

    /** The page's text. */
    public static String of(String title, History history, Report report) {
        return new ReportPage(history, report).page(title);
    }

    private String page(String title) {
        out.tag("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n");
        out.tag("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        out.element("title", title).tag("\n<style>\n").tag(style()).tag("</style></head>\n<body><main>\n");
        out.element("h1", title).tag("\n");
        verdict();
        cards();
        out.tag("<h2>Over time</h2>\n");
        ActivityChart.write(out, history, summary);
        legend();
        tables();
        violations();
        out.tag("</main></body></html>\n");
        return out.toString();
    }

    private static String style() {
        try (InputStream in = ReportPage.class.getResourceAsStream("report.css")) {
            if (in == null) {
                throw new IllegalStateException("report.css is not beside " + ReportPage.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void verdict() {
        if (report.clean()) {
            out.tag("<p class=\"verdict good\"><b>Every promise was kept.</b></p>\n");
        } else {
            int all = report.counts().values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            out.tag(
                    "<p class=\"verdict bad\"><b>%s broken</b>, ",
                    count(report.counts().size(), "promise was", "promises were"));
            out.tag("%s in all: ", count(all, "time", "times"));
            report.counts().forEach((kind, count) -> out.element("span class=\"kind\"", kind + " " + count + "\u00d7"));
            out.tag("</p>\n");
        }
        if (report.unseen() > 0) {
            out.tag(
                    "<p class=\"verdict fair\">Nobody saw what %s wrote: the checks can say less of them.</p>\n",
                    count(report.unseen(), "revision", "revisions"));
        }
    }

    private static String count(long number, String one, String many) {
        return grouped(number) + " " + (number == 1 ? one : many);
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', '\u202f');
    }

    private void cards() {
        out.tag("<div class=\"cards\">\n");
        card(grouped(summary.all().all()), "operations");
        card(String.format(Locale.ROOT, "%.1f s", summary.nanos() / 1e9), "duration");
        card(grouped(Math.round(summary.throughput())) + "/s", "answered");
        card(grouped(report.revisions()), "revisions");
        card(grouped(summary.events()), "watch events on " + count(summary.streams(), "stream", "streams"));
        card(grouped(report.unknownApplied()), "writes of unknown fate done");
        card(grouped(history.faults().size()), "faults");
        card(grouped(summary.elections()), "elections");
        out.tag("</div>\n");
    }

    private void card(String number, String what) {
        out.tag("<div class=\"card\">")
                .element("b", number)
                .element("span", what)
                .tag("</div>\n");
    }

    private void legend() {
        out.tag("<p class=\"legend\"><i class=\"ok\"></i>answered <i class=\"failed\"></i>failed ");
        out.tag("<i class=\"unknown\"></i>unknown <i class=\"fault\"></i>fault <span>\u25bc election</span></p>\n");
    }

    private void tables() {
        out.tag("<div class=\"tables\">\n<section><h2>Operations</h2><table><tr><th>call<th>ok<th>failed<th>unknown");
        out.tag("<th>median<th>p99<th>max</tr>\n");
        summary.calls().forEach((kind, fates) -> row(kind.label(), fates));
        row("all", summary.all());
        out.tag("</table></section>\n<section><h2>Faults</h2>");
        if (summary.faults().isEmpty()) {
            out.tag("<p>None.</p>");
        } else {
            out.tag("<table><tr><th>fault<th>times<th>in all</tr>\n");
            summary.faults()
                    .forEach((name, struck) -> out.tag("<tr>")
                            .element("th", name)
                            .element("td", grouped(struck.times()))
                            .element("td", TextReport.time(struck.nanos()))
                            .tag("</tr>\n"));
            out.tag("</table>");
        }
        out.tag("</section>\n</div>\n");
    }

    private void row(String name, Summary.Fates fates) {
        out.tag("<tr>")
                .element("th", name)
                .element("td", grouped(fates.ok()))
                .element("td", grouped(fates.failed()))
                .element("td", grouped(fates.unknown()))
                .element("td", TextReport.time(fates.median()))
                .element("td", TextReport.time(fates.p99()))
                .element("td", TextReport.time(fates.max()))
                .tag("</tr>\n");
    }

    private void violations() {
        if (report.violations().isEmpty()) {
            return;
        }
        Violation first = report.violations().get(0);
        out.tag("<h2>The first violation</h2>\n");
        sentence(first);
        timeline(first);
        if (report.violations().size() > 1) {
            out.tag("<h2>The others, by time</h2>\n");
            report.violations().stream().skip(1).forEach(this::sentence);
        }
    }

    private void sentence(Violation violation) {
        out.tag("<div class=\"violation\">")
                .element("span class=\"kind\"", violation.kind().name())
                .element("b", violation.kind().title())
                .element("p", violation.sentence())
                .element("p class=\"seen\"", "Seen in " + violation.culprit())
                .tag("</div>\n");
    }

    private void timeline(Violation violation) {
        Timeline timeline = Timeline.of(violation, history);
        SvgTimeline.write(out, timeline);
        out.tag("<p class=\"legend\"><i class=\"culprit\"></i>cannot be <i class=\"involved\"></i>involved ");
        out.tag("<i class=\"ok\"></i>answered <i class=\"failed\"></i>failed <i class=\"unknown\"></i>unknown: ");
        out.tag("perhaps done at any later time. In the order of time, not to scale.</p>\n");
        out.tag("<div class=\"wide\"><table class=\"calls\"><tr><th>who<th>began<th>ended<th><th>what</tr>\n");
        for (Timeline.Entry entry : timeline.byTime()) {
            Timeline.Bar bar = entry.bar();
            out.tag("<tr class=\"%s\">", bar.style().name().toLowerCase(Locale.ROOT))
                    .element("th", entry.lane())
                    .element("td", millis(timeline.millis(bar.from())))
                    .element("td", millis(timeline.millis(bar.to())))
                    .element("td", bar.text().startsWith(bar.name()) ? "" : bar.name())
                    .element("td class=\"what\"", bar.text())
                    .tag("</tr>\n");
        }
        out.tag("</table></div>\n");
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, "%.3f ms", millis);
    }
}
