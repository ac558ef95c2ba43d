package io.kvorum.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The report as text, for a terminal. */
public final class TextReport {
    private TextReport() {}

    /** Heading of {@link #line}. */
    public static String heading() {
        return String.format(
                Locale.ROOT, "%6s %6s %6s  %8s %8s  %s", "SECOND", "SENT", "LOST", "P50", "P99", "ANSWERED BY");
    }

    /** One second in one line. */
    public static String line(TrafficReport.Second second) {
        StringJoiner what = new StringJoiner("  ");
        second.versions().forEach((version, count) -> what.add(version + " " + count));
        second.outcomes().forEach((outcome, count) -> {
            if (outcome.lost() && count > 0) {
                what.add("LOST(" + outcome.label() + ") " + count);
            }
        });
        return String.format(
                        Locale.ROOT,
                        "%6d %6d %6d  %8s %8s  %s",
                        second.number(),
                        second.requests(),
                        second.lost(),
                        millis(second.latency().p50()),
                        millis(second.latency().p99()),
                        what)
                .stripTrailing();
    }

    /** What the whole load met. */
    public static String summary(TrafficReport report) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%d requests at %s a second to %s: %d answered, %d lost%s",
                report.requests(),
                number(report.rate()),
                report.target(),
                report.answered(),
                report.lost(),
                reasons(report)));
        lines.add(String.format(
                Locale.ROOT,
                "latency: p50 %s, p90 %s, p99 %s, max %s",
                millis(report.latency().p50()),
                millis(report.latency().p90()),
                millis(report.latency().p99()),
                millis(report.latency().max())));
        if (report.outage() != null) {
            lines.add(String.format(
                    Locale.ROOT,
                    "longest outage: %s from %s on, %d requests",
                    time(report.outage().lengthNanos()),
                    time(report.outage().fromNanos()),
                    report.outage().lost()));
        }
        for (Map.Entry<String, TrafficReport.VersionSeen> version :
                report.versions().entrySet()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "version %s: %d answers (%.2f%%), from %s to %s",
                    version.getKey(),
                    version.getValue().answers(),
                    100 * report.share(version.getKey()),
                    time(version.getValue().firstNanos()),
                    time(version.getValue().lastNanos())));
        }
        if (report.versions().size() > 1) {
            lines.add("mixed: more than one version answered in " + report.mixedSeconds() + " of "
                    + report.seconds().size() + " seconds");
        }
        report.steps().forEach(step -> lines.add(step(step)));
        return String.join(System.lineSeparator(), lines);
    }

    private static String reasons(TrafficReport report) {
        StringJoiner reasons = new StringJoiner(", ", " (", ")").setEmptyValue("");
        report.outcomes().forEach((outcome, count) -> {
            if (outcome.lost() && count > 0) {
                reasons.add(outcome.label() + " " + count);
            }
        });
        return reasons.toString();
    }

    private static String step(TrafficReport.Step step) {
        StringBuilder text = new StringBuilder("step at ")
                .append(time(step.mark().atNanos()))
                .append(": ")
                .append(step.mark().label())
                .append(": ");
        if (step.before().equals(step.after())) {
            text.append("answered by ")
                    .append(names(step.after().isEmpty() ? List.of("nobody") : step.after()))
                    .append(" as before");
        } else {
            text.append(names(step.before())).append(" -> ").append(names(step.after()));
            if (step.firstNewNanos() != null) {
                text.append(", first new answer after ").append(time(step.firstNewNanos()));
            }
            if (step.lastOldNanos() != null) {
                text.append(", last old answer after ").append(time(step.lastOldNanos()));
            }
        }
        @Nullable Long afterwards = step.afterwardsNanos();
        if (step.mark().tookNanos() > 0) {
            text.append(", the command took ").append(time(step.mark().tookNanos()));
            if (afterwards != null) {
                text.append(" and the switch ended ").append(time(afterwards)).append(" later");
            }
        }
        return text.append(", ").append(step.lost()).append(" lost").toString();
    }

    private static String names(Iterable<String> names) {
        String joined = String.join("+", names);
        return joined.isEmpty() ? "nobody" : joined;
    }

    static String time(long nanos) {
        return nanos < 10_000_000_000L
                ? String.format(Locale.ROOT, "%.3fs", nanos / 1e9)
                : String.format(Locale.ROOT, "%.1fs", nanos / 1e9);
    }

    static String millis(long nanos) {
        return nanos == 0 ? "-" : String.format(Locale.ROOT, nanos < 10_000_000 ? "%.1fms" : "%.0fms", nanos / 1e6);
    }

    static String number(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
