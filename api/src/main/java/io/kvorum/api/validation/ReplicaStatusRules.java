package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.List;

/** What controllers may say of the pods they keep: counts that fit together. */
final class ReplicaStatusRules {
    private static final FieldPath STATUS = FieldPath.of("status");
    private static final String AVAILABLE = "availableReplicas";
    private static final String COLLISIONS = "collisionCount";

    private ReplicaStatusRules() {}

    /** Of ReplicaSets and ReplicationControllers. */
    static void replicas(ObjectNode next, FieldErrors errors) {
        JsonNode status = next.path("status");
        Rules.notNegative(
                status,
                STATUS,
                errors,
                "replicas",
                "fullyLabeledReplicas",
                "readyReplicas",
                AVAILABLE,
                "observedGeneration");
        ofAll(status, List.of("fullyLabeledReplicas", "readyReplicas", AVAILABLE), errors);
        availableAreReady(status, "cannot be greater than readyReplicas", errors);
    }

    static void deployment(ObjectNode old, ObjectNode next, FieldErrors errors) {
        JsonNode status = next.path("status");
        Rules.notNegative(
                status,
                STATUS,
                errors,
                "observedGeneration",
                "replicas",
                "updatedReplicas",
                "readyReplicas",
                AVAILABLE,
                "unavailableReplicas",
                COLLISIONS);
        ofAll(status, List.of("updatedReplicas", "readyReplicas", AVAILABLE), errors);
        availableAreReady(status, "cannot be greater than readyReplicas", errors);
        collisions(old, next, errors);
    }

    static void statefulSet(ObjectNode old, ObjectNode next, FieldErrors errors) {
        JsonNode status = next.path("status");
        Rules.notNegative(
                status,
                STATUS,
                errors,
                "replicas",
                "readyReplicas",
                "currentReplicas",
                "updatedReplicas",
                AVAILABLE,
                "observedGeneration",
                COLLISIONS);
        ofAll(status, List.of("readyReplicas", "currentReplicas", "updatedReplicas", AVAILABLE), errors);
        availableAreReady(status, "cannot be greater than status.readyReplicas", errors);
        collisions(old, next, errors);
    }

    static void daemonSet(ObjectNode old, ObjectNode next, FieldErrors errors) {
        Rules.notNegative(
                next.path("status"),
                STATUS,
                errors,
                "currentNumberScheduled",
                "numberMisscheduled",
                "desiredNumberScheduled",
                "numberReady",
                "observedGeneration",
                "updatedNumberScheduled",
                "numberAvailable",
                "numberUnavailable",
                COLLISIONS);
        collisions(old, next, errors);
    }

    private static void ofAll(JsonNode status, List<String> parts, FieldErrors errors) {
        for (String part : parts) {
            if (Tree.number(status, part) > Tree.number(status, "replicas")) {
                errors.invalid(STATUS.child(part), Tree.number(status, part), "cannot be greater than status.replicas");
            }
        }
    }

    private static void availableAreReady(JsonNode status, String message, FieldErrors errors) {
        long available = Tree.number(status, AVAILABLE);
        if (available > Tree.number(status, "readyReplicas")) {
            errors.invalid(STATUS.child(AVAILABLE), available, message);
        }
    }

    private static void collisions(ObjectNode old, ObjectNode next, FieldErrors errors) {
        JsonNode before = old.path("status");
        JsonNode after = next.path("status");
        long count = Tree.number(after, COLLISIONS);
        boolean gone = !after.hasNonNull(COLLISIONS);
        if (before.hasNonNull(COLLISIONS) && (gone || count < Tree.number(before, COLLISIONS))) {
            errors.invalid(STATUS.child(COLLISIONS), count, "cannot be decremented");
        }
    }
}
