package io.kvorum.controllers.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many nodes may be emptied, and how fast. If a few nodes fall silent, their pods should run elsewhere; if most do,
 * it is more likely that this process is cut off than that all of them died. One node at a time per zone; in a zone with
 * most nodes not Ready slower, or not at all in a small cluster; and not at all when no node in any zone is Ready.
 */
final class EvictionPace {
    /** State of a zone. */
    enum Zone {
        NORMAL,
        PARTIAL_DISRUPTION,
        FULL_DISRUPTION
    }

    private final double rate;
    private final double secondaryRate;
    private final int largeCluster;
    private final double unhealthyThreshold;
    private final Map<String, Long> nextNanos = new HashMap<>();

    /**
     * @param rate nodes per second in a healthy zone
     * @param secondaryRate nodes per second in an unhealthy zone of a cluster of more than {@code largeCluster} nodes
     * @param unhealthyThreshold share of nodes not Ready from which a zone is unhealthy, if they are at least three
     */
    EvictionPace(double rate, double secondaryRate, int largeCluster, double unhealthyThreshold) {
        this.rate = rate;
        this.secondaryRate = secondaryRate;
        this.largeCluster = largeCluster;
        this.unhealthyThreshold = unhealthyThreshold;
    }

    static String zoneOf(Node node) {
        Map<String, String> labels = node.getMetadata().getLabels();
        return labels == null
                ? ""
                : labels.getOrDefault("topology.kubernetes.io/region", "") + ":"
                        + labels.getOrDefault("topology.kubernetes.io/zone", "");
    }

    Map<String, Zone> zones(List<Node> nodes) {
        Map<String, int[]> counts = new TreeMap<>();
        for (Node node : nodes) {
            int[] count = counts.computeIfAbsent(zoneOf(node), zone -> new int[2]);
            count[NodeTaints.readiness(node).equals("True") ? 0 : 1]++;
        }
        Map<String, Zone> zones = new TreeMap<>();
        counts.forEach((zone, count) -> {
            int ready = count[0];
            int notReady = count[1];
            zones.put(
                    zone,
                    ready == 0 && notReady > 0
                            ? Zone.FULL_DISRUPTION
                            : notReady > 2 && (double) notReady / (ready + notReady) >= unhealthyThreshold
                                    ? Zone.PARTIAL_DISRUPTION
                                    : Zone.NORMAL);
        });
        return zones;
    }

    static boolean allDisrupted(Map<String, Zone> zones) {
        return !zones.isEmpty() && zones.values().stream().allMatch(zone -> zone == Zone.FULL_DISRUPTION);
    }

    /** Whether a node of the zone may be given its NoExecute taint now; if so, counts it. */
    boolean allow(String zone, Zone state, int clusterSize, long nowNanos) {
        double perSecond = state == Zone.PARTIAL_DISRUPTION ? (clusterSize > largeCluster ? secondaryRate : 0) : rate;
        if (perSecond <= 0 || nowNanos - nextNanos.getOrDefault(zone, nowNanos) < 0) {
            return false;
        }
        nextNanos.put(zone, nowNanos + (long) (1e9 / perSecond));
        return true;
    }
}
