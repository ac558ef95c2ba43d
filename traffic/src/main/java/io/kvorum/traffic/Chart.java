package io.kvorum.traffic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The report as a picture: per second a stack of answers by version with the lost requests on top, below it the
 * percentiles of the latency, and a line for each mark. SVG without any reference to the outside; also as a page.
 */
public final class Chart {
    private static final int WIDTH = 960;
    private static final int LEFT = 64;
    private static final int RIGHT = 16;
    private static final int STACK_TOP = 74;
    private static final int STACK_HEIGHT = 230;
    private static final int LATENCY_TOP = 374;
    private static final int LATENCY_HEIGHT = 130;
    private static final int HEIGHT = LATENCY_TOP + LATENCY_HEIGHT + 40;
    private static final String LOST = "#d62728";
    /** Told apart also by people who do not tell red from green; red itself is kept for what was lost. */
    private static final List<String> COLOURS =
            List.of("#4477aa", "#66b266", "#e0a030", "#9467bd", "#17becf", "#8c564b", "#7f7f7f");

    private final TrafficReport report;
    private final Map<String, String> colours = new LinkedHashMap<>();
    private final int span;
    private final StringBuilder out = new StringBuilder(16_384);

    private Chart(TrafficReport report) {
        this.report = report;
        int last = report.seconds().isEmpty()
                ? 0
                : report.seconds().get(report.seconds().size() - 1).number();
        this.span = Math.max(1, last + 1);
        int i = 0;
        for (String version : report.versions().keySet()) {
            colours.put(version, COLOURS.get(i++ % COLOURS.size()));
        }
    }

    /** A whole SVG document. */
    public static String svg(TrafficReport report) {
        return new Chart(report).draw();
    }

    /** One self-contained page: the picture, the summary, the table of seconds. */
    public static String html(TrafficReport report) {
        StringBuilder rows = new StringBuilder();
        for (TrafficReport.Second second : report.seconds()) {
            rows.append(escape(TextReport.line(second))).append('\n');
        }
        return """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><title>Traffic to %s</title>
                <style>body{font-family:system-ui,sans-serif;max-width:1000px;margin:24px auto;padding:0 16px;color:#222}
                pre{background:#f6f6f6;padding:12px;overflow:auto;font-size:13px;line-height:1.35}svg{width:100%%;height:auto}</style>
                </head><body>
                %s
                <h2>Summary</h2><pre>%s</pre>
                <h2>By second</h2><pre>%s
                %s</pre>
                </body></html>
                """.formatted(
                        escape(report.target()),
                        svg(report),
                        escape(TextReport.summary(report)),
                        escape(TextReport.heading()),
                        rows);
    }

