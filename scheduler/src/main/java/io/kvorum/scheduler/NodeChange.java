package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Node;
import io.kvorum.scheduler.framework.ClusterEvent;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/** Which events a change of a node amounts to; heartbeats amount to none. */
final class NodeChange {
    private NodeChange() {}

    static Set<ClusterEvent.Kind> events(Node before, Node after) {
        Set<ClusterEvent.Kind> events = EnumSet.noneOf(ClusterEvent.Kind.class);
        if (!Objects.equals(
                before.getMetadata().getLabels(), after.getMetadata().getLabels())) {
            events.add(ClusterEvent.Kind.NODE_LABEL);
        }
        boolean specified = before.getSpec() != null && after.getSpec() != null;
        if (specified
                ? !Objects.equals(before.getSpec().getTaints(), after.getSpec().getTaints())
                        || !Objects.equals(
                                before.getSpec().getUnschedulable(),
                                after.getSpec().getUnschedulable())
                : before.getSpec() != after.getSpec()) {
            events.add(ClusterEvent.Kind.NODE_TAINT);
        }
        if (before.getStatus() == null
                ? after.getStatus() != null
                : after.getStatus() == null
                        || !Objects.equals(
                                before.getStatus().getAllocatable(),
                                after.getStatus().getAllocatable())) {
            events.add(ClusterEvent.Kind.NODE_ALLOCATABLE);
        }
        return events;
    }
}
