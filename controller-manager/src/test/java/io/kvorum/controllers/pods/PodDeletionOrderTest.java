package io.kvorum.controllers.pods;

import static io.kvorum.controllers.testing.FakeClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each test: two pods that differ in one thing; the first must go before the second. */
class PodDeletionOrderTest {
    private static Pod pod(UnaryOperator<PodBuilder> change) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withName("p")
                .withUid("p")
                .withCreationTimestamp(START.minusSeconds(3600).toString())
                .endMetadata()
                .withNewSpec()
                .withNodeName("n1")
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withLastTransitionTime(START.minusSeconds(3000).toString())
                .endCondition()
                .addNewContainerStatus()
                .withRestartCount(0)
                .endContainerStatus()
                .endStatus();
        return change.apply(pod).build();
    }

    private static void assertFirst(UnaryOperator<PodBuilder> first, UnaryOperator<PodBuilder> second) {
        PodDeletionOrder order = new PodDeletionOrder(START, Map.of("n1", 1, "n2", 2));
        assertThat(order.compare(pod(first), pod(second))).isNegative();
        assertThat(order.compare(pod(second), pod(first))).isPositive();
    }

    private static UnaryOperator<PodBuilder> readySince(Duration ago) {
        return pod -> pod.editStatus()
                .editFirstCondition()
                .withLastTransitionTime(START.minus(ago).toString())
                .endCondition()
                .endStatus();
    }

    private static UnaryOperator<PodBuilder> cost(String cost) {
        return pod -> pod.editMetadata()
                .addToAnnotations(PodDeletionOrder.DELETION_COST, cost)
                .endMetadata();
    }

    @Test
    void unassignedBeforeAssigned() {
        assertFirst(pod -> pod.editSpec().withNodeName(null).endSpec(), pod -> pod);
    }

    @Test
    void pendingBeforeUnknownBeforeRunning() {
        assertFirst(
                pod -> pod.editStatus().withPhase("Pending").endStatus(),
                pod -> pod.editStatus().withPhase("Unknown").endStatus());
        assertFirst(pod -> pod.editStatus().withPhase("Unknown").endStatus(), pod -> pod);
    }

    @Test
    void notReadyBeforeReady() {
        assertFirst(
                pod -> pod.editStatus()
                        .editFirstCondition()
                        .withStatus("False")
                        .endCondition()
                        .endStatus(),
                pod -> pod);
    }

    @Test
    void cheapBeforeDear() {
        assertFirst(cost("-10"), pod -> pod);
        assertFirst(pod -> pod, cost("7"));
    }

    @Test
    void unreadableCostIsZero() {
        for (String text : new String[] {"x", "+5", "05", "99999999999", "9999999999", ""}) {
            assertThat(PodDeletionOrder.cost(pod(cost(text)))).as(text).isZero();
        }
        assertThat(PodDeletionOrder.cost(pod(cost("-2147483648")))).isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    void doubledUpBeforeAlone() {
        assertFirst(pod -> pod.editSpec().withNodeName("n2").endSpec(), pod -> pod);
    }

    @Test
    void freshlyReadyBeforeLongReady() {
        assertFirst(readySince(Duration.ofSeconds(10)), readySince(Duration.ofSeconds(100)));
    }

    @Test
    void aboutTheSameTimeReadyGoesByUid() {
        assertFirst(
                pod -> readySince(Duration.ofSeconds(101))
                        .apply(pod)
                        .editMetadata()
                        .withUid("a")
                        .endMetadata(),
                pod -> readySince(Duration.ofSeconds(100))
                        .apply(pod)
                        .editMetadata()
                        .withUid("b")
                        .endMetadata());
    }

    @Test
    void oftenRestartedBeforeStable() {
        assertFirst(
                pod -> pod.editStatus()
                        .editFirstContainerStatus()
                        .withRestartCount(3)
                        .endContainerStatus()
                        .endStatus(),
                pod -> pod);
    }

    @Test
    void youngBeforeOld() {
        assertFirst(
                pod -> pod.editMetadata()
                        .withCreationTimestamp(START.minusSeconds(60).toString())
                        .endMetadata(),
                pod -> pod);
    }
}
