package io.kvorum.labs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Looks for a sequence of events in what {@code kvorum timeline} tells of the time since the lab was started. */
final class TimelineProbe {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private TimelineProbe() {}

    static Verdict evaluate(Check.OfTimeline check, LabCluster cluster, LabRun run) {
        long sinceMillis = System.currentTimeMillis() - run.progress().startedMillis();
        LabCluster.Output output = cluster.kvorum(
                List.of("timeline", "--since", Math.max(1, (sinceMillis + 999) / 1000) + "s", "-o", "json"), LIMIT);
        if (!output.ok()) {
            throw new LabException("the timeline cannot be read: " + output.lastError());
        }
        List<JsonNode> events = new ArrayList<>();
        try {
            JSON.readTree(output.stdout()).forEach(events::add);
        } catch (JsonProcessingException e) {
            throw new LabException("the timeline is not JSON: " + e.getOriginalMessage(), e);
        }
        int found = inOrder(check.events(), events);
        return found == check.events().size()
                ? Verdict.pass("seen in this order: " + check.events())
                : Verdict.fail(check.otherwise()
                        .replace("{value}", String.valueOf(check.events().get(found))));
    }

    /** How many of the patterns, from the first on, occur one after the other. Pure. */
    static int inOrder(List<Map<String, String>> patterns, List<JsonNode> events) {
        int found = 0;
        for (JsonNode event : events) {
            if (found < patterns.size() && matches(patterns.get(found), event)) {
                found++;
            }
        }
        return found;
    }

    private static boolean matches(Map<String, String> pattern, JsonNode event) {
        return pattern.entrySet().stream()
                .allMatch(field -> Pattern.compile(field.getValue())
                        .matcher(event.path(field.getKey()).asText(""))
                        .find());
    }
}
