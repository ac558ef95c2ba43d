package io.kvorum.controllers.deployment;

import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentConditionBuilder;
import io.kvorum.controllers.loop.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The conditions of a Deployment while one reconcile works on them; starts with what the API has. */
final class DeploymentConditions {
    static final String AVAILABLE = "Available";
    static final String PROGRESSING = "Progressing";
    static final String REPLICA_FAILURE = "ReplicaFailure";

    static final String NEW_REPLICA_SET = "NewReplicaSetCreated";
    static final String FOUND_REPLICA_SET = "FoundNewReplicaSet";
    static final String REPLICA_SET_UPDATED = "ReplicaSetUpdated";
    static final String REPLICA_SET_CREATE_ERROR = "ReplicaSetCreateError";
    static final String NEW_REPLICA_SET_AVAILABLE = "NewReplicaSetAvailable";
    static final String TIMED_OUT = "ProgressDeadlineExceeded";
    static final String PAUSED = "DeploymentPaused";
    static final String RESUMED = "DeploymentResumed";

    private final List<DeploymentCondition> conditions;
    private final Instant now;

    DeploymentConditions(List<DeploymentCondition> before, Instant now) {
        this.conditions = new ArrayList<>(before);
        this.now = now;
    }

    List<DeploymentCondition> list() {
        return List.copyOf(conditions);
    }

    @Nullable
    DeploymentCondition get(String type) {
        for (DeploymentCondition each : conditions) {
            if (each.getType().equals(type)) {
                return each;
            }
        }
        return null;
    }

    void remove(String type) {
        conditions.removeIf(each -> each.getType().equals(type));
    }

    /** Nothing happens when status and reason stay; the time of transition stays when the status stays. */
    void set(String type, String status, String reason, String message) {
        @Nullable DeploymentCondition before = get(type);
        if (before != null && before.getStatus().equals(status) && reason.equals(before.getReason())) {
            return;
        }
        put(type, status, reason, message);
    }

    /** As {@link #set}, but always counts as an update: the progress deadline runs anew. */
    void put(String type, String status, String reason, String message) {
        @Nullable DeploymentCondition before = get(type);
        String time = Timestamps.format(now);
        remove(type);
        conditions.add(new DeploymentConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastUpdateTime(time)
                .withLastTransitionTime(
                        before != null && before.getStatus().equals(status) ? before.getLastTransitionTime() : time)
                .build());
    }
}
