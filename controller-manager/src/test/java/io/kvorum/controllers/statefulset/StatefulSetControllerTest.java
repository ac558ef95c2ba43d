package io.kvorum.controllers.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.kvorum.client.PatchType;
import io.kvorum.controllers.testing.ControllerHarness;
import io.kvorum.controllers.testing.FakeClock;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatefulSetControllerTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private static StatefulSet web(int replicas, String management) {
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withServiceName("web")
                .withPodManagementPolicy(management)
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withImage("web:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .addNewVolumeClaimTemplate()
                .withNewMetadata()
                .withName("data")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .endVolumeClaimTemplate()
                .endSpec()
                .build();
    }

    private StatefulSet current() {
        return Objects.requireNonNull(harness.api().find(StatefulSet.class, "default", "web"));
    }

    private List<String> names() {
        return harness.api().all(Pod.class).stream()
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    private void runPods() {
        harness.api().run(() -> {
            harness.runPods("n1");
            return null;
        });
    }

    private void patch(String spec) {
        harness.api()
                .run(() -> harness.api()
                        .resources(StatefulSet.class)
                        .patch("default", "web", PatchType.MERGE, "{\"spec\":" + spec + "}", null));
    }

    private boolean ready(int pods) {
        StatefulSetStatus status = current().getStatus();
        return status != null
                && Objects.equals(status.getReadyReplicas(), pods)
                && Objects.equals(status.getReplicas(), pods);
    }

    private List<Pod> leaving() {
        return harness.api().all(Pod.class).stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() != null)
                .toList();
    }

    private void finishLeaving() {
        harness.api().run(() -> {
            leaving().forEach(harness.api()::finishDeletion);
            return null;
        });
    }

    @Test
    void startsOnePodAfterTheOtherWithItsClaimAndTakesTheHighestFirst() {
        harness.create(web(2, "OrderedReady"));
        harness.start(context -> new StatefulSetController(context, 5));
        harness.api().until(() -> current().getStatus() != null && names().equals(List.of("web-0")));
        Pod first = harness.api().all(Pod.class).get(0);
        assertThat(first.getSpec().getHostname()).isEqualTo("web-0");
        assertThat(first.getSpec()
                        .getVolumes()
                        .get(0)
                        .getPersistentVolumeClaim()
                        .getClaimName())
                .isEqualTo("data-web-0");
        runPods();
        harness.api().until(() -> names().equals(List.of("web-0", "web-1")));
        runPods();
        harness.api().until(() -> ready(2));
        assertThat(harness.api().all(PersistentVolumeClaim.class))
                .extracting(each -> each.getMetadata().getName())
                .containsExactly("data-web-0", "data-web-1");
        patch("{\"replicas\":0}");
        harness.api().until(() -> leaving().size() == 1);
        assertThat(leaving().get(0).getMetadata().getName()).isEqualTo("web-1");
        finishLeaving();
        harness.api()
                .until(() -> leaving().size() == 1
                        && leaving().get(0).getMetadata().getName().equals("web-0"));
    }

    @Test
    void updatesFromTheHighestDownToThePartition() {
        harness.create(web(2, "Parallel"));
        harness.start(context -> new StatefulSetController(context, 5));
        harness.api().until(() -> names().size() == 2);
        runPods();
        harness.api().until(() -> ready(2));
        String before = current().getStatus().getCurrentRevision();
        assertThat(current().getStatus().getUpdateRevision()).isEqualTo(before);
        patch("{\"updateStrategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"partition\":1}},"
                + "\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"web:2\"}]}}}");
        harness.api().until(() -> leaving().size() == 1);
        assertThat(leaving().get(0).getMetadata().getName()).isEqualTo("web-1");
        finishLeaving();
        harness.api().until(() -> names().size() == 2 && leaving().isEmpty());
        runPods();
        harness.api()
                .until(() -> ready(2) && Objects.equals(current().getStatus().getUpdatedReplicas(), 1));
        assertThat(current().getStatus().getCurrentRevision()).isEqualTo(before);
        assertThat(leaving()).as("web-0 is below the partition").isEmpty();
        patch("{\"updateStrategy\":{\"rollingUpdate\":{\"partition\":0}}}");
        harness.api().until(() -> leaving().size() == 1);
        finishLeaving();
        harness.api().until(() -> names().size() == 2 && leaving().isEmpty());
        runPods();
        harness.api().until(() -> !current().getStatus().getCurrentRevision().equals(before));
        assertThat(harness.api().all(ControllerRevision.class)).hasSize(2);
    }

    @Test
    void countsFromTheStartOrdinalAndMakesLowPodsAfterTheCurrentRevision() {
        StatefulSet set = new StatefulSetBuilder(web(2, "Parallel"))
                .editSpec()
                .withNewOrdinals(5)
                .withNewUpdateStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withPartition(1)
                .endRollingUpdate()
                .endUpdateStrategy()
                .endSpec()
                .build();
        assertThat(StatefulSetPlan.of(set, List.of(), "r", FakeClock.START).create())
                .containsExactly(5, 6);
        assertThat(StatefulSetPlan.afterCurrent(set, 5)).isTrue();
        assertThat(StatefulSetPlan.afterCurrent(set, 6)).isFalse();
    }
}
