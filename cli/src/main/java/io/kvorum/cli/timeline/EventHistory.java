package io.kvorum.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What components told as Kubernetes events and objects do not show: why a pod was not scheduled, who was preempted. */
final class EventHistory extends ObjectHistory<EventHistory.Told> {
    /** Kinds by reason; the rest is seen from the objects or is of no matter here. */
    private static final Map<String, String> KINDS = Map.ofEntries(
            Map.entry("FailedScheduling", "scheduling"),
            Map.entry("Preempted", "scheduling"),
            Map.entry("Evicted", "pod"),
            Map.entry("TaintManagerEviction", "pod"),
            Map.entry("EvictionByEvictionAPI", "pod"),
            Map.entry("Unhealthy", "pod"),
            Map.entry("BackOff", "pod"),
            Map.entry("Failed", "pod"),
            Map.entry("FailedMount", "pod"),
            Map.entry("FailedCreate", "rollout"),
            Map.entry("DeploymentRollback", "rollout"),
            Map.entry("BackoffLimitExceeded", "rollout"));

    record Told(String reason, String lane, String message, boolean warning) {}

    @Override
    String path() {
        return "/api/v1/events";
    }

    @Override
    Told state(JsonNode object) {
        JsonNode about = object.path("involvedObject");
        String namespace = about.path("namespace").asText();
        String lane = about.path("kind").asText().toLowerCase(Locale.ROOT) + "/"
                + (namespace.isEmpty() ? "" : namespace + "/")
                + about.path("name").asText();
        String message = object.path("message").asText().strip();
        return new Told(
                object.path("reason").asText(),
                lane,
                message.isEmpty() ? object.path("reason").asText() : message,
                object.path("type").asText().equals("Warning"));
    }

    /** An event that only counts up is told once. */
    @Override
    void changed(@Nullable Told before, Told now, Teller teller) {
        String kind = KINDS.get(now.reason);
        if (kind != null && !now.equals(before)) {
            teller.tell(event(kind, now.reason, now.lane, now.message).asWarning(now.warning));
        }
    }

    @Override
    void gone(Told last, Teller teller) {
        // That an event is forgotten after its time is no news.
    }
}
