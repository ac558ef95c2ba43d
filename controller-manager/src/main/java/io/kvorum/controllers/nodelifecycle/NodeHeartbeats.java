package io.kvorum.controllers.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.kvorum.controllers.loop.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When each node was last heard of, by this process's own clock: a heartbeat is a Lease renewed or a status posted, that
 * is, a change of their times. What the times say is another machine's clock and proves nothing. A node that is seen
 * for the first time, also after a restart of this process, has one grace period from then on.
 */
final class NodeHeartbeats {
    private static final List<String> CONDITIONS = List.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

    private record Heard(@Nullable Object renewed, @Nullable String posted, long atNanos) {}

    private final Duration gracePeriod;
    private final Duration startupGracePeriod;
    private final Map<String, Heard> heard = new HashMap<>();

    /** @param startupGracePeriod in place of {@code gracePeriod} for a node that never posted its status */
    NodeHeartbeats(Duration gracePeriod, Duration startupGracePeriod) {
        this.gracePeriod = gracePeriod;
        this.startupGracePeriod = startupGracePeriod;
    }

    /**
     * Notes what the node shows now.
     *
     * @param nowNanos from a clock that does not step
     * @return whether the node was silent for longer than the grace period
     */
    boolean silent(Node node, @Nullable Lease lease, long nowNanos) {
        String name = node.getMetadata().getName();
        @Nullable NodeCondition ready = NodeTaints.condition(node, "Ready");
        @Nullable
        Object renewed = lease == null || lease.getSpec() == null
                ? null
                : lease.getSpec().getRenewTime();
        @Nullable String posted = ready == null ? null : ready.getLastHeartbeatTime();
        @Nullable Heard before = heard.get(name);
        if (before == null || !Objects.equals(before.renewed, renewed) || !Objects.equals(before.posted, posted)) {
            heard.put(name, new Heard(renewed, posted, nowNanos));
            return false;
        }
        Duration grace = ready == null ? startupGracePeriod : gracePeriod;
        return nowNanos - before.atNanos > grace.toNanos();
    }

    void retain(Set<String> nodes) {
        heard.keySet().retainAll(nodes);
    }

    /** The conditions of a silent node: whatever it said last, nobody knows now. */
    static List<NodeCondition> unknown(Node node, Instant now) {
        List<NodeCondition> next = new ArrayList<>(
                node.getStatus() == null ? List.of() : node.getStatus().getConditions());
        for (String type : CONDITIONS) {
            @Nullable NodeCondition current = NodeTaints.condition(node, type);
            if (current == null) {
                next.add(new NodeConditionBuilder()
                        .withType(type)
                        .withStatus("Unknown")
                        .withReason("NodeStatusNeverUpdated")
                        .withMessage("Kubelet never posted node status.")
                        .withLastHeartbeatTime(node.getMetadata().getCreationTimestamp())
                        .withLastTransitionTime(Timestamps.format(now))
                        .build());
            } else if (!"Unknown".equals(current.getStatus())) {
                next.set(
                        next.indexOf(current),
                        new NodeConditionBuilder(current)
                                .withStatus("Unknown")
                                .withReason("NodeStatusUnknown")
                                .withMessage("Kubelet stopped posting node status.")
                                .withLastTransitionTime(Timestamps.format(now))
                                .build());
            }
        }
        return next;
    }
}
