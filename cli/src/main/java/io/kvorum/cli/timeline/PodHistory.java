package io.kvorum.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lives of pods: created, scheduled, started, ready, failed, deleted. */
final class PodHistory extends ObjectHistory<PodHistory.Pod> {
    record Pod(
            String lane,
            String uid,
            String node,
            String phase,
            boolean ready,
            int restarts,
            boolean deleting,
            String reason) {}

    @Override
    String path() {
        return "/api/v1/pods";
    }

    @Override
    Pod state(JsonNode object) {
        int restarts = 0;
        for (JsonNode container : object.at("/status/containerStatuses")) {
            restarts += container.path("restartCount").asInt();
        }
        return new Pod(
                lane("pod", object),
                object.at("/metadata/uid").asText(),
                object.at("/spec/nodeName").asText(),
                object.at("/status/phase").asText(),
                condition(object, "Ready").equals("True"),
                restarts,
                object.at("/metadata").hasNonNull("deletionTimestamp"),
                object.at("/status/reason").asText());
    }

    @Override
    void changed(@Nullable Pod before, Pod now, Teller teller) {
        Pod was = before;
        if (was == null) {
            teller.tell(event("pod", "PodCreated", now.lane, "created").begins(now.uid));
            was = new Pod(now.lane, now.uid, "", "", false, 0, false, "");
        }
        if (!now.node.equals(was.node)) {
            teller.tell(event("pod", "PodScheduled", now.lane, "scheduled to " + now.node)
                    .concerning(List.of("node/" + now.node)));
        }
        if (!now.phase.equals(was.phase)) {
            phase(now, teller);
        }
        if (now.restarts > was.restarts) {
            teller.tell(event("pod", "ContainerRestarted", now.lane, "a container was restarted (" + now.restarts + ")")
                    .asWarning(true));
        }
        if (now.deleting && !was.deleting) {
            teller.tell(event("pod", "PodDeleting", now.lane, "is being deleted"));
        }
        if (now.ready && !was.ready) {
            teller.tell(event("pod", "PodReady", now.lane, "ready"));
        } else if (!now.ready && was.ready) {
            teller.tell(event("pod", "PodNotReady", now.lane, "no longer ready").asWarning(!now.deleting));
        }
    }

    private static void phase(Pod now, Teller teller) {
        switch (now.phase) {
            case "Running" -> teller.tell(event("pod", "PodStarted", now.lane, "runs on " + now.node));
            case "Succeeded" -> teller.tell(event("pod", "PodSucceeded", now.lane, "succeeded"));
            case "Failed" ->
                teller.tell(
                        event("pod", "PodFailed", now.lane, now.reason.isEmpty() ? "failed" : "failed: " + now.reason)
                                .asWarning(true));
            case "Unknown" ->
                teller.tell(
                        event("pod", "PodUnknown", now.lane, "state unknown").asWarning(true));
            default -> {}
        }
    }

    @Override
    void gone(Pod last, Teller teller) {
        teller.tell(event("pod", "PodDeleted", last.lane, "deleted").ends(last.uid));
    }
}
