package io.kvorum.controllers.replicaset;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.kvorum.client.PatchType;
import io.kvorum.controllers.pods.PodControl;
import io.kvorum.controllers.testing.ControllerHarness;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplicaSetControllerTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private static ReplicaSet replicaSet(int replicas) {
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
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
                .withImage("nginx")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static Pod loosePod(String name) {
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

    private List<Pod> active() {
        return harness.api().all(Pod.class).stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    private ReplicaSet current() {
        return Objects.requireNonNull(harness.api().find(ReplicaSet.class, "default", "web"));
    }

    @Test
    void createsExactlyTheReplicasAndReportsThem() {
        harness.create(replicaSet(7));
        harness.start(context -> new ReplicaSetController(context, 5));
        harness.api()
                .until(() -> active().size() == 7
                        && current().getStatus() != null
                        && Integer.valueOf(7).equals(current().getStatus().getReplicas()));
        harness.api().run(() -> {
            harness.runPods("n1");
            return null;
        });
        harness.api()
                .until(() -> Integer.valueOf(7).equals(current().getStatus().getReadyReplicas()));
        assertThat(harness.api().writes().stream().filter(each -> each.startsWith("create pods")))
                .as("a cache that lags behind must not lead to pods too many")
                .hasSize(7);
        assertThat(current().getStatus().getAvailableReplicas()).isEqualTo(7);
        assertThat(current().getStatus().getFullyLabeledReplicas()).isEqualTo(7);
        assertThat(current().getStatus().getObservedGeneration()).isEqualTo(1);
        harness.api()
                .until(() -> harness.api().all(Event.class).stream()
                        .anyMatch(event -> event.getReason().equals("SuccessfulCreate")
                                && event.getMessage().startsWith("Created pod: web-")));
    }

    @Test
    void replacesAPodAsSoonAsItTerminates() {
        harness.create(replicaSet(1));
        harness.start(context -> new ReplicaSetController(context, 5));
        harness.api().until(() -> active().size() == 1);
        harness.api().run(() -> {
            harness.runPods("n1");
            return null;
        });
        harness.api()
                .until(() -> Integer.valueOf(1).equals(current().getStatus().getReadyReplicas()));
        Pod first = active().get(0);
        ControllerHarness.await(harness.api()
                .run(() -> harness.api()
                        .resources(Pod.class)
                        .delete("default", first.getMetadata().getName(), PodControl.thisVery(first))));
        // The first one still has its grace period.
        harness.api().until(() -> harness.api().all(Pod.class).size() == 2 && active().size() == 1);
    }

    @Test
    void adoptsOrphansThatMatchAndReleasesWhatNoLongerDoes() {
        harness.create(loosePod("loose"));
        harness.create(replicaSet(1));
        harness.start(context -> new ReplicaSetController(context, 5));
        harness.api()
                .until(() -> !Objects.requireNonNull(harness.api().find(Pod.class, "default", "loose"))
                        .getMetadata()
                        .getOwnerReferences()
                        .isEmpty());
        assertThat(harness.api().all(Pod.class)).hasSize(1);
        harness.api().run(() -> {
            Pod pod = Objects.requireNonNull(harness.api().find(Pod.class, "default", "loose"));
            return harness.api()
                    .resources(Pod.class)
                    .update(new PodBuilder(pod)
                            .editMetadata()
                            .withLabels(Map.of("app", "other"))
                            .endMetadata()
                            .build());
        });
        harness.api()
                .until(() -> harness.api().all(Pod.class).size() == 2
                        && Objects.requireNonNull(harness.api().find(Pod.class, "default", "loose"))
                                .getMetadata()
                                .getOwnerReferences()
                                .isEmpty());
    }

    @Test
    void scalesDown() {
        harness.create(replicaSet(3));
        harness.start(context -> new ReplicaSetController(context, 5));
        harness.api().until(() -> active().size() == 3);
        harness.api()
                .run(() -> harness.api()
                        .resources(ReplicaSet.class)
                        .patch("default", "web", PatchType.MERGE, "{\"spec\":{\"replicas\":1}}", null));
        harness.api()
                .until(() -> active().size() == 1
                        && Integer.valueOf(1).equals(current().getStatus().getReplicas())
                        && current().getStatus().getObservedGeneration() == 2);
    }
}
