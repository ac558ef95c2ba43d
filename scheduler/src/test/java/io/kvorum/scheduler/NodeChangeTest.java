package io.kvorum.scheduler;

import static io.kvorum.scheduler.Objects.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kvorum.scheduler.framework.ClusterEvent;
import org.junit.jupiter.api.Test;

class NodeChangeTest {
    private final Node before = node("a").build();

    @Test
    void heartbeatIsNoEvent() {
        Node after = node("a")
                .editStatus()
                .addNewCondition()
                .withType("Ready")
                .withLastHeartbeatTime("2026-01-01T00:00:00Z")
                .endCondition()
                .endStatus()
                .build();
        assertThat(NodeChange.events(before, after)).isEmpty();
    }

    @Test
    void eachChangeIsItsOwnEvent() {
        assertThat(NodeChange.events(
                        before,
                        node("a")
                                .editMetadata()
                                .addToLabels("x", "y")
                                .endMetadata()
                                .build()))
                .containsExactly(ClusterEvent.Kind.NODE_LABEL);
        assertThat(NodeChange.events(
                        before,
                        node("a").editSpec().withUnschedulable(true).endSpec().build()))
                .containsExactly(ClusterEvent.Kind.NODE_TAINT);
        assertThat(NodeChange.events(
                        before,
                        node("a")
                                .editStatus()
                                .addToAllocatable("cpu", new Quantity("8"))
                                .endStatus()
                                .build()))
                .containsExactly(ClusterEvent.Kind.NODE_ALLOCATABLE);
    }
}
