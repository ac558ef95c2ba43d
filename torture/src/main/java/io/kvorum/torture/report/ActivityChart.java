package io.kvorum.torture.report;

import io.kvorum.torture.history.Election;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.FaultMark;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.Operation;
import java.util.Locale;

/** How many operations ended when, and in which way, with the faults and elections of the time, as SVG. */
final class ActivityChart {
    private static final int WIDTH = 1080;
    private static final int LEFT = 56;
    private static final int TOP = 22;
    private static final int HEIGHT = 130;
    private static final int PARTS = 170;

    private final History history;
    private final Summary summary;
    /** By fate (answered, failed, unknown) and part of the time. */
    private final long[][] counts = new long[3][PARTS];

    private ActivityChart(History history, Summary summary) {
        this.history = history;
        this.summary = summary;
        for (Operation operation : history.operations()) {
            int fate = operation.ok() ? 0 : operation.fate() instanceof Fate.Failed ? 1 : 2;
            counts[fate][part(operation.completed())]++;
        }
    }

    static void write(Markup out, History history, Summary summary) {
        if (summary.nanos() > 0) {
            new ActivityChart(history, summary).write(out);
        }
    }

    private int part(long at) {
        return (int) Math.min(PARTS - 1L, (long) ((double) (at - summary.start()) * PARTS / summary.nanos()));
    }

    private double x(long at) {
        double x = LEFT + (double) (at - summary.start()) / summary.nanos() * (WIDTH - LEFT);
        return Math.max(LEFT, Math.min(WIDTH, x));
    }

    private void write(Markup out) {
        long most = 1;
        for (int i = 0; i < PARTS; i++) {
            most = Math.max(most, counts[0][i] + counts[1][i] + counts[2][i]);
        }
        out.tag(
                "<svg class=\"activity\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"operations over time\">\n",
                WIDTH, TOP + HEIGHT + 24);
        for (FaultMark mark : history.faults()) {
            double from = x(mark.from());
            out.tag("<g class=\"fault\"><title>")
                    .text(mark.name() + " " + mark.detail())
                    .tag("</title>");
            out.tag(
                    "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/></g>",
                    from, TOP, Math.max(2, x(mark.to()) - from), HEIGHT);
        }
        out.tag("\n");
        for (int i = 0; i < PARTS; i++) {
            bars(out, i, most);
        }
        out.tag("\n");
        for (Election election : history.elections()) {
            out.tag("<g class=\"election\"><title>").text(election.leader() + " leads, term " + election.term());
            out.tag("</title><path d=\"M%.1f %d l-5 -9 h10 z\"/></g>", x(election.at()), TOP - 2);
        }
        axes(out, most);
        out.tag("</svg>\n");
    }

    private void bars(Markup out, int part, long most) {
        double width = (double) (WIDTH - LEFT) / PARTS;
        double bottom = TOP + HEIGHT;
        String[] styles = {"ok", "failed", "unknown"};
        for (int fate = 0; fate < styles.length; fate++) {
            double height = (double) counts[fate][part] / most * HEIGHT;
            if (height > 0) {
                bottom -= height;
                out.tag(
                        "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                        styles[fate], LEFT + part * width, bottom, width - 0.8, height);
            }
        }
    }

    private void axes(Markup out, long most) {
        double seconds = summary.nanos() / 1e9;
        int bottom = TOP + HEIGHT;
        out.tag("<line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>", LEFT, WIDTH, bottom, bottom);
        out.tag(
                "<text class=\"axis end\" x=\"%d\" y=\"%d\">%s/s</text>",
                LEFT - 6, TOP + 10, rate(most / (seconds / PARTS)));
        out.tag("<text class=\"axis end\" x=\"%d\" y=\"%d\">0</text>", LEFT - 6, bottom);
        double step = step(seconds);
        for (double at = 0; at <= seconds; at += step) {
            double x = LEFT + at / seconds * (WIDTH - LEFT);
            String anchor = x > WIDTH - 30 ? "axis end" : "axis";
            out.tag("<text class=\"%s\" x=\"%.1f\" y=\"%d\">%s</text>", anchor, x, bottom + 17, seconds(at, step));
        }
    }

    private static String seconds(double at, double step) {
        return String.format(Locale.ROOT, step < 1 ? "%.2f s" : "%.0f s", at);
    }

    /** 1, 2 or 5 times a power of ten, so that there are at most ten of them. */
    private static double step(double seconds) {
        double power = Math.pow(10, Math.floor(Math.log10(seconds / 10)));
        for (double factor : new double[] {1, 2, 5}) {
            if (seconds / (factor * power) <= 10) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static String rate(double rate) {
        return rate >= 10_000
                ? String.format(Locale.ROOT, "%.0fk", rate / 1000)
                : String.format(Locale.ROOT, "%.0f", rate);
    }
}
