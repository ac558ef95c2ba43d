package io.kvorum.controllers.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.kvorum.client.PatchType;
import io.kvorum.controllers.pods.PodTemplateHash;
import io.kvorum.controllers.replicaset.ReplicaSetController;
import io.kvorum.controllers.testing.ControllerHarness;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeploymentControllerTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private static DeploymentBuilder deployment(int replicas) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withProgressDeadlineSeconds(600)
                .withRevisionHistoryLimit(10)
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
                .withImage("nginx:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec();
    }

    private void run() {
        harness.start(context -> new DeploymentController(context, 5), context -> new ReplicaSetController(context, 5));
    }

    private Deployment current() {
        return Objects.requireNonNull(harness.api().find(Deployment.class, "default", "web"));
    }

    private List<ReplicaSet> replicaSets() {
        return harness.api().all(ReplicaSet.class);
    }

    /** Every pod asked for runs at once, every pod deleted ends at once. */
    private boolean playNode() {
        harness.runPods("n1");
        harness.api().all(Pod.class).stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() != null)
                .forEach(harness.api()::finishDeletion);
        return true;
    }

    private boolean complete(String image, int replicas) {
        playNode();
        Deployment deployment = current();
        return deployment.getStatus() != null
                && RolloutStatus.complete(deployment, deployment.getStatus())
                && harness.api().all(Pod.class).stream()
                                .filter(pod -> pod.getSpec()
                                        .getContainers()
                                        .get(0)
                                        .getImage()
                                        .equals(image))
                                .count()
                        == replicas
                && harness.api().all(Pod.class).size() == replicas;
    }

    private void patch(String patch) {
        ControllerHarness.await(harness.api()
                .run(() -> harness.api()
                        .resources(Deployment.class)
                        .patch("default", "web", PatchType.MERGE, patch, null)));
    }

    private static String image(String image) {
        return "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"" + image + "\"}]}}}}";
    }

    @Test
    void rollsToANewTemplateAndBackByTheOldReplicaSet() {
        harness.create(deployment(3).build());
        run();
        harness.api().until(() -> complete("nginx:1", 3));
        assertThat(current().getMetadata().getAnnotations()).containsEntry(RevisionAnnotations.REVISION, "1");
        ReplicaSet first = replicaSets().get(0);
        String hash = first.getMetadata().getLabels().get(PodTemplateHash.LABEL);
        assertThat(first.getMetadata().getName()).isEqualTo("web-" + hash);
        assertThat(first.getSpec().getSelector().getMatchLabels()).containsEntry(PodTemplateHash.LABEL, hash);

        patch(image("nginx:2"));
        harness.api().until(() -> complete("nginx:2", 3));
        assertThat(replicaSets()).hasSize(2);
        assertThat(current().getMetadata().getAnnotations()).containsEntry(RevisionAnnotations.REVISION, "2");

        // As "kubectl rollout undo" does: the old template again.
        patch(image("nginx:1"));
        harness.api().until(() -> complete("nginx:1", 3));
        assertThat(replicaSets()).as("the old ReplicaSet is used again").hasSize(2);
        ReplicaSet again = Objects.requireNonNull(harness.api()
                .find(ReplicaSet.class, "default", first.getMetadata().getName()));
        assertThat(again.getMetadata().getAnnotations())
                .containsEntry(RevisionAnnotations.REVISION, "3")
                .containsEntry(RevisionAnnotations.REVISION_HISTORY, "1");
        harness.api()
                .until(() -> "3".equals(current().getMetadata().getAnnotations().get(RevisionAnnotations.REVISION)));
        assertThat(harness.api().all(Event.class))
                .anyMatch(event -> event.getMessage()
                        .equals("Scaled up replica set " + first.getMetadata().getName() + " from 0 to 3"))
                .allMatch(event -> event.getType().equals("Normal"));
    }

    @Test
    void recreateWaitsForTheLastOldPod() {
        harness.create(deployment(2)
                .editSpec()
                .withNewStrategy()
                .withType("Recreate")
                .endStrategy()
                .endSpec()
                .build());
        run();
        harness.api().until(() -> complete("nginx:1", 2));
        patch(image("nginx:2"));
        // Both old pods are on their way out, still in their grace period, and no new one is there.
        harness.api()
                .until(() -> harness.api().all(Pod.class).stream()
                        .allMatch(pod -> pod.getMetadata().getDeletionTimestamp() != null));
        assertThat(harness.api().all(Pod.class))
                .allMatch(pod -> pod.getSpec().getContainers().get(0).getImage().equals("nginx:1"));
        harness.api().until(() -> complete("nginx:2", 2));
    }

    @Test
    void aPausedDeploymentScalesButDoesNotRoll() {
        harness.create(deployment(2).build());
        run();
        harness.api().until(() -> complete("nginx:1", 2));
        patch("{\"spec\":{\"paused\":true}}");
        patch(image("nginx:2"));
        patch("{\"spec\":{\"replicas\":4}}");
        harness.api()
                .until(() ->
                        complete("nginx:1", 4) || harness.api().all(Pod.class).size() == 4);
        assertThat(replicaSets()).hasSize(1);
        harness.api()
                .until(() -> current().getStatus().getConditions().stream()
                        .anyMatch(each -> "DeploymentPaused".equals(each.getReason())));
        patch("{\"spec\":{\"paused\":false}}");
        harness.api().until(() -> complete("nginx:2", 4));
    }

    @Test
    void oldReplicaSetsBeyondTheHistoryLimitGo() {
        harness.create(
                deployment(1).editSpec().withRevisionHistoryLimit(1).endSpec().build());
        run();
        for (int i = 1; i <= 4; i++) {
            String image = "nginx:" + i;
            patch(image(image));
            harness.api().until(() -> complete(image, 1));
        }
        harness.api().until(() -> replicaSets().size() == 2);
        assertThat(replicaSets())
                .extracting(each -> RevisionAnnotations.revision(each))
                .containsExactlyInAnyOrder(3L, 4L);
    }

    @Test
    void anEmptySelectorIsRefused() {
        harness.create(deployment(1)
                .editSpec()
                .withNewSelector()
                .endSelector()
                .endSpec()
                .build());
        run();
        harness.api()
                .until(() -> harness.api().all(Event.class).stream()
                        .anyMatch(event -> event.getReason().equals("SelectingAll")));
        assertThat(replicaSets()).isEmpty();
    }
}
