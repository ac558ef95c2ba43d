package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.traffic.Outcome;
import io.kvorum.traffic.TrafficReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Tells the cluster's timeline (docs/timeline.md) what a load met: lost requests, by second, and changes of who answers.
 * Nothing is told of a load on something that is not a running cluster's.
 */
final class TrafficTimeline {
    private final Path file;
    private final String lane;
    private final Instant started;
    private Set<String> answering = Set.of();
    private boolean broken;

    /**
     * @param folder of the cluster's timeline
     * @param target as the user wrote it
     */
    TrafficTimeline(Path folder, String target, Instant started) {
        this.file = folder.resolve("traffic.jsonl");
        this.lane = "traffic/" + target.replaceFirst("^(https?://|[a-z]+/)", "").replaceFirst("[/?].*", "");
        this.started = started;
    }

    void second(TrafficReport.Second second) {
        Instant at = started.plusSeconds(second.number());
        if (second.lost() > 0) {
            StringJoiner how = new StringJoiner(", ");
            ObjectNode data = JsonNodeFactory.instance
                    .objectNode()
                    .put("sent", second.requests())
                    .put("lost", second.lost());
            for (Map.Entry<Outcome, Long> outcome : second.outcomes().entrySet()) {
                if (outcome.getKey().lost() && outcome.getValue() > 0) {
                    how.add(outcome.getKey().label() + " " + outcome.getValue());
                    data.put(outcome.getKey().label(), outcome.getValue());
                }
            }
            write(
                    at,
                    "RequestsLost",
                    second.lost() + " of " + second.requests() + " requests lost: " + how,
                    true,
                    data);
        }
        Set<String> now = Set.copyOf(second.versions().keySet());
        if (!now.equals(answering) && !now.isEmpty()) {
            String message =
                    "answered by " + String.join(" and ", second.versions().keySet());
            ObjectNode data = JsonNodeFactory.instance.objectNode();
            second.versions().forEach(data::put);
            write(at, answering.isEmpty() ? "VersionAnswers" : "VersionsChanged", message, false, data);
            answering = now;
        }
    }

    /** A command of the user's was run. */
    void step(Duration at, String command) {
        write(started.plus(at), "StepTaken", command, false, JsonNodeFactory.instance.objectNode());
    }

    private synchronized void write(Instant at, String reason, String message, boolean warning, ObjectNode data) {
        if (broken) {
            return;
        }
        ObjectNode event = JsonNodeFactory.instance
                .objectNode()
                .put("time", at.truncatedTo(ChronoUnit.MILLIS).toString())
                .put("kind", "traffic")
                .put("reason", reason)
                .put("lane", lane)
                .put("message", message);
        if (warning) {
            event.put("warning", true);
        }
        if (!data.isEmpty()) {
            event.set("data", data);
        }
        try {
            Files.createDirectories(file.getParent());
            // One write a line: several loads may append to the file at once.
            Files.write(
                    file,
                    (event + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            // The load goes on; that its events are missing is said once.
            broken = true;
            System.err.println("kvorum: cannot write to the timeline " + file + ": " + e.getMessage());
        }
    }
}
