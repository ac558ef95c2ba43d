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
 * @param statuses the rejection of each node
 * @param plugins names of the plugins that rejected; their events may change it
 * @param preFilterReasons set when the pod was rejected before any node was looked at
 */
public record FitError(int nodes, Map<String, Status> statuses, Set<String> plugins, List<String> preFilterReasons) {

    /** In the words of kube-scheduler: {@code 0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods.} */
    public String message() {
        if (nodes == 0) {
            return "no nodes available to schedule pods";
        }
        String head = "0/" + nodes + " nodes are available";
        if (!preFilterReasons.isEmpty()) {
            return head + ": " + String.join(", ", preFilterReasons) + ".";
        }
        Map<String, Integer> counts = new HashMap<>();
        for (Status status : statuses.values()) {
            for (String reason : status.reasons()) {
                counts.merge(reason, 1, Integer::sum);
            }
        }
        List<String> parts = new ArrayList<>();
        counts.forEach((reason, count) -> parts.add(count + " " + reason));
        Collections.sort(parts);
        return parts.isEmpty() ? head : head + ": " + String.join(", ", parts) + ".";
    }
}
