package io.kvorum.scheduler.framework;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Why a pod fits nowhere.
 *
 * @param nodes how many nodes there are
 * @param rejections of each node that was looked at
 * @param plugins names of the plugins that rejected; their events may change it
 * @param preFilterReasons set when the pod was rejected before any node was looked at
 * @param preemption what ending others could do
 */
public record FitError(
        int nodes,
        Map<String, Rejection> rejections,
        Set<String> plugins,
        List<String> preFilterReasons,
        Preemption preemption) {

    /** In the words of kube-scheduler: {@code 0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods.} */
    public String message() {
        if (nodes == 0) {
            return "no nodes available to schedule pods";
        }
        String head = unavailable(nodes);
        if (preFilterReasons.isEmpty()) {
            List<String> reasons = new ArrayList<>();
            rejections
                    .values()
                    .forEach(rejection -> reasons.addAll(rejection.status().reasons()));
            head += histogram(reasons);
        } else {
            head += ": " + String.join(", ", preFilterReasons) + ".";
        }
        return preemption.message().isEmpty() ? head : head + " " + preemption.message();
    }

    /** The head of every such message. */
    public static String unavailable(int nodes) {
        return "0/" + nodes + " nodes are available";
    }

    /** {@code : 1 this, 2 that.}, sorted as text; empty when there are no reasons. */
    public static String histogram(List<String> reasons) {
        Map<String, Integer> counts = new HashMap<>();
        reasons.forEach(reason -> counts.merge(reason, 1, Integer::sum));
        List<String> parts = new ArrayList<>();
        counts.forEach((reason, count) -> parts.add(count + " " + reason));
        Collections.sort(parts);
        return parts.isEmpty() ? "" : ": " + String.join(", ", parts) + ".";
    }
}
