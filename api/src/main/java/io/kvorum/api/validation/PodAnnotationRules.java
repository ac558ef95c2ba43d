package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.Map;

/** The rules of the annotations of pods that mean something to Kubernetes. */
final class PodAnnotationRules {
    private static final FieldPath ANNOTATIONS = FieldPath.of("metadata", "annotations");
    private static final String MIRROR = "kubernetes.io/config.mirror";
    private static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

    private PodAnnotationRules() {}

    /** Whether a kubelet made it of a static pod. */
    static boolean isMirror(ObjectNode pod) {
        return Tree.map(pod, "metadata", "annotations").containsKey(MIRROR);
    }

    static void check(ObjectNode pod, FieldErrors errors) {
        Map<String, String> annotations = Tree.map(pod, "metadata", "annotations");
        String mirrored = annotations.get(MIRROR);
        if (mirrored != null && Tree.text(pod, "spec", "nodeName").isEmpty()) {
            errors.invalid(ANNOTATIONS.key(MIRROR), mirrored, "must set spec.nodeName if mirror pod annotation is set");
        }
        String cost = annotations.get(DELETION_COST);
        if (cost != null && !isCost(cost)) {
            errors.invalid(ANNOTATIONS.key(DELETION_COST), cost, "must be a 32bit integer");
        }
    }

    /** What may not change, whoever changes it. */
    static void update(ObjectNode old, ObjectNode next, FieldErrors errors) {
        String before = Tree.map(old, "metadata", "annotations").get(MIRROR);
        String after = Tree.map(next, "metadata", "annotations").get(MIRROR);
        if (before == null && after != null) {
            errors.forbidden(ANNOTATIONS.key(MIRROR), "may not add mirror pod annotation");
        } else if (before != null && !before.equals(after)) {
            errors.forbidden(ANNOTATIONS.key(MIRROR), "may not remove or update mirror pod annotation");
        }
    }

    /** A number without a plus or leading zeros. */
    private static boolean isCost(String text) {
        try {
            return text.equals(Integer.toString(Integer.parseInt(text)));
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
