package io.kvorum.controllers.replicaset;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.ReplicationControllerBuilder;
import io.kvorum.client.OwnerReferences;
import io.kvorum.client.PatchType;
import io.kvorum.controllers.testing.ControllerHarness;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplicationControllerControllerTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private static ReplicationController frontend(int replicas) {
        return new ReplicationControllerBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("frontend")
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withSelector(Map.of("app", "frontend"))
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "frontend")
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

    private ReplicationController current() {
        return Objects.requireNonNull(harness.api().find(ReplicationController.class, "default", "frontend"));
    }

    private boolean reports(int replicas, int ready) {
        var status = current().getStatus();
        return status != null
                && Objects.equals(status.getReplicas(), replicas)
                && Objects.equals(status.getReadyReplicas(), ready);
    }

    @Test
    void keepsItsPodsThroughScalingAndReportsThem() {
        harness.create(frontend(3));
        harness.start(context -> new ReplicationControllerController(context, 5));
        harness.api().until(() -> harness.api().all(Pod.class).size() == 3 && reports(3, 0));
        harness.api().run(() -> {
            harness.runPods("n1");
            return null;
        });
        harness.api().until(() -> reports(3, 3));
        List<Pod> pods = harness.api().all(Pod.class);
        assertThat(pods).allMatch(pod -> OwnerReferences.controlledBy(pod, current()));
        assertThat(Objects.requireNonNull(OwnerReferences.controllerOf(pods.get(0)))
                        .getApiVersion())
                .isEqualTo("v1");
        harness.api()
                .run(() -> harness.api()
                        .resources(ReplicationController.class)
                        .patch("default", "frontend", PatchType.MERGE, "{\"spec\":{\"replicas\":1}}", null));
        harness.api().until(() -> reports(1, 1));
        harness.api()
                .until(() -> harness.api().all(Event.class).stream()
                        .anyMatch(event -> event.getReason().equals("SuccessfulDelete")
                                && event.getSource().getComponent().equals("replication-controller")));
    }
}
