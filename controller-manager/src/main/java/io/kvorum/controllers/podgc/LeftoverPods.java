package io.kvorum.controllers.podgc;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.PodStates;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the pods that nobody else will delete. Remembers since when nodes are missing; belongs to one context. */
final class LeftoverPods {
    private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

    /** Why a pod is to be deleted; {@code message} goes into its condition DisruptionTarget, null for none. */
    record Leftover(Pod pod, String why, @Nullable String message) {}

    private final Duration quarantine;
    private final int terminatedThreshold;
    private final Map<String, Long> missingSinceNanos = new HashMap<>();

    /**
     * @param quarantine how long a node must be missing before its pods are leftovers
     * @param terminatedThreshold how many finished pods may stay; no limit when not positive
     */
    LeftoverPods(Duration quarantine, int terminatedThreshold) {
        this.quarantine = quarantine;
        this.terminatedThreshold = terminatedThreshold;
    }

    /** @param nowNanos from a clock that does not step */
    List<Leftover> find(List<Pod> pods, List<Node> nodes, long nowNanos) {
        Map<String, Leftover> found = new LinkedHashMap<>();
        finished(pods, found);
        Map<String, Node> byName = new HashMap<>();
        nodes.forEach(node -> byName.put(node.getMetadata().getName(), node));
        Set<String> missing = new HashSet<>();
        for (Pod pod : pods) {
            @Nullable String nodeName = pod.getSpec().getNodeName();
            boolean bound = nodeName != null && !nodeName.isEmpty();
            if (bound && !byName.containsKey(nodeName)) {
                missing.add(nodeName);
                long since = missingSinceNanos.computeIfAbsent(nodeName, name -> nowNanos);
                if (nowNanos - since >= quarantine.toNanos()) {
                    put(found, pod, "orphaned", "PodGC: node no longer exists");
                }
            } else if (bound && PodStates.terminating(pod) && outOfService(byName.get(nodeName))) {
                put(found, pod, "out-of-service", null);
            } else if (!bound && PodStates.terminating(pod)) {
                put(found, pod, "unscheduled", null);
            }
        }
        missingSinceNanos.keySet().retainAll(missing);
        return List.copyOf(found.values());
    }

    private void finished(List<Pod> pods, Map<String, Leftover> found) {
        if (terminatedThreshold <= 0) {
            return;
        }
        List<Pod> finished = pods.stream()
                .filter(PodStates::terminal)
                .sorted(Comparator.<Pod, Boolean>comparing(
                                pod -> !"Evicted".equals(pod.getStatus().getReason()))
                        .thenComparing(pod -> Timestamps.parse(pod.getMetadata().getCreationTimestamp()))
                        .thenComparing(pod -> pod.getMetadata().getName()))
                .toList();
        finished.stream()
                .limit(Math.max(0, finished.size() - terminatedThreshold))
                .forEach(pod -> put(found, pod, "terminated", null));
    }

    private static void put(Map<String, Leftover> found, Pod pod, String why, @Nullable String message) {
        found.putIfAbsent(pod.getMetadata().getUid(), new Leftover(pod, why, message));
    }

    /** A node an administrator declared dead, and that is not Ready. */
    private static boolean outOfService(@Nullable Node node) {
        if (node == null || node.getSpec() == null) {
            return false;
        }
        boolean ready = node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(each -> each.getType().equals("Ready") && "True".equals(each.getStatus()));
        return !ready && node.getSpec().getTaints().stream().anyMatch(each -> OUT_OF_SERVICE.equals(each.getKey()));
    }
}
