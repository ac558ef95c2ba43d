package io.kvorum.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NodeRoomTest {
    private static final NodeRoom NODE =
            new NodeRoom(Map.of("cpu", new Quantity("2"), "memory", new Quantity("1Gi")), 3);

    private static Container container(String name, String cpu, @Nullable String policy) {
        return new ContainerBuilder()
                .withName(name)
                .withRestartPolicy(policy)
                .withNewResources()
                .addToRequests("cpu", new Quantity(cpu))
                .endResources()
                .build();
    }

    private static Pod pod(List<Container> inits, Container... mains) {
        return new PodBuilder()
                .withNewSpec()
                .withInitContainers(inits)
                .withContainers(mains)
                .endSpec()
                .build();
    }

    private static Pod one(String cpu) {
        return pod(List.of(), container("main", cpu, null));
    }

    @Test
    void anInitContainerCountsWithTheSidecarsBeforeItOnly() {
        Pod pod = pod(
                List.of(
                        container("early", "100m", "Always"),
                        container("init", "800m", null),
                        container("late", "50m", "Always")),
                container("main", "200m", null));
        assertThat(NodeRoom.requests(pod, "cpu")).isEqualByComparingTo(new BigDecimal("0.9"));
        Pod large = pod(List.of(container("early", "100m", "Always")), container("main", "1", null));
        assertThat(NodeRoom.requests(large, "cpu")).isEqualByComparingTo(new BigDecimal("1.1"));
    }

    @Test
    void aPodThatFillsTheNodeExactlyIsTaken() {
        assertThat(NODE.admit(one("500m"), List.of(one("1"), one("500m")))).isNull();
        assertThat(NODE.admit(one("501m"), List.of(one("1"), one("500m"))))
                .isEqualTo(new NodeRoom.Refusal(
                        "OutOfcpu",
                        "Node didn't have enough resource: cpu, requested: 501, used: 1500, capacity: 2000"));
        assertThat(NODE.admit(one("0"), List.of(one("0"), one("0"), one("0"))))
                .isEqualTo(new NodeRoom.Refusal(
                        "OutOfpods", "Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3"));
    }

    @Test
    void aSizeIsInfeasibleWhereTheWholeNodeIsTooSmallAndDeferredWhereOthersAreInTheWay() {
        assertThat(NODE.resize(one("2"), List.of())).isNull();
        assertThat(NODE.resize(one("2100m"), List.of(one("1"))))
                .extracting("reason")
                .isEqualTo("Infeasible");
        assertThat(NODE.resize(one("1100m"), List.of(one("1"))))
                .extracting("reason")
                .isEqualTo("Deferred");
    }
}
