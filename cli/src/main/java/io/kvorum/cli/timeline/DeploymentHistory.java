package io.kvorum.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rollouts of deployments: a new revision, its progress, its end. */
final class DeploymentHistory extends ObjectHistory<DeploymentHistory.Deployment> {
    /** The newest revision of each that was complete, by lane. */
    private final Map<String, String> done = new HashMap<>();

    record Deployment(
            String lane,
            String revision,
            int wanted,
            int updated,
            int available,
            int all,
            boolean observed,
            boolean stuck) {
        boolean complete() {
            return observed && !revision.isEmpty() && updated == wanted && available == wanted && all == wanted;
        }
    }

    @Override
    String path() {
        return "/apis/apps/v1/deployments";
    }

    @Override
    Deployment state(JsonNode object) {
        JsonNode status = object.path("status");
        return new Deployment(
                lane("deployment", object),
                object.at("/metadata/annotations")
                        .path("deployment.kubernetes.io/revision")
                        .asText(),
                object.at("/spec/replicas").asInt(1),
                status.path("updatedReplicas").asInt(),
                status.path("availableReplicas").asInt(),
                status.path("replicas").asInt(),
                status.path("observedGeneration").asLong()
                        >= object.at("/metadata/generation").asLong(),
                condition(object, "Progressing", "reason").equals("ProgressDeadlineExceeded"));
    }

    private static String span(Deployment deployment) {
        return "revision-" + deployment.revision;
    }

    @Override
    void changed(@Nullable Deployment before, Deployment now, Teller teller) {
        if (before != null && before.complete()) {
            done.put(before.lane, before.revision);
        }
        String revision = before == null ? "" : before.revision;
        if (!now.revision.equals(revision)) {
            if (before != null && !revision.isEmpty() && !isDone(before)) {
                teller.tell(
                        event("rollout", "RolloutReplaced", now.lane, "revision " + revision + " is left unfinished")
                                .ends(span(before)));
            }
            teller.tell(event("rollout", "RolloutStarted", now.lane, "revision " + now.revision + " is rolled out")
                    .begins(span(now)));
        } else if (before != null && before.wanted != now.wanted) {
            teller.tell(event(
                    "rollout", "Scaled", now.lane, "scaled from " + before.wanted + " to " + now.wanted + " replicas"));
        }
        if (before != null) {
            progress(before, now, teller);
        }
        if (now.stuck && (before == null || !before.stuck)) {
            teller.tell(event("rollout", "RolloutStuck", now.lane, "revision " + now.revision + " does not progress")
                    .asWarning(true));
        }
    }

    private void progress(Deployment before, Deployment now, Teller teller) {
        boolean fresh = !now.revision.equals(before.revision);
        if (now.complete() && !isDone(now)) {
            done.put(now.lane, now.revision);
            teller.tell(event(
                            "rollout",
                            "RolloutComplete",
                            now.lane,
                            "revision " + now.revision + " is complete: " + now.wanted + " available")
                    .ends(span(now)));
        } else if (now.complete() && !fresh && !before.complete() && now.available != before.available) {
            teller.tell(event("rollout", "ReplicasAvailable", now.lane, "all " + now.wanted + " available"));
        } else if (!now.complete() && (now.updated != before.updated || now.available != before.available)) {
            teller.tell(event(
                            "rollout",
                            "RolloutProgress",
                            now.lane,
                            now.updated + " of " + now.wanted + " updated, " + now.available + " available")
                    .asWarning(now.available < before.available && now.available < now.wanted));
        }
    }

    /** Whether its revision was complete once, however many replicas are missing since. */
    private boolean isDone(Deployment deployment) {
        return deployment.revision.equals(done.get(deployment.lane));
    }

    @Override
    void gone(Deployment last, Teller teller) {
        TimelineEvent event = event("rollout", "DeploymentDeleted", last.lane, "deleted");
        teller.tell(last.complete() || isDone(last) ? event : event.ends(span(last)));
        done.remove(last.lane);
    }
}
