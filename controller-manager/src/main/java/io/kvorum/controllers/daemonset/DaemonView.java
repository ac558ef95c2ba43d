package io.kvorum.controllers.daemonset;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDaemonSet;
import io.kvorum.controllers.pods.PodStates;
import io.kvorum.controllers.pods.Share;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A DaemonSet, the nodes, and its pods on them at one moment.
 *
 * @param hash of the template as it is now
 * @param byNode pods by the node they are on or meant for
 */
record DaemonView(DaemonSet daemonSet, String hash, List<Node> nodes, Map<String, List<Pod>> byNode, Instant now) {
    static DaemonView of(DaemonSet daemonSet, String hash, List<Node> nodes, List<Pod> pods, Instant now) {
        Map<String, List<Pod>> byNode = new LinkedHashMap<>();
        for (Pod pod : pods) {
            @Nullable String node = DaemonPods.nodeOf(pod);
            if (node != null) {
                byNode.computeIfAbsent(node, each -> new ArrayList<>()).add(pod);
            }
        }
        return new DaemonView(daemonSet, hash, nodes, byNode, now);
    }

    List<Pod> on(Node node) {
        return byNode.getOrDefault(node.getMetadata().getName(), List.of());
    }

    int minReadySeconds() {
        Integer seconds = daemonSet.getSpec().getMinReadySeconds();
        return seconds == null ? 0 : seconds;
    }

    boolean available(Pod pod) {
        return PodStates.available(pod, minReadySeconds(), now);
    }

    boolean onDelete() {
        var strategy = daemonSet.getSpec().getUpdateStrategy();
        return strategy != null && "OnDelete".equals(strategy.getType());
    }

    int desired() {
        return (int) nodes.stream()
                .filter(node -> DaemonPods.Placement.of(daemonSet, node).run())
                .count();
    }

    private @Nullable RollingUpdateDaemonSet rolling() {
        var strategy = daemonSet.getSpec().getUpdateStrategy();
        return strategy == null ? null : strategy.getRollingUpdate();
    }

    /** How many nodes may have two pods for a while; 0: the old one goes before the new one comes. */
    int maxSurge() {
        @Nullable RollingUpdateDaemonSet rolling = rolling();
        return onDelete() || rolling == null ? 0 : resolve(rolling.getMaxSurge(), desired(), 0);
    }

    /** How many nodes may be without an available pod; at least 1 when there is no surge. */
    int maxUnavailable() {
        @Nullable RollingUpdateDaemonSet rolling = rolling();
        int most = resolve(rolling == null ? null : rolling.getMaxUnavailable(), desired(), 1);
        return most == 0 && maxSurge() == 0 ? 1 : most;
    }

    private static int resolve(@Nullable IntOrString value, int total, int absent) {
        return value == null ? absent : Share.of(value, total, true);
    }
}
