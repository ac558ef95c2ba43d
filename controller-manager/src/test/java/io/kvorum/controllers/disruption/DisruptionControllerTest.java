package io.kvorum.controllers.disruption;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatus;
import io.kvorum.client.OwnerReferences;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.PodStates;
import io.kvorum.controllers.testing.ControllerHarness;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DisruptionControllerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private static PodDisruptionBudget budget(@Nullable Object minAvailable, @Nullable Object maxUnavailable) {
        return new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .withGeneration(1L)
                .endMetadata()
                .withNewSpec()
                .withMinAvailable(minAvailable == null ? null : new IntOrString(minAvailable))
                .withMaxUnavailable(maxUnavailable == null ? null : new IntOrString(maxUnavailable))
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .endSpec()
                .build();
    }

    private static Pod pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .withLabels(Map.of("app", "web"))
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build();
    }

    private static ReplicaSet replicaSet(int replicas) {
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .endSpec()
                .build();
    }

    private List<Pod> readyPods(int count) {
        List<Pod> pods = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pods.add(harness.ready(pod("p" + i), "127.0.0.1"));
        }
        return pods;
    }

    private static PodDisruptionBudgetStatus status(PodDisruptionBudget budget, List<Pod> pods, int expected) {
        return BudgetStatus.of(budget, pods, expected, NOW).status();
    }

    @Test
    void percentagesAreRoundedUpAndOfWhatOughtToBe() {
        List<Pod> seven = readyPods(7);
        assertThat(status(budget("50%", null), seven, 7).getDesiredHealthy()).isEqualTo(4);
        assertThat(status(budget(null, "30%"), seven, 7).getDesiredHealthy()).isEqualTo(4);
        assertThat(status(budget(null, 2), seven, 7).getDisruptionsAllowed()).isEqualTo(2);
        assertThat(status(budget(null, 2), seven.subList(0, 5), 7).getDisruptionsAllowed())
                .isZero();
        assertThat(status(budget(5, null), seven, 7).getDisruptionsAllowed()).isEqualTo(2);
        assertThat(status(budget(null, 9), seven, 7).getDesiredHealthy()).isZero();
        assertThat(status(budget(0, null), List.of(), 0).getDisruptionsAllowed())
                .as("safe until it has seen its first pods")
                .isZero();
    }

    @Test
    void anEvictedPodIsNotCountedUntilItsTimeIsOver() {
        List<Pod> three = readyPods(3);
        PodDisruptionBudget charged = new PodDisruptionBudgetBuilder(budget(1, null))
                .withNewStatus()
                .addToDisruptedPods("p0", Timestamps.format(NOW.minusSeconds(60)))
                .addToDisruptedPods("p1", Timestamps.format(NOW.minusSeconds(121)))
                .addToDisruptedPods("gone", Timestamps.format(NOW))
                .endStatus()
                .build();
        BudgetStatus plan = BudgetStatus.of(charged, three, 3, NOW);
        assertThat(plan.status().getCurrentHealthy()).isEqualTo(2);
        assertThat(plan.status().getDisruptedPods()).containsOnlyKeys("p0");
        assertThat(plan.notDeleted())
                .extracting(each -> each.getMetadata().getName())
                .containsExactly("p1");
        assertThat(plan.again()).isEqualTo(Duration.ofSeconds(60));
    }

    private PodDisruptionBudgetStatus current() {
        PodDisruptionBudget found =
                Objects.requireNonNull(harness.api().find(PodDisruptionBudget.class, "default", "web"));
        return found.getStatus() == null ? new PodDisruptionBudgetStatus() : found.getStatus();
    }

    private Condition allowed() {
        return current().getConditions().get(0);
    }

    @Test
    void countsByTheScaleOfTheOwnerAndFollowsThePods() {
        ReplicaSet owner = harness.create(replicaSet(4));
        for (int i = 0; i < 3; i++) {
            harness.create(new PodBuilder(pod("p" + i))
                    .editMetadata()
                    .withOwnerReferences(OwnerReferences.controller(owner))
                    .endMetadata()
                    .build());
        }
        harness.create(budget(null, 2));
        harness.start(context -> new DisruptionController(context, 1));
        harness.api().until(() -> Integer.valueOf(4).equals(current().getExpectedPods()));
        assertThat(current().getDisruptionsAllowed()).isZero();
        assertThat(allowed().getReason()).isEqualTo("InsufficientPods");
        harness.api().run(() -> {
            harness.runPods("n1");
            return null;
        });
        harness.api().until(() -> Integer.valueOf(3).equals(current().getCurrentHealthy()));
        assertThat(current().getDisruptionsAllowed()).isEqualTo(1);
        assertThat(current().getObservedGeneration()).isEqualTo(1);
        assertThat(allowed().getStatus()).isEqualTo("True");
        assertThat(allowed().getReason()).isEqualTo("SufficientPods");
    }

    @Test
    void nothingIsAllowedWhereTheOwnerHasNoScale() {
        ReplicaSet neverStored = new ReplicaSetBuilder(replicaSet(1))
                .editMetadata()
                .withUid("nobody")
                .endMetadata()
                .build();
        harness.create(new PodBuilder(pod("p0"))
                .editMetadata()
                .withOwnerReferences(OwnerReferences.controller(neverStored))
                .endMetadata()
                .build());
        harness.create(budget(null, 1));
        harness.start(context -> new DisruptionController(context, 1));
        harness.api().until(() -> !current().getConditions().isEmpty());
        assertThat(allowed().getReason()).isEqualTo("SyncFailed");
        assertThat(allowed().getMessage()).isEqualTo("found no controllers for pod \"p0\"");
        assertThat(current().getDisruptionsAllowed()).isZero();
    }

    @Test
    void takesBackTheAnnouncementOfAnEvictionThatDidNotHappen() {
        harness.create(new PodBuilder(harness.ready(pod("p0"), "127.0.0.1"))
                .editStatus()
                .addNewCondition()
                .withType("DisruptionTarget")
                .withStatus("True")
                .withLastTransitionTime(
                        Timestamps.format(harness.clock().instant().minusSeconds(121)))
                .endCondition()
                .endStatus()
                .build());
        harness.start(context -> new DisruptionController(context, 1));
        harness.api()
                .until(() -> "False"
                        .equals(Objects.requireNonNull(PodStates.condition(
                                        Objects.requireNonNull(harness.api().find(Pod.class, "default", "p0")),
                                        "DisruptionTarget"))
                                .getStatus()));
    }
}
