package io.kvorum.torture.report;

import java.util.Locale;

/** A timeline as SVG. */
final class SvgTimeline {
    private static final int WIDTH = 1080;
    private static final int LEFT = 110;
    private static final int RIGHT = 14;
    private static final int ROW = 30;
    private static final int BAR = 22;
    private static final int TOP = 8;
    private static final double CHARACTER = 6.3;
    /** A moment is drawn so wide. */
    private static final int POINT = 10;

    private final Timeline timeline;

    private SvgTimeline(Timeline timeline) {
        this.timeline = timeline;
    }

    static void write(Markup out, Timeline timeline) {
        new SvgTimeline(timeline).write(out);
    }

    private void write(Markup out) {
        int height = TOP + timeline.lanes().size() * ROW + 28;
        out.tag(
                "<div class=\"wide\"><svg class=\"timeline\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"timeline\">\n",
                WIDTH, height);
        axis(out, TOP + timeline.lanes().size() * ROW);
        String last = "";
        for (int i = 0; i < timeline.lanes().size(); i++) {
            Timeline.Lane lane = timeline.lanes().get(i);
            int y = TOP + i * ROW;
            boolean first = !lane.name().equals(last);
            last = lane.name();
            if (first) {
                out.tag("<line class=\"rule\" x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>", WIDTH, y, y);
                out.tag("<text class=\"lane\" x=\"0\" y=\"%d\">", y + 20)
                        .text(lane.name())
                        .tag("</text>");
            }
            for (Timeline.Bar bar : lane.bars()) {
                bar(out, bar, y + (ROW - BAR) / 2);
            }
            out.tag("\n");
        }
        out.tag("</svg></div>\n");
    }

    private void bar(Markup out, Timeline.Bar bar, int y) {
        double from = x(bar.from());
        double width = Math.max(POINT, x(bar.to()) - from);
        from = bar.from() == bar.to() ? from - POINT / 2.0 : from;
        out.tag("<g class=\"bar %s\"><title>", bar.style().name().toLowerCase(Locale.ROOT));
        out.text(bar.name() + "  " + bar.text()).tag("</title>");
        if (bar.open()) {
            // Perhaps done after the client gave up: as far as the picture goes.
            out.tag(
                    "<rect class=\"tail\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"4\"/>",
                    from, y, WIDTH - RIGHT - from, BAR);
        }
        out.tag("<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"4\"/>", from, y, width, BAR);
        out.tag("<text x=\"%.1f\" y=\"%d\">", from + 5, y + 15)
                .text(label(bar, width))
                .tag("</text></g>");
    }

    /** As much as there is room for. */
    private static String label(Timeline.Bar bar, double width) {
        int room = (int) ((width - 8) / CHARACTER);
        String whole = bar.name().startsWith("#") ? bar.name() + " " + bar.text() : bar.text();
        if (whole.length() <= room) {
            return whole;
        }
        if (room < bar.name().length()) {
            return "";
        }
        return room < bar.name().length() + 8 ? bar.name() : whole.substring(0, room - 1) + "\u2026";
    }

    private void axis(Markup out, int y) {
        out.tag("<line class=\"rule\" x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>", WIDTH, y, y);
        int places = timeline.moments().size();
        int step = Math.max(1, (int) Math.ceil(places / 10.0));
        for (int place = 0; place < places; place += step) {
            out.tag(
                    "<line class=\"tick\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
                    x(place), x(place), TOP, y + 4);
            out.tag(
                    "<text class=\"axis\" x=\"%.1f\" y=\"%d\">%s</text>",
                    x(place), y + 18, moment(timeline.millis(place)));
        }
    }

    private static String moment(double millis) {
        return millis < 1000
                ? String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%.0f ms", millis)
                : String.format(Locale.ROOT, "%.2f s", millis / 1000);
    }

    private double x(int place) {
        int places = timeline.moments().size();
        double width = WIDTH - LEFT - RIGHT - POINT;
        return LEFT + POINT / 2.0 + (places < 2 ? 0 : place * width / (places - 1));
    }
}
