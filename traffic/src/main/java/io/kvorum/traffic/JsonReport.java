package io.kvorum.traffic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** The report as JSON. Times are in milliseconds. */
public final class JsonReport {
    private JsonReport() {}

    public static ObjectNode of(TrafficReport report) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("target", report.target())
                .put("rate", report.rate())
                .put("requests", report.requests())
                .put("answered", report.answered())
                .put("lost", report.lost())
                .put("mixedSeconds", report.mixedSeconds())
                .put("reconnects", report.reconnects());
        outcomes(json, report.outcomes());
        latency(json, report.latency());
        ObjectNode versions = json.putObject("versions");
        report.versions()
                .forEach((name, seen) -> versions.putObject(name)
                        .put("answers", seen.answers())
                        .put("share", report.share(name))
                        .put("firstMillis", millis(seen.firstNanos()))
                        .put("lastMillis", millis(seen.lastNanos())));
        if (report.outage() == null) {
            json.putNull("longestOutage");
        } else {
            json.putObject("longestOutage")
                    .put("fromMillis", millis(report.outage().fromNanos()))
                    .put("millis", millis(report.outage().lengthNanos()))
                    .put("lost", report.outage().lost());
        }
        ArrayNode steps = json.putArray("steps");
        report.steps().forEach(step -> step(steps.addObject(), step));
        ArrayNode seconds = json.putArray("seconds");
        for (TrafficReport.Second second : report.seconds()) {
            ObjectNode row = seconds.addObject()
                    .put("second", second.number())
                    .put("requests", second.requests())
                    .put("lost", second.lost());
            outcomes(row, second.outcomes());
            latency(row, second.latency());
            ObjectNode counts = row.putObject("versions");
            second.versions().forEach(counts::put);
        }
        return json;
    }

    private static void step(ObjectNode json, TrafficReport.Step step) {
        json.put("atMillis", millis(step.mark().atNanos()))
                .put("label", step.mark().label())
                .put("lost", step.lost());
        step.before().forEach(json.putArray("before")::add);
        step.after().forEach(json.putArray("after")::add);
        if (step.firstNewNanos() != null) {
            json.put("firstNewMillis", millis(step.firstNewNanos()));
        }
        if (step.lastOldNanos() != null) {
            json.put("lastOldMillis", millis(step.lastOldNanos()));
        }
        json.put("commandMillis", millis(step.mark().tookNanos()));
        Long took = step.switchNanos();
        Long afterwards = step.afterwardsNanos();
        if (took != null && afterwards != null) {
            json.put("switchMillis", millis(took)).put("afterCommandMillis", millis(afterwards));
        }
    }

    private static void outcomes(ObjectNode json, Map<Outcome, Long> outcomes) {
        ObjectNode counts = json.putObject("outcomes");
        outcomes.forEach((outcome, count) -> counts.put(outcome.label(), count));
    }

    private static void latency(ObjectNode json, TrafficReport.Latency latency) {
        json.putObject("latencyMillis")
                .put("p50", millis(latency.p50()))
                .put("p90", millis(latency.p90()))
                .put("p99", millis(latency.p99()))
                .put("max", millis(latency.max()));
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }
}