    private String draw() {
        out.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"system-ui,sans-serif\" font-size=\"12\" fill=\"#222\">%n",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT));
        rectangle(0, 0, WIDTH, HEIGHT, "#ffffff", "");
        text(LEFT, 22, "start", 15, "Traffic to " + report.target());
        text(
                WIDTH - RIGHT,
                22,
                "end",
                13,
                report.requests() + " requests, " + report.lost() + " lost, p99 "
                        + TextReport.millis(report.latency().p99()));
        legend();
        stack();
        latency();
        marks();
        return out.append("</svg>\n").toString();
    }

    private double x(double seconds) {
        return LEFT + seconds * (WIDTH - LEFT - RIGHT) / span;
    }

    private void legend() {
        double x = LEFT;
        Map<String, String> all = new LinkedHashMap<>(colours);
        if (report.versions().isEmpty()) {
            all.put("answered", COLOURS.get(0));
        }
        all.put("lost", LOST);
        for (Map.Entry<String, String> entry : all.entrySet()) {
            rectangle(x, 34, 11, 11, entry.getValue(), "");
            text(x + 16, 44, "start", 12, entry.getKey());
            x += 36 + 7.0 * entry.getKey().length();
        }
    }

    private void stack() {
        long most = report.seconds().stream()
                .mapToLong(TrafficReport.Second::requests)
                .max()
                .orElse(1);
        double top = nice(most);
        axis(STACK_TOP, STACK_HEIGHT, top, "requests/s", "");
        for (TrafficReport.Second second : report.seconds()) {
            double bottom = STACK_TOP + STACK_HEIGHT;
            long named = second.versions().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            Map<String, Long> parts = new LinkedHashMap<>(second.versions());
            Map<String, String> fills = new LinkedHashMap<>(colours);
            long unnamed = second.requests() - second.lost() - named;
            if (unnamed > 0) {
                parts.put("answered", unnamed);
                fills.put("answered", report.versions().isEmpty() ? COLOURS.get(0) : "#bbbbbb");
            }
            if (second.lost() > 0) {
                parts.put("lost", second.lost());
                fills.put("lost", LOST);
            }
            for (Map.Entry<String, Long> part : parts.entrySet()) {
                double height = part.getValue() / top * STACK_HEIGHT;
                bottom -= height;
                double gap = span > 200 ? 0 : 1;
                rectangle(
                        x(second.number()) + gap / 2,
                        bottom,
                        Math.max(0.5, x(1) - x(0) - gap),
                        height,
                        fills.getOrDefault(part.getKey(), "#bbbbbb"),
                        "second " + second.number() + ": " + part.getKey() + " " + part.getValue());
            }
        }
    }

    private void latency() {
        double most = report.seconds().stream()
                .mapToDouble(second -> second.latency().p99() / 1e6)
                .max()
                .orElse(1);
        double top = nice(Math.max(1, most));
        axis(LATENCY_TOP, LATENCY_HEIGHT, top, "latency", " ms");
        line(top, true, "#1f2a44");
        line(top, false, "#88a");
        text(WIDTH - RIGHT, LATENCY_TOP - 8, "end", 12, "dark: p99   light: p50");
        int step = Math.max(1, (int) nice(span / 12.0));
        for (int second = 0; second <= span; second += step) {
            text(x(second), LATENCY_TOP + LATENCY_HEIGHT + 18, "middle", 11, second + "s");
        }
    }

    /** A line that breaks where nothing was answered. */
    private void line(double top, boolean p99, String colour) {
        List<String> points = new ArrayList<>();
        for (TrafficReport.Second second : report.seconds()) {
            long nanos = p99 ? second.latency().p99() : second.latency().p50();
            if (nanos == 0) {
                polyline(points, colour);
                points.clear();
                continue;
            }
            double y = LATENCY_TOP + LATENCY_HEIGHT - nanos / 1e6 / top * LATENCY_HEIGHT;
            points.add(String.format(Locale.ROOT, "%.1f,%.1f", x(second.number() + 0.5), y));
        }
        polyline(points, colour);
    }

    private void polyline(List<String> points, String colour) {
        if (!points.isEmpty()) {
            out.append("<polyline fill=\"none\" stroke-width=\"2\" stroke-linecap=\"round\" stroke=\"")
                    .append(colour)
                    .append("\" points=\"")
                    .append(String.join(" ", points.size() == 1 ? List.of(points.get(0), points.get(0)) : points))
                    .append("\"/>\n");
        }
    }

    /** A dashed line and a number for each mark; what the numbers mean stands between the two pictures. */
    private void marks() {
        int number = 0;
        StringBuilder words = new StringBuilder();
        for (TrafficReport.Step step : report.steps()) {
            number++;
            double x = x(step.mark().atNanos() / 1e9);
            out.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#222\" stroke-dasharray=\"4 3\"/>%n",
                    x,
                    x,
                    STACK_TOP - 14,
                    LATENCY_TOP + LATENCY_HEIGHT));
            text(x + 4, STACK_TOP - 6, "start", 11, Integer.toString(number));
            words.append(number == 1 ? "" : "    ")
                    .append(number)
                    .append(": ")
                    .append(shorten(
                            step.mark().label(),
                            Math.max(12, 120 / report.steps().size())));
        }
        text(LEFT, STACK_TOP + STACK_HEIGHT + 28, "start", 11, words.toString());
    }

    private static String shorten(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }

    private void axis(int top, int height, double most, String name, String unit) {
        text(LEFT - 56, top - 8, "start", 12, name);
        for (double part : Set.of(0.0, 0.5, 1.0)) {
            double y = top + height - part * height;
            out.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>%n",
                    LEFT,
                    WIDTH - RIGHT,
                    y,
                    y));
            text(LEFT - 6, y + 4, "end", 11, TextReport.number(part * most) + unit);
        }
    }

    private void rectangle(double x, double y, double width, double height, String fill, String title) {
        out.append(String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\">%s</rect>%n",
                x,
                y,
                width,
                height,
                fill,
                title.isEmpty() ? "" : "<title>" + escape(title) + "</title>"));
    }

    private void text(double x, double y, String anchor, int size, String text) {
        out.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\">%s</text>%n",
                x,
                y,
                anchor,
                size,
                escape(text)));
    }

    /** The next of 1, 2, 5 times a power of ten. */
    private static double nice(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1e-9))));
        for (double factor : new double[] {1, 2, 2.5, 5, 10}) {
            if (value <= factor * power * 1.0001) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
